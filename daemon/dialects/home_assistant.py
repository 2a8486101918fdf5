"""Home Assistant's MQTT discovery: retained configurations name state topics, templates and units; states then arrive on those.

Only templates that pick a member are read (`value_json.a.b`, `value_json['a']`, with float, int or round behind): everything else
is told and needs a dialect of its own. What was announced is remembered and saved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.announced import Announced, Entity, entities
from daemon.dialects.kit.beside import alive
from daemon.dialects.kit.documents import documents
from daemon.dialects.kit.report import Reader, Report, dig
from daemon.dialects.kit.strict import Flaw, text_flaw
from daemon.dialects.kit.text import text

if TYPE_CHECKING:
    from daemon.core.nouns import Rejected, Sample
    from daemon.dialects import Dialect, Source

NAME = "home-assistant"
TOPICS = ("homeassistant/+/+/config", "homeassistant/+/+/+/config")  # state topics must be added: each maker has its own

_READ = frozenset({"sensor", "binary_sensor", "switch", "valve", "fan", "number", "select", "device"})


def open(source: Source) -> Dialect:
    """Devices by their identifiers or name; values by the template's member, `object_id`, or `unique_id`."""
    return _HomeAssistant(source)


class _HomeAssistant:
    """One source, with what was announced on it."""

    def __init__(self, source: Source) -> None:
        self.reader = Reader.of(source)
        self.announced = Announced()

    @property
    def changed(self) -> bool:
        return self.announced.changed

    def pack(self) -> bytes:
        return self.announced.pack()

    def restore(self, packed: bytes, /) -> None:
        self.announced.restore(packed)

    def __call__(self, topic: str, payload: bytes, at: float, /) -> list[Sample | Rejected]:
        report = Report(self.reader, topic, payload, at)
        levels = topic.split("/")
        if levels[-1] == "config" and 4 <= len(levels) <= 5 and text_flaw(topic) is None:
            if levels[1] in _READ:
                self._announce(report, levels, payload)
            return report.done()
        known = self.announced.by_topic.get(topic)
        if known is None:
            report.refuse(Flaw("topic", "no discovery message has named this topic yet"))
        for entity in known or ():
            if report.about(*entity.devices):
                _state(report, entity, topic, payload)
        return report.done()

    def _announce(self, report: Report, levels: list[str], payload: bytes) -> None:
        tree = documents(payload)[0] if payload.strip() else {}  # an empty one takes the announcement back
        found = entities(levels, tree) if isinstance(tree, dict) else Flaw("schema", "a configuration is an object")
        wrong = self.announced.put(report.topic, found) if isinstance(found, list) else found
        if wrong is not None:
            report.refuse(wrong)


def _state(report: Report, entity: Entity, topic: str, payload: bytes) -> None:
    told = text(payload, report.reader.source.encoding)
    if isinstance(told, Flaw):
        report.refuse(told)
    elif topic in entity.availability:
        _availability(report, entity, told)
    else:
        _value(report, entity, told, payload)


def _availability(report: Report, entity: Entity, told: str) -> None:
    tree = documents(told.encode())[0] if told[:1] == "{" else None
    said = str(tree.get("state", "")) if isinstance(tree, dict) else told.strip()
    if said in entity.words[:2]:
        alive(report, None, online=said == entity.words[0])
    else:
        report.refuse(f"availability is {entity.words[0]} or {entity.words[1]}")


def _value(report: Report, entity: Entity, told: str, payload: bytes) -> None:
    written: Any = told.strip()
    if entity.path is not None:
        tree = documents(payload, report.reader.source.encoding)[0]
        if not isinstance(tree, dict):
            report.refuse(tree if isinstance(tree, Flaw) else f"{entity.names[0]:.40}: not the object its template reads")
            return
        written = dig(tree, entity.path)
        if written is None and not _present(tree, entity.path):
            return  # report by exception: this message speaks of others
    report.value(entity.names[0], _meant(entity, written), None, *entity.names[1:])


def _present(tree: dict[str, Any], path: str) -> bool:
    above, _, last = path.rpartition(".")
    inner = dig(tree, above) if above else tree
    return isinstance(inner, dict) and last in inner


def _meant(entity: Entity, written: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Words for on and off as announced; a number with its announced unit, so that it is converted to ours."""
    if entity.component in ("binary_sensor", "switch") and isinstance(written, (str, bool)):
        return {entity.words[2]: True, entity.words[3]: False}.get(str(written), written)
    number = isinstance(written, (int, float)) and not isinstance(written, bool)
    if entity.unit and (number or (isinstance(written, str) and written.replace(".", "", 1).lstrip("+-").isdecimal())):
        return f"{written} {entity.unit}"
    return written
