"""The shapes in which anything may leave to the public: every key there is. Filled by `status`, and only there.

Times are RFC 3339 in the site's zone: `text[11:16]` is the local clock.
"""

from __future__ import annotations

from typing import TypedDict


class Words(TypedDict):
    """One sentence in both languages."""

    zh: str
    en: str


class Step(TypedDict):
    """One of the five steps of a ticket: discovered accepted on_site repaired verified; `at` null while it is ahead."""

    step: str
    label: Words
    at: str | None


class PublicTicket(TypedDict):
    """One job in plain words. `next_word_by`: when residents hear more at the latest, null where nothing is owed."""

    public_id: str
    title: Words
    steps: list[Step]
    next_word_by: str | None


class PublicRoom(TypedDict):
    """One device as residents see it; `colour` is red yellow grey blue green."""

    device: str
    name: Words
    colour: str
    why: Words
    as_of: str | None


class PublicWork(TypedDict):
    """Planned work in one room, going on or about to begin."""

    title: Words
    begins: str
    ends: str


class PublicStatus(TypedDict):
    """The public page, DESIGN 4.4."""

    site: str
    state: str
    sentence: Words
    as_of: str | None
    rooms: list[PublicRoom]
    dealing_with: list[PublicTicket]
    planned: list[PublicWork]


class Headline(TypedDict):
    """One measured value that says nothing about set-points, access or people."""

    says: Words
    value: float | int | bool
    unit: str
    as_of: str


class PublicDevice(TypedDict):
    """What the page on a door says."""

    device: str
    name: Words
    room: Words
    kind: Words
    explains: Words
    colour: str
    why: Words
    as_of: str | None
    values: list[Headline]
    dealing_with: list[PublicTicket]
