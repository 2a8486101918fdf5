"""`python -m tests.bench.detection [LABEL or KIND …] [--seeds N] [--only faults] [--keep FILE] [--page docs]`: plays faults and
healthy months and prints the table; with `--keep` a run cut short goes on where it stopped, with `--page` a page is written.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from tests.bench.detection.kept import Keep
from tests.bench.detection.page import health_table, table, write
from tests.bench.detection.score import PROCESSES, Job, faults, figures, months, offer, quiet, rows, run


def main() -> None:
    """Play what is missing, and print."""
    wishes = _wishes()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leave no process behind
    keep = Keep(wishes.keep, older=wishes.older)
    jobs = _jobs(wishes)
    if not wishes.as_kept:
        run(jobs, keep, wishes.processes)
    found, healthy = rows(jobs, keep), quiet(jobs, keep)
    print("\n".join([*table(found), "", *health_table(healthy)]))
    print("\n".join(one.line() for one in figures(found, healthy)))
    if wishes.page:
        write(wishes.page, jobs, keep)


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.detection", description=__doc__)
    parser.add_argument("names", nargs="*", help="labels (FP-F1 …) or kinds; default: all")
    parser.add_argument("--seeds", type=int, default=5, help="how many, from 1 on")
    offer(parser)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--page", type=Path, metavar="FOLDER", help="write score.md and score.svg there")
    return parser.parse_args()


def _jobs(wishes: argparse.Namespace) -> list[Job]:
    seeds = tuple(range(1, wishes.seeds + 1))
    played = [] if wishes.only == "months" else faults(seeds, wishes.names)
    return played + ([] if wishes.only == "faults" else months(seeds, wishes.names, wishes.days))


if __name__ == "__main__":
    main()
