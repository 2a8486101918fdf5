"""`python -m tests.bench [--json] [core|receive|history|latency …]`: every benchmark in one run, as medians and ratios.

Absolute times tell about the machine and its other work; only ratios inside one section are claims.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import core, history, latency, receive

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.measure import Figure

SECTIONS: dict[str, Callable[[Path], list[Figure]]] = {
    "core": lambda _: core.bench(),
    "receive": receive.bench,
    "history": history.bench,
    "latency": latency.bench,
}


def main() -> None:
    """Run the chosen sections and print them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=f"of {', '.join(SECTIONS)}; default: all")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    wishes = parser.parse_args()
    if strange := set(wishes.sections) - SECTIONS.keys():
        parser.error(f"there is no section {min(strange)!r}; there are {', '.join(SECTIONS)}")
    found = {}
    for name in wishes.sections or SECTIONS:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            found[name] = SECTIONS[name](Path(folder))
        if not wishes.json:
            print(f"\n{name}")
            print("\n".join(_line(one) for one in found[name]))
    if wishes.json:
        print(json.dumps({name: [one.plain() for one in figures] for name, figures in found.items()}, indent=1))


def _line(one: Figure) -> str:
    spread = f"{min(one.runs):,.1f} … {max(one.runs):,.1f}" if len(one.runs) > 1 else ""
    beside = f"{one.ratio:.2f} × {one.beside}" if one.ratio is not None else ""
    return f"  {one.name:45} {one.median:12,.1f} {one.unit:16} {spread:28} {beside}"


if __name__ == "__main__":
    main()
