"""`python -m tests.bench.detection_learned [KIND or LABEL …] [--seeds N] [--only months] [--keep FILE] [--page docs]`: plays
healthy months and slow faults with what is learned beside the rules, and prints what was said; with `--keep` a run cut short
goes on where it stopped, with `--page` a page is written.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from tests.bench.detection.score import offer
from tests.bench.detection_learned.noise import listen
from tests.bench.detection_learned.page import page, said
from tests.bench.detection_learned.score import SEEDS, Job, Memory, faults, figures, months, rested, run, suffered


def main() -> None:
    """Play what is missing, print, and write the page where that is asked for."""
    wishes = _wishes()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    keep, jobs = Memory(wishes.keep, older=wishes.older), _jobs(wishes)
    if not wishes.as_kept:
        run(jobs, keep)
        if wishes.only != "faults" and not wishes.names:
            listen(keep)
    healthy, slow = rested(jobs, keep), suffered(jobs, keep)
    print("\n".join([*said(healthy), *(f"  {one}" for one in slow), *(one.line() for one in figures(healthy, slow))]))
    if wishes.page:
        (wishes.page / "learned.md").write_text("\n".join(page(jobs, keep)) + "\n", encoding="utf-8")


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.detection_learned", description=__doc__)
    parser.add_argument("names", nargs="*", help="kinds or labels (FP-F2 …); default: all")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many healthy months of each kind, from seed 1 on")
    offer(parser)
    parser.add_argument("--page", type=Path, metavar="FOLDER", help="write learned.md there")
    return parser.parse_args()


def _jobs(wishes: argparse.Namespace) -> list[Job]:
    healthy = [] if wishes.only == "faults" else months(tuple(range(1, wishes.seeds + 1)), wishes.names, wishes.days)
    return healthy + ([] if wishes.only == "months" else faults(wishes.names))


if __name__ == "__main__":
    main()
