"""Turns a model into what its devices are judged by, compiled once for all of them: rules by name, and per channel a `Sense`, all
that taking in one of its values needs to know.

A value inside the quiet band of its channel can't stir any rule at rest: it passes with one comparison.
"""

from __future__ import annotations

import math
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING

from daemon.core.flaws import book
from daemon.core.flaws.trace import is_gauge
from daemon.core.rules import SILENCE, Rule, in_order, rules_of
from sensors.kit.calm import meet
from sensors.kit.words import CRITICAL, NUMBERS, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from daemon.core.nouns import Value
    from daemon.core.site import Channel, Model
    from sensors.kit.calm import Band
    from sensors.kit.words import Point

LARGEST = 1e15 * 0.999  # beyond this the dialects judge: just below what they take
NOWHERE = (math.inf, -math.inf)  # a band without a value
EVERYWHERE = (-math.inf, math.inf)
MIXES = 256  # of names in a message, and of rules that are awake, that are remembered
LONGEST = 128  # characters of a name, likewise
_SWITCH: Mapping[Value, Value] = {0: 0, 1: 1}  # and False, True


class Sense:
    """One channel of a model. `low` … `high` is what a number must lie in to be good, `quiet` … `loud` the quiet band, `floor` …
    `ceiling` what lies in both; `plain` gives for the good values of a switch or a state what is stored; `bands` are the readers,
    each with its own band, `heeding` those that must hear of each reading unless they are at rest. A number that moved no further
    than `fall` … `rise`, and no switch (`edgy`), needs no second look."""

    __slots__ = (
        "after", "bands", "ceiling", "critical", "doubts", "edgy", "fall", "families", "floor", "heeding", "high", "loud", "low",
        "mixes", "name", "names", "number", "offset", "period", "place", "plain", "point", "quiet", "readers", "rise", "scale",
        "text",
    )  # fmt: skip

    def __init__(self, channel: Channel, readers: Sequence[Rule]) -> None:
        kind = channel.point.type
        self.name = channel.name
        self.after = channel.point.stale_after
        self.number = kind in NUMBERS
        self.text = kind is Type.TEXT
        self.scale, self.offset = channel.scale, channel.offset
        self.low, self.high = _span(channel)
        self.plain = _SWITCH if kind is Type.BOOL else _alike(channel.point.states)
        self.readers = tuple(readers)
        self.point, self.place = channel.point, 0.0
        self.period = channel.point.rest or channel.point.every or channel.point.heartbeat or 60.0
        self.edgy = kind is Type.BOOL
        self.critical = any(rule.severity is CRITICAL for rule in readers)
        self.fall, self.rise = _step(channel.point)
        self.families = tuple((f"{family.id}:{channel.name}", family) for family in book.families(channel.point))
        self.doubts = frozenset(key for key, _ in self.families)
        self.names = frozenset(rule.name for rule in readers)
        self.mixes: dict[frozenset[str], Sense] = {}
        self.heeding = tuple(rule for rule in readers if self.name in rule.test.heeds)
        self.listen([(rule, *self._calm(rule)) for rule in readers])

    def _calm(self, rule: Rule) -> Band:
        if self.name not in rule.test.heeds:
            return EVERYWHERE
        return (rule.test.calm(self.name) if self.number else None) or NOWHERE

    def listen(self, bands: Iterable[tuple[Rule, float, float]]) -> None:
        """For these rules, each with its band."""
        self.bands = tuple(bands)
        self.quiet, self.loud = meet((low, high) for _, low, high in self.bands) or NOWHERE
        self.floor, self.ceiling = max(self.low, self.quiet), min(self.high, self.loud)

    def beside(self, awake: frozenset[str]) -> Sense:
        """The same for the rules that are not among these; made once for each of the few mixes of its readers."""
        up = self.names & awake
        if not self.number or not up:
            return self
        found = self.mixes.get(up)
        if found is None:
            if len(self.mixes) >= MIXES:
                self.mixes.clear()
            found = self.mixes[up] = copy(self)
            found.listen(band for band in self.bands if band[0].name not in up)
        return found

    def stirred(self, value: float) -> list[Rule]:
        """The rules that can't stay at rest with this number, if it is new."""
        return [rule for rule, low, high in self.bands if not low <= value <= high]


class Asleep(dict[str, "Sense | None"]):
    """The source's names → how the rules that are not in `awake` hear them."""

    __slots__ = ("_swift", "awake")

    def __init__(self, swift: Mapping[str, Sense], awake: frozenset[str]) -> None:
        self._swift, self.awake = swift, awake

    def __missing__(self, name: str) -> Sense | None:
        """A name that was not heard since these are awake. None: no name of ours."""
        sense = self._swift.get(name)
        if sense is not None:
            sense = self[name] = sense.beside(self.awake)
        return sense


class Attentive(dict[tuple[str, ...], "Sequence[Rule]"]):
    """The names that a message brings, as its source calls them → the rules in `awake` that heed any of these; `others` are the
    senses of the rules that are at rest."""

    __slots__ = ("_swift", "awake", "others")

    def __init__(self, swift: Mapping[str, Sense], awake: frozenset[str]) -> None:
        self._swift, self.awake, self.others = swift, awake, Asleep(swift, awake)

    def __missing__(self, names: tuple[str, ...]) -> Sequence[Rule]:
        """A mix that was not seen lately."""
        if len(self) >= MIXES:
            self.clear()
        found = self[names] = in_order(rule for name in names for rule in self._swift[name].heeding if rule.name in self.awake)
        return found


class Rulebook:
    """What all devices of one model share. `senses` by our name of the point, `swift` by the source's, where it needs no second
    look, `renames` whether any of these is not ours; `half` the time without a word after which the device is back rather than
    still there; `groups` whom its conditions look at: (kind, what they share)."""

    __slots__ = (
        "_attentive", "afters", "gauges", "groups", "half", "is_gateway", "model", "renames", "rules", "senses", "silences",
        "sources", "stale_after", "swift",
    )  # fmt: skip

    def __init__(self, model: Model) -> None:
        self.model = model
        self._attentive: dict[frozenset[str], Attentive] = {}
        self.is_gateway = model.kind.id == "gateway"
        self.rules = {rule.name: rule for rule in (*rules_of(model), *book.rules(model))}
        for place, rule in enumerate(self.rules.values()):
            rule.place = place
        self.groups = frozenset[tuple[str, str]]().union(*(rule.test.groups for rule in self.rules.values()))
        fitted = [channel for channel in model.channels.values() if not channel.absent]
        self.senses = {channel.name: Sense(channel, self._readers(channel.name)) for channel in fitted}
        for place, sense in enumerate(self.senses.values()):
            sense.place = float(place)
        self.gauges = tuple(sense for sense in self.senses.values() if is_gauge(sense.point))
        self.sources = {channel.source or channel.name: channel for channel in fitted}
        self.swift = {name: self.senses[channel.name] for name, channel in self.sources.items() if _decent(name)}
        self.renames = any(name != sense.name for name, sense in self.swift.items())
        self.silences = {
            name: self.rules[rule] for name in ("", *self.senses) for rule in (_silence(name),) if rule in self.rules
        }
        self.afters = tuple(math.inf if sense.after is None else sense.after for sense in self.senses.values())
        self.stale_after = min((sense.after for sense in self.senses.values() if sense.after is not None), default=None)
        self.half = (self.stale_after or 0.0) / 2

    def prepare(self) -> None:
        """Before messages come: what would otherwise be made with the first question of each rule."""
        for rule in self.rules.values():
            for condition in rule.test.conditions:
                condition.prepare()

    def attentive(self, lives: Iterable[str]) -> Attentive:
        """Whom a message must ask if these rules are not at rest: the same for all devices of which they are."""
        awake = frozenset(lives)
        if awake not in self._attentive:
            if len(self._attentive) >= MIXES:
                self._attentive.clear()
            self._attentive[awake] = Attentive(self.swift, awake)
        return self._attentive[awake]

    def _readers(self, channel: str) -> list[Rule]:
        return [rule for rule in self.rules.values() if channel in rule.inputs]


@lru_cache(maxsize=1024)
def rulebook(model: Model) -> Rulebook:
    """The model's, compiled once."""
    return Rulebook(model)


def _step(point: Point) -> tuple[float, float]:
    """How far a value may be from the last one without being looked at closely: a counter never back, a gauge by its noise."""
    if point.type is Type.COUNTER:
        return 0.0, math.inf
    if not is_gauge(point) or point.span is None:
        return NOWHERE[1], NOWHERE[0]
    step = max(8.0 * (point.noise or 0.0), 0.02 * (point.span[1] - point.span[0]))
    return -step, step


def _alike(states: tuple[str, ...]) -> Mapping[Value, Value]:
    return {state: state for state in states}


def _silence(point: str) -> str:
    return f"{SILENCE}:{point}" if point else SILENCE


def _decent(name: str) -> bool:
    """Would every dialect take it for a name?"""
    return name.isprintable() and not name.isspace() and len(name) <= LONGEST


def _span(channel: Channel) -> tuple[float, float]:
    """Where a number is good and its raw value not beyond any physical range."""
    ends = sorted((-LARGEST * channel.scale + channel.offset, LARGEST * channel.scale + channel.offset))
    low, high = channel.point.span or ends
    return max(low, ends[0]), min(high, ends[1])
