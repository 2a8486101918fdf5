"""Gathers what one message says in a source's words: each value finds its device, name, unit and state, or becomes a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daemon.core.nouns import Sample
from daemon.dialects.kit.answer import MOST_POINTS, Answer, name_flaw
from daemon.dialects.kit.moments import moment
from daemon.dialects.kit.names import Names
from daemon.dialects.kit.strict import Flaw, shown
from daemon.dialects.kit.topics import Said, Topics
from daemon.dialects.kit.words import meaning

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.nouns import Rejected
    from daemon.core.source import Place, Source

MOST = 16384  # samples of one message: a gateway with 100 devices of 100 points, with room to spare


@dataclass(frozen=True, slots=True)
class Reader:
    """What every message of a source is read with."""

    source: Source
    names: Names
    topics: Topics

    @classmethod
    def of(cls, source: Source) -> Reader:
        """Made once, when the dialect is opened."""
        return cls(source, Names(source), Topics(source.topics))


class Report:
    """One message. A family says `about` which device it speaks, then `value` or `values`; nothing here raises."""

    __slots__ = ("answer", "place", "reader", "said", "topic")

    def __init__(self, reader: Reader, topic: str, payload: bytes, at: float) -> None:
        self.reader = reader
        self.topic = topic
        self.answer = Answer(topic, payload, at)
        self.begin()

    def begin(self) -> None:
        """Nothing is said yet but by the topic."""
        self.said: Said = self.reader.topics(self.topic)
        self.place: Place | Flaw | None = None

    @property
    def word(self) -> str:
        """What topic or `field` calls the device, "" where they do not."""
        return self.said.device

    def about(self, *words: object) -> bool:
        """From here on values are of this device, in the payload's words, the most telling first. False (and a refusal) where
        it is none of ours."""
        told = [str(word) for word in words if isinstance(word, (str, int)) and word != ""]
        self.place = self.reader.names.place(told, self.said)
        if isinstance(self.place, Flaw):
            self.refuse(self.place)
            return False
        return True

    def time(self, written: Any) -> float | Flaw | None:  # noqa: ANN401 - a JSON value
        """Epoch seconds of a time that may be absent (None, ""), or why it is none."""
        if written is None or written == "":
            return None
        return moment(written, self.reader.source.zone)

    def values(self, values: Any, when: float | Flaw | None = None) -> None:  # noqa: ANN401 - a JSON value
        """An object of names and values at one time. An unusable time refuses all of it, an unusable value only itself."""
        if not isinstance(values, dict):
            self.refuse(Flaw("schema", f"not an object of names and values: {shown(str(values), 40)}"))
        elif len(values) > MOST_POINTS:
            self.refuse(Flaw("schema", f"{len(values)} values in one record, more than {MOST_POINTS}"))
        elif isinstance(when, Flaw):
            self.refuse(when)
        else:
            for name, written in values.items():
                self.value(name, written, when)

    def value(self, name: str, written: Any, when: float | Flaw | None, *plainer: str) -> None:  # noqa: ANN401 - a JSON value
        """One value under its name; `plainer` are names it also goes by (40001 beside 1/40001)."""
        if self.place is None:
            self.about()
        place, source = self.place, self.reader.source
        if isinstance(place, Flaw) or place is None or not source.ignored.isdisjoint((name, *plainer)):
            return
        if len(self.answer.items) >= MOST:
            self.refuse(Flaw("size", f"more than {MOST} values in one message"))
            return
        point, rename = self.reader.names.rename(place, (name, *plainer))
        wrong = name_flaw(point) or (when if isinstance(when, Flaw) else None)
        said = wrong or meaning(source, rename, point, written)
        if isinstance(said, Flaw):
            self.refuse(Flaw(said.code, f"{shown(name, 40)}: {said.reason}"))
        elif not isinstance(when, Flaw):
            site, device = rename.place or place
            self.answer.items.append(Sample(site, device, point, said, when))

    def failed(self, name: str, why: object) -> None:
        """The source says that it could not read this one: never a zero, never silence."""
        self.refuse(Flaw("value", f"{shown(name, 40)}: the source could not read it: {shown(str(why), 60)}"))

    def refuse(self, why: Flaw | str) -> None:
        """A refusal of the message or of a part of it; a mere sentence says that its shape is not the family's."""
        self.answer.refuse(why if isinstance(why, Flaw) else Flaw("schema", why))

    def done(self) -> list[Sample | Rejected]:
        """Everything."""
        return self.answer.done()


def dig(tree: Any, path: str) -> Any:  # noqa: ANN401 - a JSON value
    """The member at a dotted path; None where there is none."""
    if isinstance(tree, dict) and path in tree:
        return tree[path]
    for step in path.split("."):
        if not isinstance(tree, dict):
            return None
        tree = tree.get(step)
    return tree


def strings(tree: Mapping[str, Any], *names: str) -> list[str]:
    """The members of these names that are texts or whole numbers, as texts; "" for the others."""
    found = [tree.get(name) for name in names]
    return [str(one) if isinstance(one, (str, int)) and not isinstance(one, bool) else "" for one in found]
