"""Turns the words of `people.yaml` into the teams and people of each site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daemon.config.clock import minutes, weekdays
from daemon.config.complaints import Uniques
from daemon.core.site import Person, Shift, Team
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Collection

    from daemon.config.complaints import Place
    from daemon.config.models import PeopleWords, PersonWords, ShiftWords, TeamWords


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody. `sites` says which sites a team serves; none named means all."""

    teams: dict[str, Team]
    people: dict[str, Person]
    sites: dict[str, frozenset[str]]

    def of(self, site: str) -> tuple[dict[str, Person], dict[str, Team]]:
        """The people and teams of one site."""
        teams = {team.id: team for team in self.teams.values() if not self.sites[team.id] or site in self.sites[team.id]}
        return {person.id: person for person in self.people.values() if person.team in teams}, teams


def roster(
    words: PeopleWords | None, place: Place, *, kinds: Collection[str], sites: Collection[str], channels: Collection[str]
) -> Roster:
    """Teams and people, every reference checked."""
    if words is None:
        return Roster({}, {}, {})
    teams, seen = {}, Uniques("team", "rename one of the two")
    for team, here in zip(words.teams, place.each("teams", len(words.teams)), strict=True):
        _check(team.channels, here.at("channels"), "channel", channels)
        _check(team.sites, here.at("sites"), "site", sites)
        if seen.check(team.id, here.at("id")):
            teams[team.id] = _team(team)
    people, seen = {}, Uniques("person", "rename one of the two")
    known = place.document.ids("teams")
    for person, here in zip(words.people, place.each("people", len(words.people)), strict=True):
        _check_person(person, here, teams=known, kinds=kinds, channels=channels)
        if seen.check(person.id, here.at("id")):
            people[person.id] = _person(person)
    return Roster(teams, people, {team.id: frozenset(team.sites) for team in words.teams})


def _team(words: TeamWords) -> Team:
    return Team(words.id, Text(words.name.zh, words.name.en), tuple(words.channels))


def _person(words: PersonWords) -> Person:
    return Person(
        id=words.id,
        name=words.name,
        team=words.team,
        roles=tuple(words.roles),
        skills=tuple(words.skills),
        shifts=tuple(_shift(shift) for shift in words.shifts),
        channels=tuple(words.channels),
        phone=words.phone,
    )


def _shift(words: ShiftWords) -> Shift:
    return Shift(weekdays(words.days), minutes(words.start), minutes(words.end))


def _check_person(
    words: PersonWords, place: Place, *, teams: Collection[str], kinds: Collection[str], channels: Collection[str]
) -> None:
    if words.team not in teams:
        place.at("team").unknown("team", words.team, teams)
    _check(words.skills, place.at("skills"), "skill", {*kinds, "*"})
    _check(words.channels, place.at("channels"), "channel", channels)
    for shift, here in zip(words.shifts, place.each("shifts", len(words.shifts)), strict=True):
        if not shift.days:
            here.at("days").complain("a shift on no day", "list the days, or leave days out for every day")
        if shift.start == "24:00":
            here.at("start").complain("a shift cannot start at 24:00", "write 00:00 on the next day")
        if shift.start == shift.end:
            here.at("end").complain("a shift that ends when it starts", "write 00:00 to 24:00 for a whole day")


def _check(words: list[str], place: Place, noun: str, known: Collection[str]) -> None:
    for index, word in enumerate(words):
        if word not in known:
            place.at(index).unknown(noun, word, known)
