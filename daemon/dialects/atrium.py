"""Turns payloads on Atrium's own topics into samples: all shapes of DESIGN 4.2, strictly read.

A broken envelope (JSON, time, identity, topic) refuses the record it stands in; a broken value refuses that value only, because
one bad sensor must not silence a fire pump. Commands on the tree are refused and never answered: Atrium only reads equipment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from daemon.core.nouns import Sample
from daemon.dialects.kit.answer import Answer
from daemon.dialects.kit.record import record, records
from daemon.dialects.kit.stateless import Stateless
from daemon.dialects.kit.strict import Flaw, parse, shown
from daemon.dialects.kit.times import instant

if TYPE_CHECKING:
    from daemon.core.nouns import Rejected
    from daemon.dialects import Dialect, Source

NAME = "atrium"
TOPICS = ("atrium/+/+/telemetry", "atrium/+/+/telemetry/+", "atrium/+/+/status")

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)
_LONGEST = 256  # characters of a topic; prefix, three ids and a point need 206
_COMMANDS = frozenset({"set", "down", "cmd", "command", "write", "rw_prot", "ncmd", "dcmd"})
_STATUS = {b"online": True, b"offline": False}
_IDENTITY = ("site", "device")
_ABOUT = frozenset({"ts", "seq", "boot", *_IDENTITY})  # members that describe a record and are no points
_FORMS = {"values": _ABOUT | {"values"}, "readings": _ABOUT | {"readings"}}
_READING = frozenset({"name", "value", "ts"})


@dataclass(frozen=True, slots=True)
class _Place:
    """What a topic names. `point` None: the payload names the points. `status`: a gateway says whether it is online."""

    site: str
    device: str
    point: str | None = None
    status: bool = False


def open(source: Source) -> Dialect:  # noqa: ARG001 - topics and payloads speak our own words: nothing is mapped
    """Our own topics need no mapping."""
    return _Own(decode)


class _Own(Stateless):
    """With the short way for what nearly every message is (see `daemon.core.decode`)."""

    __slots__ = ()

    @staticmethod
    def whose(topic: str) -> tuple[str, str] | None:
        """Site and device of a topic whose payload names the points."""
        place = _place(topic) if len(topic) <= _LONGEST else None
        return (place.site, place.device) if isinstance(place, _Place) and not (place.point or place.status) else None

    record = staticmethod(record)
    records = staticmethod(records)


def decode(topic: str, payload: bytes, at: float) -> list[Sample | Rejected]:
    """Samples and refusals of one message received at `at` (epoch s). Times stay the source's, None where it gave none."""
    answer = Answer(topic, payload, at)
    place = _place(topic) if len(topic) <= _LONGEST else Flaw("topic", f"a topic of {len(topic)} characters")
    if isinstance(place, Flaw):
        answer.refuse(place)
        return answer.done()
    answer.site, answer.device = place.site, place.device
    if place.status:
        _status(answer, payload)
        return answer.done()
    tree = parse(payload)
    if isinstance(tree, Flaw) and not (place.point and tree.code == "number"):
        answer.refuse(tree)
    elif place.point:
        answer.take(place.point, tree, None)
    else:
        _records(answer, tree)
    return answer.done()


@lru_cache(maxsize=16384)
def _place(topic: str) -> _Place | Flaw:
    levels = topic.split("/", 5)
    if len(levels) < 4 or levels[0] != "atrium":
        return Flaw("topic", f"not atrium/site/device/telemetry: {shown(topic)}")
    if levels[3].lower() in _COMMANDS:
        return Flaw("topic", "a command; Atrium reads equipment and never writes to it")
    if not all(_ID.fullmatch(level) for level in levels[1:]):
        return Flaw("topic", f"ids are 1 to 63 of a-z 0-9 _ - and start with a letter or digit: {shown(topic)}")
    return _leaf(levels[1], levels[2], levels[3:]) or Flaw("topic", f"neither telemetry nor status: {shown(topic)}")


def _leaf(site: str, device: str, rest: list[str]) -> _Place | None:
    match rest:
        case ["telemetry"]:
            return _Place(site, device)
        case ["telemetry", point]:
            return _Place(site, device, point)
        case ["status"]:
            return _Place(site, device, status=True)
    return None


def _status(answer: Answer, payload: bytes) -> None:
    online = _STATUS.get(payload)
    if online is None:
        answer.refuse(Flaw("schema", "a gateway's status is online or offline"))
    else:
        answer.items.append(Sample(answer.site, answer.device, "gateway_online", online, None))


def _records(answer: Answer, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    records = tree if isinstance(tree, list) else [tree]
    if not records:
        answer.refuse(Flaw("schema", "an empty list"))
    for entry in records:
        wrong = _record(answer, entry)
        if wrong is not None:
            answer.refuse(wrong)


def _record(answer: Answer, record: Any) -> Flaw | None:  # noqa: ANN401 - a JSON value
    """Takes one record; answers why it cannot be taken as a whole."""
    if not isinstance(record, dict):
        return Flaw("schema", "telemetry is an object or a list of objects")
    for name in _IDENTITY:
        if name in record and record[name] != getattr(answer, name):
            return Flaw("schema", f"the {name} in the payload is not the one in the topic")
    ts = instant(record["ts"]) if "ts" in record else None
    if isinstance(ts, Flaw):
        return ts
    for form, members in _FORMS.items():
        if form in record:
            return _stray(record, members, form) or _TAKE[form](answer, record[form], ts)
    answer.take_all({name: value for name, value in record.items() if name not in _ABOUT}, ts)
    return None


def _stray(record: dict[str, Any], members: frozenset[str], form: str) -> Flaw | None:
    """A member that the form does not have might change what the rest means (a unit, an acknowledgement): nothing is taken."""
    if record.keys() <= members:
        return None
    names = ", ".join(shown(name, 40) for name in sorted(record.keys() - members)[:3])
    return Flaw("schema", f'not allowed beside "{form}": {names}')


def _values(answer: Answer, values: Any, ts: float | None) -> Flaw | None:  # noqa: ANN401 - a JSON value
    if not isinstance(values, dict):
        return Flaw("schema", '"values" is an object of names and values')
    answer.take_all(values, ts)
    return None


def _readings(answer: Answer, readings: Any, ts: float | None) -> Flaw | None:  # noqa: ANN401 - a JSON value
    if not isinstance(readings, list) or not readings:
        return Flaw("schema", '"readings" is a list of {"name", "value", "ts"}')
    for reading in readings:
        wrong = _reading(answer, reading, ts)
        if wrong is not None:
            answer.refuse(wrong)
    return None


def _reading(answer: Answer, reading: Any, ts: float | None) -> Flaw | None:  # noqa: ANN401 - a JSON value
    if not isinstance(reading, dict) or not isinstance(reading.get("name"), str) or "value" not in reading:
        return Flaw("schema", 'a reading is an object with a "name" and a "value"')
    if not reading.keys() <= _READING:
        return _stray(reading, _READING, "name")
    own = instant(reading["ts"]) if "ts" in reading else ts
    if isinstance(own, Flaw):
        return Flaw(own.code, f"{shown(reading['name'], 40)}: {own.reason}")
    answer.take(reading["name"], reading["value"], own)
    return None


_TAKE = {"values": _values, "readings": _readings}
