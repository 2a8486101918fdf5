"""Gives every device the short code of its door link: as written, or made from its name; each once in the whole company."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daemon.config.complaints import Uniques

if TYPE_CHECKING:
    from daemon.config.complaints import Place

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U: read aloud and typed from a door
LENGTHS = (6, 8, 10, 12)  # of 129,000 doors about ten would share six letters: the later one gets a longer code


@dataclass(slots=True)
class Codes:
    """The codes given so far."""

    used: Uniques = field(default_factory=lambda: Uniques("door code", "write another code"))

    def of(self, site: str, device: str, written: str | None, place: Place) -> str:
        """The code of a device; one that is written twice is complained about. `place` is the device's."""
        if written is not None:
            self.used.check(written.upper(), place.at("code"))
            return written
        for length in LENGTHS:
            code = door_code(site, device, length)
            if code not in self.used.seen:
                break
        self.used.check(code, place)
        return code


def door_code(site: str, device: str, length: int = LENGTHS[0]) -> str:
    """The same in every run. Six letters stand for 700 million doors, and a longer code begins with the shorter."""
    number, letters = int.from_bytes(hashlib.sha256(f"{site}/{device}".encode()).digest()[:8]), []
    for _ in range(length):
        number, rest = divmod(number, len(LETTERS))
        letters.append(LETTERS[rest])
    return "".join(letters)
