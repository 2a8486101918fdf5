"""Short words for the tables of a kind, so that one row is one line: points, limits, failures, duties, faults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sensors.kit.words import JUDGED, Evidence, Fault, Level, Limit, Param, Point, Severity, Signature, Task, Text, Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Span = tuple[float, float]
Pair = tuple[str, str]  # Chinese, English
LL, L, H, HH = Level.LL, Level.L, Level.H, Level.HH
_SOURCE = re.compile(r"S:([\w-]+)")


def seen(text: str) -> Evidence:
    """Evidence as the reference writes it. Where the value is judged ("…; value J") the mark is J, whatever the rule's source."""
    if text in {"", "J"}:
        return JUDGED
    return Evidence("J" if "value J" in text else text[0], text, tuple(_SOURCE.findall(text)))


def param(name: str, default: float, unit: str, zh: str, en: str, evidence: str = "J") -> Param:
    """A figure of the site."""
    return Param(name, default, unit, Text(zh, en), seen(evidence))


def _letter(name: str) -> str:
    return name.partition("{")[2][:1]


def gauge(  # noqa: PLR0913, PLR0917 - a table row
    name: str, zh: str, en: str, unit: str, span: Span | None, normal: Span | str | None, every: float | None,
    *, step: float | None = None, noise: float | None = None, share: float | None = None, heartbeat: float | None = None,
    rest: float | None = None, kind: Type = Type.FLOAT, of: int = 0, digits: str = "d", ucum: str = "", note: str = "",
) -> Point:  # fmt: skip
    """A measured number: range, usual band (or words for it), sample period (`rest`: while the equipment rests), resolution,
    noise in its unit or as a `share` of the value. `of` instances if indexed."""
    band, words = (None, normal) if isinstance(normal, str) else (normal, "")
    return Point(
        name, Text(zh, en), unit, kind, span, band, words, every=every, heartbeat=heartbeat, rest=rest, resolution=step,
        noise=noise or share, noise_relative=share is not None, index=_letter(name), instances=of, digits=digits,
        ucum=ucum or unit, note=note,
    )  # fmt: skip


def counter(  # noqa: PLR0913 - a table row
    name: str, zh: str, en: str, unit: str, top: float, every: float, *, step: float, ucum: str = "", note: str = ""
) -> Point:
    """A register that only grows, from 0 to `top`."""
    return gauge(name, zh, en, unit, (0, top), None, every, step=step, kind=Type.COUNTER, ucum=ucum, note=note)


def switch(  # noqa: PLR0913, PLR0917 - a table row
    name: str, zh: str, en: str, off: Pair, on: Pair, normal: str, heartbeat: float | None = None,
    *, every: float | None = None, of: int = 0, digits: str = "d", note: str = "",
) -> Point:  # fmt: skip
    """A two-state signal, sent on change (with `every`: polled): what 0 and 1 mean as a sentence (`|` after the subject, `{i}`
    for the instance)."""
    return Point(
        name, Text(zh, en), "", Type.BOOL, (0, 1), None, normal, every=every, heartbeat=heartbeat,
        words=(Text(*off), Text(*on)), index=_letter(name), instances=of, digits=digits, note=note,
    )  # fmt: skip


def choice(  # noqa: PLR0913 - a table row
    name: str, zh: str, en: str, states: Mapping[str, Pair], normal: str, heartbeat: float | None = None,
    *, of: int = 0, digits: str = "d", note: str = "",
) -> Point:  # fmt: skip
    """One of several states, sent on change: each state's word for people."""
    return Point(
        name, Text(zh, en), "", Type.ENUM, None, None, normal, heartbeat=heartbeat, states=tuple(states),
        words=tuple(Text(*pair) for pair in states.values()), index=_letter(name), instances=of, digits=digits, note=note,
    )  # fmt: skip


def remark(name: str, zh: str, en: str, note: str = "") -> Point:
    """Free text, sent on change."""
    return Point(name, Text(zh, en), "", Type.TEXT, note=note)


def limit(  # noqa: PLR0913, PLR0917 - a table row
    point: str, level: Level, value: float, severity: Severity, on: float, off: float, band: float, because: str = "",
    *, expr: str = "", when: str = "", also: Sequence[str] = (), transform: str = "", evidence: str = "J",
) -> Limit:  # fmt: skip
    """A numeric limit: L and LL trip below, H and HH above; on-delay, off-delay, deadband. `transform="abs"`: of the size."""
    op = "<" if level in {Level.LL, Level.L} else ">"
    return Limit(
        point, level, op, value, severity, on, off, band,
        expr=expr, when=when, because=because, also=tuple(also), transform=transform, evidence=seen(evidence),
    )  # fmt: skip


def state(  # noqa: PLR0913, PLR0917 - a table row
    point: str, op: str, value: float | str | tuple[str, ...], severity: Severity, on: float, off: float, because: str = "",
    *, when: str = "", evidence: str = "J",
) -> Limit:  # fmt: skip
    """A state that must not last: `== 1`, `!= auto`, `in (…)`."""
    return Limit(point, Level.STATE, op, value, severity, on, off, when=when, because=because, evidence=seen(evidence))


def failure(  # noqa: PLR0913 - a table row
    rule: str, severity: Severity, says: Pair, *, reference: str, do: Pair, causes: Sequence[Pair],
    when: str = "", on: float = 0.0, off: float = 30.0, hides: Sequence[str] = (), note: str = "", evidence: str = "J",
    rewritten: str = "", explains: Sequence[str] = (),
) -> Signature:  # fmt: skip
    """A failure across points: the condition as the reference words it, `when` as it is judged ("" while it isn't), and how and
    why that was rewritten, if its meaning differs."""
    return Signature(
        rule, Text(*says), severity, when, Text(*do), tuple(Text(*cause) for cause in causes), tuple(hides),
        on=on, off=off, explains_downstream=tuple(explains), reference=reference, rewritten=rewritten, note=note,
        evidence=seen(evidence),
    )  # fmt: skip


def duty(  # noqa: PLR0913, PLR0917 - a table row
    task: str, zh: str, en: str, days: float | None, interval: str, items: Pair, basis: str, evidence: str = "J"
) -> Task:
    """A periodic inspection or test."""
    return Task(task, Text(zh, en), days, interval, Text(*items), basis, seen(evidence))


def fault(label: str, zh: str, en: str, raises: Sequence[str], dynamics: str) -> Fault:
    """A labelled fault for the simulator and the rules it must raise."""
    return Fault(label, Text(zh, en), dynamics, tuple(raises))
