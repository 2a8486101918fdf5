"""How each labelled fault is played: in which season, after how long a history, and how long it may take at most.

Whatever takes more than a day, or needs learned weeks, is played with coarser sampling; the table of the score says so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sensors.plants.flaws import LASTS
from sensors.registry import kinds
from tests.bench.detection.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUR, DAY = 3600.0, 86400.0


def at(local: str) -> float:
    """Epoch seconds of a Beijing time."""
    return datetime.fromisoformat(f"{local}+08:00").timestamp()


WINTER, SUMMER = at("2026-01-06T00:00"), at("2026-07-20T00:00")
SUMMERY = frozenset({"charging_group", "ev_charger", "power_room", "reclaimed_water"})

# label: (onset, longest wait, coarseness, start or None for the kind's season). Everything else: LIKE.
LIKE = (2 * HOUR, DAY, 1, None)
ODD: dict[str, tuple[float, float, int, float | None]] = {
    "FP-F2": (15 * DAY, 7 * DAY, 1, None),  # coarser, the inrush of a weekly test would be in force longer than its limit waits
    "FP-F3": (1 * DAY, 3 * DAY, 1, None),
    "WS-F1": (3 * DAY, 6 * DAY, 6, None),
    "WS-F5": (15 * DAY, 5 * DAY, 2, None),
    "WS-F6": (1 * DAY, 4 * DAY, 3, SUMMER),
    "WS-F7": (21 * HOUR, DAY, 1, None),
    "WS-F9": (15 * DAY, 10 * DAY, 6, None),
    "WS-F10": (1 * DAY, 14 * DAY, 6, None),
    "BO-F3": (1 * HOUR, 5 * DAY, 3, None),
    "BO-F5": (17 * DAY, 70 * DAY, 30, at("2025-12-01T00:00")),  # 0.4 K a day from 2 K below the base to 20 above
    "BO-F7": (2 * HOUR, DAY, 1, SUMMER),
    "BO-F8": (17 * DAY, 40 * DAY, 30, at("2025-12-20T00:00")),
    "BO-F9": (1 * DAY, 4 * DAY, 6, None),
    "BO-F10": (1 * HOUR, 6 * DAY, 6, None),
    "EV-F2": (31 * DAY, 30 * DAY, 2, None),  # coarser, the energy register would come later than EV-07 waits for it
    "EV-F4": (15 * DAY, 5 * DAY, 2, None),
    "CG-F3": (1 * DAY, 3 * DAY, 3, None),
    "RW-F1": (8 * DAY, 25 * DAY, 6, None),
    "RW-F2": (8 * DAY, 2 * DAY, 6, None),
    "RW-F7": (1.5 * DAY, 0.5 * DAY, 2, None),
    "RW-F4": (36 * DAY, 30 * DAY, 6, None),  # a baseline holds five weeks
    "PW-F2": (1 * DAY, 32 * DAY, 6, None),
    "PW-F8": (1 * DAY, 90 * DAY, 12, at("2026-04-20T00:00")),
    "PW-F9": (8 * DAY, 14 * DAY, 6, None),
    "CR-F4": (2 * HOUR, 1200.0, 1, None),
    "EL-F3": (2 * DAY, 70 * DAY, 6, None),
    "EL-F6": (3 * DAY, 3 * DAY, 2, None),
    "EB-F2": (2 * HOUR, 1.5 * DAY, 1, None),
    "DQ-F3": (8 * DAY, 12 * DAY, 6, None),
}
BEARER = "water_supply"  # plays the faults of the data, unless they concern something it lacks
BEARERS = {"DQ-F6": "fire_pump", "DQ-F9": "fire_pump"}


def trials() -> Iterator[tuple[Trial, tuple[str, ...]]]:
    """Every labelled fault of every kind, and the rules it must raise."""
    for kind in kinds().values():
        if kind.id == "common":
            yield from ((_trial(BEARERS.get(fault.id, BEARER), fault.id), fault.raises) for fault in kind.faults)
        else:
            yield from ((_trial(kind.id, fault.id), fault.raises) for fault in kind.faults)


def _trial(kind: str, label: str) -> Trial:
    onset, lasts, coarse, start = ODD.get(label, LIKE)
    season = SUMMER if kind in SUMMERY else WINTER
    own = LASTS.get(label)  # data faults that end by themselves
    return Trial(kind, label, season if start is None else start, onset=onset, lasts=lasts if own is None else own, coarse=coarse)


def health(kind: str, *, days: float, coarse: int, seed: int) -> Trial:
    """A month (or so) without a fault."""
    start = SUMMER if kind in SUMMERY else WINTER
    return Trial(kind, "", start, seed, onset=0.0, lasts=days * DAY, coarse=coarse)


def shorter(trial: Trial, lasts: float) -> Trial:
    """The same fault, repaired after `lasts`."""
    return replace(trial, lasts=min(trial.lasts, lasts))
