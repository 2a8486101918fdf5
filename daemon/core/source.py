"""A source of readings as the configuration describes it: whose words mean which of our devices, points, states and times.

`daemon.config` makes it from `sources:` in `atrium.yaml`, with every unit already turned into a scale and an offset; a dialect
is opened with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.nouns import Value

Place = tuple[str, str]  # our site, our device


@dataclass(frozen=True, slots=True)
class Rename:
    """What one of their names stands for. `point` "" keeps their word; `place` None: the device the message speaks of.

    point value = their number × scale + offset.
    `states` come before any other reading of a value; they, like `failures`, are keyed by `folded`.
    """

    point: str = ""
    place: Place | None = None
    scale: float = 1.0
    offset: float = 0.0
    states: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """What a point of ours takes: `type` as `sensors.kit.words.Type` says it, its unit, and words for its states (in lower
    case, in both languages)."""

    type: str
    unit: str = ""
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Register:
    """One value in a Modbus answer. `order` names where the bytes of the value, A the highest, lie on the wire; `bit` picks one
    bit of a 16-bit register, or of a coil answer it is `address` alone that counts."""

    name: str  # then renamed like any other name of the source
    address: int
    slave: int = 1
    function: int = 3
    type: str = "uint16"
    order: str = "ABCD"
    bit: int | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """A question the gateway asks again and again; its answer carries no address of its own. `count` in registers or coils."""

    start: int
    count: int
    slave: int = 1
    function: int = 3


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of `sources:`. `topics` are templates of levels, `{site} {device} {point}` among them; `member` the one of the
    payload that names the device; `points` per device of ours under its place, for all of them under None.

    `failures` are values that stand for a failed read; `ignored` names that are no points; `targets` our points by name.
    """

    id: str = "main"
    site: str = ""  # of devices whose site is not written
    device: str = ""  # of everything that `devices` does not name
    zone: str = "Asia/Shanghai"  # of times written without one
    encoding: str = ""  # "": UTF-8, else GB 18030 where it is none
    topics: tuple[str, ...] = ()
    member: str = ""
    devices: Mapping[str, Place] = field(default_factory=dict)
    points: Mapping[Place | None, Mapping[str, Rename]] = field(default_factory=dict)
    states: Mapping[str, Value] = field(default_factory=dict)
    failures: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    registers: tuple[Register, ...] = ()
    polls: tuple[Poll, ...] = ()
    options: Mapping[str, Value] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)


def folded(written: Value) -> str:
    """The form in which values are compared with words of the configuration: 1, 1.0 and "1" are one."""
    if isinstance(written, str):
        return written.strip().casefold()
    return str(written).casefold() if isinstance(written, bool) else f"{written:.15g}"
