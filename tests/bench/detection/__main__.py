"""`python -m tests.bench.detection [LABEL …] [--seeds N] [--months DAYS]`: the table of some faults, or of all, as markdown."""

from __future__ import annotations

import argparse

from tests.bench.detection.score import faults, figures, months, table


def main() -> None:
    """Play and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.detection", description=__doc__)
    parser.add_argument("labels", nargs="*", help="FP-F1 …; default: all")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--months", type=float, default=0.0, metavar="DAYS", help="play healthy months of so many days, too")
    wishes = parser.parse_args()
    seeds = tuple(range(1, wishes.seeds + 1))
    rows = faults(seeds, wishes.labels)
    print("\n".join(table(rows)))
    healthy = months(seeds, wishes.months) if wishes.months else []
    for month in healthy:
        print(
            f"{month.kind}, seed {month.seed}: {month.tickets} tickets in {month.days:g} d; {', '.join(month.raised) or 'quiet'}"
        )
    print("\n".join(one.line() for one in figures(rows, healthy)))


if __name__ == "__main__":
    main()
