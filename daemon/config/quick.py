"""Turns plain YAML text into data at the speed of libyaml's events, or says that it must be read carefully.

A company of 300 communities describes 129,000 devices: nobody waits for a line number of each while nothing is wrong. Whatever
is not plain (a tag, a key twice, a mistake, an empty file) is left to `daemon.config.text`, which finds the words for it.
Aliases give the very object their anchor gave: read only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

DEEPEST = 40  # levels
MOST_NODES = 2_000_000  # nodes after aliases are unfolded: a small file must not become a large one

# What YAML 1.2 reads as something else than a word: name, how it looks, what it begins with, how it is read.
PLAIN: tuple[tuple[str, str, str, Callable[[str], Any]], ...] = (
    ("null", r"^(?:~|null|)$", "~n", lambda _: None),
    ("bool", r"^(?:true|false)$", "tf", "true".__eq__),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789", int),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$", "-+.0123456789", float),
)
_LOOKS = tuple((re.compile(pattern), read) for _, pattern, _, read in PLAIN)
_BEGINS = frozenset("".join(begins for _, _, begins, _ in PLAIN))
_STARTS = (yaml.StreamStartEvent, yaml.DocumentStartEvent)
_ENDS = (yaml.DocumentEndEvent, yaml.StreamEndEvent)


class NotPlain(Exception):  # noqa: N818 - a result, not a bug
    """This text must be read carefully."""


def data_of(text: str) -> Any:  # noqa: ANN401 - plain data of any shape
    """The data of one document. Raises NotPlain where anything about it is unusual."""
    parser = getattr(getattr(yaml, "cyaml", None), "CParser", None)
    if parser is None:  # PyYAML without libyaml
        raise NotPlain
    try:
        events = parser(text)
        return _Builder(events.get_event).document()
    except (yaml.YAMLError, ValueError) as error:
        raise NotPlain from error


@dataclass(slots=True)
class _Builder:
    """One pass over the events of a document."""

    following: Callable[[], Any]
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)  # name → its value and how many nodes that is
    words: dict[str, Any] = field(default_factory=dict)  # plain scalars met: most come again and again
    nodes: int = 0

    def document(self) -> Any:  # noqa: ANN401 - as above
        self._expect(*_STARTS)
        data = self._value(self.following(), 0)
        self._expect(*_ENDS)
        return data

    def _expect(self, *kinds: type) -> None:
        for kind in kinds:
            if type(self.following()) is not kind:
                raise NotPlain

    def _value(self, event: Any, depth: int) -> Any:  # noqa: ANN401 - as above
        kind, before = type(event), self.nodes
        self.nodes += 1
        if kind is yaml.AliasEvent:
            return self._alias(event)
        value: Any
        if kind is yaml.ScalarEvent:
            value = self._scalar(event)
        elif event.tag is not None or depth > DEEPEST:
            raise NotPlain
        elif kind is yaml.MappingStartEvent:
            value = self._mapping(depth + 1)
        else:
            value = self._sequence(depth + 1)
        if event.anchor is not None:
            self.anchors[event.anchor] = value, self.nodes - before
        return value

    def _mapping(self, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        following = self.following
        while type(event := following()) is yaml.ScalarEvent:
            key = event.value
            if key in data or event.anchor is not None or event.tag is not None:
                raise NotPlain
            data[key] = self._value(following(), depth)
        if type(event) is not yaml.MappingEndEvent:
            raise NotPlain
        return data

    def _sequence(self, depth: int) -> list[Any]:
        data: list[Any] = []
        following = self.following
        while type(event := following()) is not yaml.SequenceEndEvent:
            data.append(self._value(event, depth))
        return data

    def _scalar(self, event: Any) -> Any:  # noqa: ANN401 - as above
        if event.tag is not None:
            raise NotPlain
        text = event.value
        if not event.implicit[0]:  # in quotes
            return text
        if text in self.words:
            return self.words[text]
        self.words[text] = read = _read(text)
        return read

    def _alias(self, event: Any) -> Any:  # noqa: ANN401 - as above
        if event.anchor not in self.anchors:  # nowhere, or inside itself
            raise NotPlain
        value, size = self.anchors[event.anchor]
        self.nodes += size - 1
        if self.nodes > MOST_NODES:
            raise NotPlain
        return value


def _read(text: str) -> Any:  # noqa: ANN401 - as above
    if text and text[0] not in _BEGINS:
        return text
    return next((read(text) for looks, read in _LOOKS if looks.match(text)), text)
