"""Gathers what one message says: samples that can be used and refusals that people can read, both bounded."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from daemon.core.nouns import Rejected, Sample
from daemon.dialects.kit.strict import LARGEST, Flaw, flaw, shown, text_flaw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.nouns import Value

LONGEST_NAME = 128  # characters of a point's name in the source's words
MOST_POINTS = 512  # in one record; the largest kind has under a hundred
MOST_REFUSALS = 32  # told one by one per message; the rest is counted in a last one
LONGEST_REASON = 300  # characters
KEPT = 1024  # bytes of a refused payload that are kept


class Answer:
    """The samples and refusals of one message, in order."""

    __slots__ = ("at", "device", "items", "payload", "refused", "site", "topic")

    def __init__(self, topic: str, payload: bytes, at: float) -> None:
        self.topic = topic
        self.payload = payload
        self.at = at
        self.site = self.device = ""
        self.items: list[Sample | Rejected] = []
        self.refused = 0

    def take(self, name: str, value: Value | Flaw, ts: float | None) -> None:
        """One value: a sample, or the refusal of this value only."""
        wrong = name_flaw(name) or flaw(value)
        if wrong is None and not isinstance(value, Flaw):
            self.items.append(Sample(self.site, self.device, name, value, ts))
        elif wrong is not None:
            self.refuse(Flaw(wrong.code, f"{shown(name, 40)}: {wrong.reason}"))

    def take_all(self, values: Mapping[str, Value | Flaw], ts: float | None) -> None:
        """The values of one record at one time. Hot: plain numbers take the short way."""
        if not values or len(values) > MOST_POINTS:
            self.refuse(Flaw("schema", f"{len(values)} values in one record; 1 to {MOST_POINTS} are possible"))
            return
        keep, site, device = self.items.append, self.site, self.device
        for name, value in values.items():
            kind = type(value)
            if (kind is float or kind is int) and -LARGEST <= value <= LARGEST and not name_flaw(name):  # type: ignore[operator]
                keep(Sample(site, device, name, value, ts))  # type: ignore[arg-type]
            else:
                self.take(name, value, ts)

    def refuse(self, why: Flaw) -> None:
        """A refusal of the message or of a part of it."""
        self.refused += 1
        if self.refused <= MOST_REFUSALS:
            self._append(why)

    def done(self) -> list[Sample | Rejected]:
        """Everything, with one line for the refusals that were too many to tell."""
        if self.refused > MOST_REFUSALS:
            self._append(Flaw("schema", f"and {self.refused - MOST_REFUSALS} more parts of this message"))
        return self.items

    def _append(self, why: Flaw) -> None:
        reason = (
            why.reason if why.reason.isprintable() and len(why.reason) <= LONGEST_REASON else shown(why.reason, LONGEST_REASON)
        )
        self.items.append(Rejected(shown(self.topic, 256), why.code, reason, self.at, self.payload[:KEPT]))


def name_flaw(name: str) -> Flaw | None:
    """Why this cannot be the name of a point; None: it can."""
    if len(name) > LONGEST_NAME:
        return Flaw("size", f"a name of {len(name)} characters, more than {LONGEST_NAME}")
    return _checked(name)


@lru_cache(maxsize=8192)
def _checked(name: str) -> Flaw | None:
    return text_flaw(name) if name.strip() else Flaw("schema", "a point without a name")
