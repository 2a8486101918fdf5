"""What is wrong with a configuration: file:line, what, what to do. Collected, so that one start shows every complaint at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from daemon.config.text import Document


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One thing to put right. `file` is relative to the configuration directory; `line` counts from 1."""

    file: str
    line: int
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.what} → {self.todo}"


class ConfigurationError(Exception):
    """The configuration cannot be used. `complaints` are all of them, in order of file and line."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints: tuple[Complaint, ...] = tuple(sorted(set(complaints)))
        super().__init__("\n".join(str(complaint) for complaint in self.complaints))


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a document, where complaints can be left. `at` goes further down."""

    document: Document
    complaints: list[Complaint]
    path: tuple[str | int, ...] = ()

    def at(self, *keys: str | int) -> Place:
        """The place below this one; keys that are not written in the file stay on the nearest line above."""
        return Place(self.document, self.complaints, (*self.path, *keys))

    def each(self, key: str, count: int) -> Iterator[Place]:
        """The places of a list's items."""
        return (self.at(key, index) for index in range(count))

    @property
    def line(self) -> int:
        """The line of this place in its file."""
        return self.document.line(self.path)

    def complain(self, what: str, todo: str) -> None:
        """Leave a complaint here."""
        self.complaints.append(Complaint(self.document.file, self.line, what, todo))

    def unknown(self, noun: str, word: str, known: Iterable[str]) -> None:
        """Complain about a word that names nothing, with the nearest one that does."""
        self.complain(f'unknown {noun} "{word}"', suggest(word, known, none=f"no {noun} is declared; declare it first"))


@dataclass(slots=True)
class Uniques:
    """Finds the second use of something that must be unique, and says where the first was."""

    noun: str
    todo: str
    seen: dict[str, Place] = field(default_factory=dict)

    def check(self, word: str, place: Place) -> bool:
        """True for the first use; the second is complained about."""
        first = self.seen.setdefault(word, place)
        if first is place:
            return True
        place.complain(f'{self.noun} "{word}" is used twice, first at {first.document.file}:{first.line}', self.todo)
        return False


def suggest(word: str, known: Iterable[str], *, none: str) -> str:
    """What to write instead of `word`: the nearest known word, or what there is to choose from (at most 12), or `none`."""
    choices = sorted(known)
    if near := get_close_matches(word, choices, n=1, cutoff=0.6):
        return f'did you mean "{near[0]}"?'
    if not choices:
        return none
    more = f" … ({len(choices)} in all)" if len(choices) > 12 else ""
    return f"use one of: {', '.join(choices[:12])}{more}"
