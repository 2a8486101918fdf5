"""Judges one limit of one channel: a comparison with hysteresis; and tells which values lie on the right side of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daemon.core.nouns import Value
    from daemon.core.site import LimitRule
    from sensors.kit.calm import Band


def breached(rule: LimitRule, value: Value, *, active: bool) -> bool:
    """Is the limit violated by `value`? While `active`, it only ends beyond the deadband: H under limit - deadband, L above
    limit + deadband. `value` and threshold are in the point's unit."""
    op, threshold = rule.op, rule.value
    if op == "==":
        return value == threshold
    if op == "!=":
        return value != threshold
    if op == "in":
        return isinstance(threshold, tuple) and value in threshold
    number, edge = float(value), float(threshold)  # type: ignore[arg-type]
    if rule.limit.transform == "abs":
        number = abs(number)
    margin = rule.deadband if active else 0.0
    return number < edge + margin if op == "<" else number > edge - margin


def calm(rule: LimitRule) -> Band | None:
    """The values that do not violate a limit that is not active; None where they are no band."""
    if rule.op not in {"<", ">"}:
        return None
    edge = float(rule.value)  # type: ignore[arg-type]
    if rule.limit.transform == "abs":
        return (-edge, edge) if rule.op == ">" and edge >= 0 else None
    return (edge, math.inf) if rule.op == "<" else (-math.inf, edge)
