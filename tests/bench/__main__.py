"""`python -m tests.bench [--json] [section …]`: every benchmark in one run, as medians and ratios.

Absolute times tell about the machine and its other work; only ratios inside one section are claims.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.parts import Missing
from tests.bench.stage import real_folder

if TYPE_CHECKING:
    from tests.bench.measure import Figure

# Modules beside this one, each with a `bench`; the first are quick, the last take minutes.
SECTIONS = ("core", "receive", "history", "store", "desk", "nasty", "day", "pipe")
SECTIONS += ("footprint", "scale", "intake", "latency", "whole", "learned", "simulate", "detection", "detection_learned")


def main() -> None:
    """Run the chosen sections and print them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=f"of {', '.join(SECTIONS)}; default: all")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    wishes = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leave no process and no folder behind
    if strange := set(wishes.sections) - set(SECTIONS):
        parser.error(f"there is no section {min(strange)!r}; there are {', '.join(SECTIONS)}")
    found = {}
    for name in wishes.sections or SECTIONS:
        found[name] = _run(name)
        if not wishes.json:
            print(f"\n{name}")
            print("\n".join(one.line() for one in found[name]), flush=True)
    if wishes.json:
        print(json.dumps({name: [one.plain() for one in figures] for name, figures in found.items()}, indent=1))


def _run(name: str) -> list[Figure]:
    """One section in a folder of its own, on a real file system."""
    bench = import_module(f"tests.bench.{name}").bench
    with tempfile.TemporaryDirectory(dir=real_folder(), prefix="atrium-bench-", ignore_cleanup_errors=True) as folder:
        try:
            return list(bench(Path(folder)) if signature(bench).parameters else bench())
        except Missing as missing:
            print(f"  {name} is left out: {missing}", file=sys.stderr)
            return []


if __name__ == "__main__":
    main()
