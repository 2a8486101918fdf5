"""An alarm's condition and what people did about it → its ISA-18.2 state, one letter."""

from __future__ import annotations


def isa_state(
    *,
    active: bool,
    acknowledged: bool,
    shelved_until: float | None,
    now: float,
    suppressed: bool = False,
    out_of_service: bool = False,
) -> str:
    """A normal, B unacknowledged, C acknowledged, D returned unacknowledged, E shelved, F suppressed by design, G out of service.

    What takes the alarm off the list wins over what is on it, the widest first: out of service, suppressed, shelved.
    A shelf ends at `shelved_until` itself.
    """
    if out_of_service:
        return "G"
    if suppressed:
        return "F"
    if shelved_until is not None and now < shelved_until:
        return "E"
    if active:
        return "C" if acknowledged else "B"
    return "A" if acknowledged else "D"
