"""The nouns a kind of equipment is declared with: parameters, points, limits, signatures, tasks, faults, texts.

Everything here is frozen data. What the words *do* lives in `condition.py` (the language), in `daemon.core` (judging)
and in `plant.py` (simulation).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sensors.kit.plant import Plant


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence for people, Chinese and English together."""

    zh: str
    en: str


class Severity(StrEnum):
    """How bad it is. Order of declaration is the order of urgency, worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst, 3 for info; smaller sorts first."""
        return _RANK[self]


_RANK = {severity: rank for rank, severity in enumerate(Severity)}

CRITICAL, MAJOR, MINOR, INFO = Severity.CRITICAL, Severity.MAJOR, Severity.MINOR, Severity.INFO


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a figure comes from: S seen in a source, K from knowledge of a standard, J judgment.

    `text` keeps the wording of the reference ("S:gb50974-14-911; value J"); `sources` are keys of its source list.
    A K or J figure is never presented as law.
    """

    mark: str
    text: str = ""
    sources: tuple[str, ...] = ()


JUDGED = Evidence("J", "J")


@dataclass(frozen=True, slots=True)
class Param:
    """A figure of the site that limits and signatures refer to as `P.name`."""

    name: str
    default: float
    unit: str
    says: Text
    evidence: Evidence = JUDGED


class Type(StrEnum):
    """What a point carries."""

    FLOAT = "float"
    INT = "int"
    BOOL = "bool"
    ENUM = "enum"
    COUNTER = "counter"
    TEXT = "text"


NUMBERS = frozenset({Type.FLOAT, Type.INT, Type.COUNTER})


@dataclass(frozen=True, slots=True)
class Point:
    """One measured quantity. `name` may hold one instance letter in braces: `pump{i}_run` stands for pump1_run, pump2_run.

    `every` is the sample period in seconds, None where the point is sent on change only; `rest` the longer period while the
    equipment rests, if there is one; `heartbeat` the period in seconds at which an on-change point is repeated, None if never.
    `span` is the sensor range, `normal` the usual band, both in `unit`.
    """

    name: str
    says: Text
    unit: str
    type: Type = Type.FLOAT
    span: tuple[float, float] | None = None
    normal: tuple[float, float] | None = None
    normal_text: str = ""
    every: float | None = None
    heartbeat: float | None = None
    rest: float | None = None
    resolution: float | None = None
    noise: float | None = None
    noise_relative: bool = False
    states: tuple[str, ...] = ()  # for enum points, in the order of the reference
    words: tuple[Text, ...] = ()  # enum: one word per state; bool: what 0 and 1 mean as a sentence, `|` after the subject
    index: str = ""  # the instance letter, "" if none
    instances: int = 0  # how many instances the reference plant has
    digits: str = "d"  # format of the instance number: "d" → 1, "02d" → 01
    ucum: str = ""
    note: str = ""

    @property
    def stale_after(self) -> float | None:
        """Seconds of silence after which the value is stale (DQ-01: 3 periods, at least 60 s); None: never."""
        period = self.rest or self.every or self.heartbeat
        return None if period is None else max(3.0 * period, 60.0)


class Level(StrEnum):
    """The four limits of an analogue alarm block, and the discrete one."""

    LL = "LL"
    L = "L"
    H = "H"
    HH = "HH"
    STATE = "STATE"


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of one point. `value` is the figure of the reference plant; `expr` the same as an expression over `P.…`, if any.

    `on` and `off` are the delays and `deadband` the hysteresis, seconds and point unit. `when` is a condition that gates it
    ("" = always). `op` is `<` or `>` for numeric levels, `==`, `!=` or `in` for STATE. `transform` is "" or "abs".
    """

    point: str
    level: Level
    op: str
    value: float | str | tuple[str, ...]
    severity: Severity
    on: float = 0.0
    off: float = 0.0
    deadband: float = 0.0
    expr: str = ""
    when: str = ""
    because: str = ""
    also: tuple[str, ...] = ()  # further points the same limit stands for
    transform: str = ""
    evidence: Evidence = JUDGED


@dataclass(frozen=True, slots=True)
class Signature:
    """A failure recognised across points. `when` is a condition of `condition.py`; `hides` are the limits it explains,
    written as rule names with the same instance letter (`main_pressure.LL`, `pump{i}_current_a.H`).

    A signature whose `when` holds a free instance letter stands for one rule per instance: `FP-07[i=2]`.
    `reference` keeps the condition as the reference states it, for the documentation; `rewritten` says how and why `when` means
    something else, "" if it doesn't. `when` is "" while a signature is declared but not yet judged.
    """

    id: str
    says: Text
    severity: Severity
    when: str
    do: Text
    causes: tuple[Text, ...] = ()
    hides: tuple[str, ...] = ()
    on: float = 0.0
    off: float = 30.0
    explains_downstream: tuple[str, ...] = ()  # patterns of rules that it explains on devices fed through this one
    reference: str = ""
    rewritten: str = ""
    note: str = ""
    evidence: Evidence = JUDGED


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a gauge is held against, to see it drift (DQ-05): `point` ought to read `times` what `other` reads; nothing where
    there is none. With an instance letter of its own, `other` stands for the other instances. Only while every switch of `still`
    is off, those of the same instance where it has one. `absolute`: how far it is off counts; else, where height or place add a
    constant that nobody wrote down, only a change."""

    point: str
    other: str = ""
    times: float = 1.0
    still: tuple[str, ...] = ()
    absolute: bool = True


@dataclass(frozen=True, slots=True)
class Task:
    """A periodic inspection or test, `every_days` apart."""

    id: str
    says: Text
    every_days: float | None
    interval: str
    items: Text
    basis: str
    evidence: Evidence = JUDGED


@dataclass(frozen=True, slots=True)
class Fault:
    """A labelled fault the simulator can play, and the rules it must raise. `plays` tells whether `plant` can play it yet."""

    id: str
    says: Text
    dynamics: str
    raises: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of equipment: everything known about it, as data, and the simulated plant that behaves like it."""

    id: str
    says: Text
    explains: Text
    scope: str = ""
    params: tuple[Param, ...] = ()
    points: tuple[Point, ...] = ()
    limits: tuple[Limit, ...] = ()
    signatures: tuple[Signature, ...] = ()
    tasks: tuple[Task, ...] = ()
    faults: tuple[Fault, ...] = ()
    recipe: str = ""  # the simulator recipe of the reference, in words
    plant: Callable[..., Plant] | None = None
    headline: tuple[str, ...] = field(default=())  # points worth showing first on the wall and the public page
    yardsticks: tuple[Yardstick, ...] = ()
