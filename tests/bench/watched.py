"""`python -m tests.bench.watched STATS [--profile FILE] -- run …`: the `atrium` command as it is, and its commits timed.

Writes what the watch took for each commit (ms) to STATS as JSON when it ends.
"""

from __future__ import annotations

import cProfile
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from daemon.__main__ import app
from daemon.adapters import store as stores

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMITS: list[float] = []


class Timed:
    """A store whose transactions are timed from the end of their block to its commit; everything else is the store's."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def begin(self) -> Iterator[Any]:
        """One transaction."""
        done = 0.0
        with self._store.begin() as transaction:
            yield transaction
            done = perf_counter()
        COMMITS.append((perf_counter() - done) * 1000.0)


def main(arguments: list[str]) -> None:
    """Run the command."""
    place = arguments.index("--")
    stats, *options = arguments[:place]
    opened = stores.open_store
    stores.open_store = lambda *given, **named: Timed(opened(*given, **named))  # type: ignore[assignment,return-value]
    profile = cProfile.Profile() if options else None
    try:
        if profile is None:
            app(arguments[place + 1 :])
        else:
            profile.runcall(app, arguments[place + 1 :])
    finally:
        if profile is not None:
            profile.dump_stats(options[1])
        Path(stats).write_text(json.dumps({"commits": COMMITS}), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
