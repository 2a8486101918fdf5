"""Turns an object of names and values, where a value may stand beside its own time (`{"value": V, "time": T}`), into values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.answer import MOST_POINTS

if TYPE_CHECKING:
    from daemon.dialects.kit.report import Report
    from daemon.dialects.kit.strict import Flaw


def timed(report: Report, values: Any, when: float | Flaw | None, *, prefix: str = "") -> None:  # noqa: ANN401 - a JSON value
    """The values of one record. A value's own time outranks the record's. Under `prefix/name` a name can be mapped apart."""
    if not isinstance(values, dict) or len(values) > MOST_POINTS:
        report.values(values, when)  # which says what is wrong with it
        return
    for name, written in values.items():
        value, at = written, when
        if isinstance(written, dict) and "value" in written:
            value = written["value"]
            own = report.time(written.get("time"))
            at = when if own is None else own
        names = (f"{prefix}/{name}", name) if prefix else (name,)
        report.value(names[0], value, at, *names[1:])
