"""What a run of the score has found so far, a line of JSON each, so that a run cut short goes on where it stopped.

A result is known by what was played (the trial, its rules, its seed) and by a digest of the code that played it: that kind, the
core, the simulator. After a change of these it is played again, unless results of older code are welcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from sensors.registry import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[3]
PLAYED_BY = (
    "sensors/**/*.py", "daemon/core/**/*.py", "daemon/rig.py", "daemon/simulate.py", "tests/bench/detection/trial.py",
)  # fmt: skip
WORDS = ("sensors/docs/", "daemon/core/memory_desk.py")  # these change nothing that is found


@dataclass(frozen=True, slots=True)
class Kept:
    """One result: of what (`job`), by which `code`, on which `day` (ISO), in how many seconds of CPU."""

    job: str
    code: str
    day: str
    cpu: float
    found: dict[str, Any]


@cache
def digest(kind: str) -> str:
    """Of all code that takes part when this kind is played: other kinds' files do not."""
    others = tuple(f"{name}" for name in kinds() if name not in (kind, "common", "gateway"))
    whole = blake2b(digest_size=8)
    for path in sorted({path for pattern in PLAYED_BY for path in ROOT.glob(pattern)}):
        name = path.relative_to(ROOT).as_posix()
        strange = name.startswith("sensors/") and path.stem.startswith(others)
        if not strange and not name.startswith(WORDS):
            whole.update(name.encode() + path.read_bytes())
    return whole.hexdigest()


class Keep:
    """The results in a file; without one, nothing is kept. `older`: results of older code count, too."""

    digest = staticmethod(digest)

    def __init__(self, path: Path | None, *, older: bool = False) -> None:
        self.path, self.older = path, older
        self.known: dict[str, Kept] = {}
        for line in path.read_bytes().splitlines() if path is not None and path.exists() else ():
            try:
                kept = msgspec.json.decode(line, type=Kept)
            except msgspec.DecodeError:
                continue  # the line at which an earlier run was cut off
            self.known[kept.job] = kept

    def find(self, job: str, kind: str) -> Kept | None:
        """The result of a job, if it still holds."""
        kept = self.known.get(job)
        return kept if kept is not None and (self.older or kept.code == self.digest(kind)) else None

    def add(self, kept: Kept) -> None:
        """One more; it is on the disk when this returns."""
        self.known[kept.job] = kept
        if self.path is not None:
            with self.path.open("ab") as file:
                file.write(msgspec.json.encode(kept) + b"\n")

    def days(self, jobs: Iterable[str]) -> list[str]:
        """On which days these were played, the oldest first."""
        return sorted({self.known[job].day for job in jobs if job in self.known})

    def aged(self, jobs: Iterable[tuple[str, str]]) -> int:
        """How many of these jobs (and kinds) have a result of earlier code."""
        return sum(job in self.known and self.known[job].code != self.digest(kind) for job, kind in jobs)
