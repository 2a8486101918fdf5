"""Turns `kinds/*.yaml`, a site's own kinds and its changes to Atrium's, into kinds beside those that Atrium knows.

Whatever is wrong is complained about where it stands, conditions at the very line; a kind with a mistake is known by name only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from daemon.config.complaints import Complaint
from daemon.config.kind_build import build, limit_names
from daemon.config.kind_models import KindWords
from daemon.config.shape import shape
from daemon.config.text import read
from sensors.kit import grammar
from sensors.kit.check import check_kind
from sensors.kit.condition import ConditionError
from sensors.kit.expand import expand_limits, expand_signatures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from daemon.config.complaints import Place
    from sensors.kit.words import Kind

FOLDER = "kinds"
SPEAK = "docs/conditions.md tells how conditions are written"
TABLES = {"param": "params", "point": "points", "limit": "limits", "signature": "signatures", "headline": "headline"}
_ABOUT = re.compile(
    r"(?P<table>param|point|limit|signature|headline) (?P<name>\S+?)(?P<which>\[\S+\])?:? (?P<says>.*)", re.DOTALL
)
_COLUMN = re.compile(r"column (\d+): ")


@dataclass(slots=True)
class Own:
    """The kinds of a configuration directory. `broken` are those that can't be used: nothing more is said about their devices."""

    kinds: dict[str, Kind]
    broken: set[str] = field(default_factory=set)


def own_kinds(directory: Path, known: Mapping[str, Kind], complaints: list[Complaint]) -> Own:
    """All kinds that devices may be of: Atrium's, changed where the site says so, and the site's own."""
    own = Own(dict(known))
    for path in sorted((directory / FOLDER).glob("*.y*ml")):
        before = len(complaints)
        kind = _kind(path, known, complaints)
        if len(complaints) > before:
            own.broken.add(path.stem)
            own.kinds.setdefault(path.stem, next(iter(known.values())))
        elif kind is not None:
            own.kinds[kind.id] = kind
    return own


def _kind(path: Path, known: Mapping[str, Kind], complaints: list[Complaint]) -> Kind | None:
    """One file."""
    name = f"{FOLDER}/{path.name}"
    if path.suffix != ".yaml":
        complaints.append(Complaint(name, 1, "nobody reads this file", f"rename it to {path.stem}.yaml"))
        return None
    before = len(complaints)
    words, place = shape(KindWords, read(path, name, complaints), complaints)
    if words is None:
        if len(complaints) == before:
            place.complain("the file is empty", "describe the kind, or remove the file")
        return None
    base = _base(words, path.stem, place, known)
    kind = build(words, None if base is None else _less(words, base, place), place)
    readable = _readable(kind, path, place)
    for complaint in check_kind(readable):
        _locate(complaint.removeprefix(f"{kind.id}: "), readable, path, place)
    return kind


def _base(words: KindWords, stem: str, place: Place, known: Mapping[str, Kind]) -> Kind | None:
    """The kind it extends, if it does."""
    if words.kind != stem:
        place.at("kind").complain(f'kind "{words.kind}" is written in {stem}.yaml', f"rename the file to {words.kind}.yaml")
    if words.kind in known and words.extends != words.kind:
        todo = f"write extends: {words.kind} to change it, or give yours another name"
        place.at("kind").complain(f"{words.kind} is a kind of Atrium", todo)
    if words.extends is None:
        for index, _ in enumerate(words.without):
            place.at("without", index).complain("there is nothing to leave out", "remove it, or say what this kind extends")
        return None
    if words.extends not in known:
        place.at("extends").unknown("kind", words.extends, known)
    return known.get(words.extends)


def _less(words: KindWords, base: Kind, place: Place) -> Kind:
    """The kind it extends, without what is left out, and without what would point to that."""
    limits = limit_names(base)
    points = {one.name for one in base.points}
    names = points | limits.keys() | {one.id for one in base.signatures} | {one.id for one in base.tasks}
    for index, name in enumerate(words.without):
        if name not in names:
            place.at("without", index).unknown("point, limit, signature or task", name, names)
    gone = set(words.without)
    left = tuple(
        replace(one, also=tuple(point for point in one.also if point not in gone))
        for name, one in limits.items()
        if name not in gone and one.point not in gone
    )
    lost = gone | {name for name, one in limits.items() if one.point in gone}
    return replace(
        base,
        points=tuple(one for one in base.points if one.name not in gone),
        limits=left,
        signatures=tuple(
            replace(one, hides=tuple(rule for rule in one.hides if rule not in lost))
            for one in base.signatures
            if one.id not in gone
        ),
        tasks=tuple(one for one in base.tasks if one.id not in gone),
        faults=tuple(one for one in base.faults if not lost & set(one.raises)),
        headline=tuple(name for name in base.headline if name not in gone),
        yardsticks=tuple(one for one in base.yardsticks if not gone & {one.point, one.other, *one.still}),
    )


def _readable(kind: Kind, path: Path, place: Place) -> Kind:
    """The kind without the conditions that can't even be read; those are complained about."""

    def kept(table: str, name: str, when: str) -> str:
        try:
            grammar.read(when or "true")
        except ConditionError as error:
            for complaint in error.complaints:
                _at_column(place.at(table, name, "when"), name, complaint, when, path)
            return ""
        return when

    return replace(
        kind,
        limits=tuple(replace(one, when=kept("limits", name, one.when)) for name, one in limit_names(kind).items()),
        signatures=tuple(replace(one, when=kept("signatures", one.id, one.when)) for one in kind.signatures),
    )


def _locate(complaint: str, kind: Kind, path: Path, place: Place) -> None:
    """Leave a complaint about the kind where its words stand in the file, each of them once however many instances have it."""
    about = _ABOUT.fullmatch(complaint)
    if about is None:
        place.at("limits").complain(complaint, "correct the kind")
        return
    table, name, says = TABLES[about["table"]], about["name"], about["says"]
    written = _written(name, kind) if table == "limits" else name
    if table == "headline":
        place.at(table).complain(f"headline: {name} {says}", "name a point as a device has it, with its number")
    elif _COLUMN.match(says):
        _at_column(place.at(table, written, "when"), written, says, _bound(kind).get(name + (about["which"] or ""), ""), path)
    else:
        place.at(table, written).complain(
            f"{written} {says}" if table == "signatures" else f"{written}: {says}", "correct it here"
        )


def _at_column(place: Place, name: str, complaint: str, when: str, path: Path) -> None:
    """A complaint about a condition: at its own line where the text is written line by line."""
    column, _, says = complaint.removeprefix("column ").partition(": ")
    before, line = when[: int(column) - 1], place.line
    lines = path.read_text(encoding="utf-8").splitlines()
    if line <= len(lines) and re.search(r"\|[-+]?\s*(?:#.*)?$", lines[line - 1]):
        line += 1 + before.count("\n")
    spot, file = f"{name}, column {len(before) - before.rfind(chr(10))}", place.document.file
    told = {one.what.partition(":")[0] for one in place.complaints if (one.file, one.line) == (file, line)}
    if spot not in told:
        place.complaints.append(Complaint(file, line, f"{spot}: {says}", SPEAK))


def _bound(kind: Kind) -> dict[str, str]:
    """Every rule of the kind's devices → its condition with the instance filled in."""
    try:
        signatures = {one.rule: one.when for one in expand_signatures(kind)}
        return signatures | {one.rule: one.when for one in expand_limits(kind)}
    except ConditionError:
        return {}


def _written(rule: str, kind: Kind) -> str:
    """The name under which an expanded limit is written: pump1_current.H → pump{i}_current.H."""
    names = {id(limit): name for name, limit in limit_names(kind).items()}
    try:
        return next((names[id(one.limit)] for one in expand_limits(kind) if one.rule == rule), rule)
    except ConditionError:
        return rule
