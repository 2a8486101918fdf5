"""`python -m tests.bench.watched STATS [--profile FILE] -- run …`: the `atrium` command as it is, and its commits timed.

Writes what each commit took (ms), how many messages of equipment were committed and how often it connected to its broker to STATS
as JSON when it ends.
"""

from __future__ import annotations

import cProfile
import json
import sys
from array import array
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from daemon.__main__ import app
from daemon.adapters import store as stores
from daemon.adapters.store.transaction import SqlTransaction
from daemon.core.nouns import HOLD

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMITS = array("f")  # ms; small, for a soak looks at the memory of this process


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
        Counting.saved += Counting.count
        Counting.count = 0


class Counting:
    """Counts the messages of equipment in what is saved."""

    count = 0  # of the transaction under way
    saved = 0
    links = 0  # connections begun, and one for the start

    def __init__(self, save: Any) -> None:
        self._save = save

    def __get__(self, transaction: Any, _: Any) -> Any:
        def save(outcome: Any, messages: Any, *rest: Any, **named: Any) -> Any:
            Counting.count += sum(message.topic.endswith("/telemetry") for message in messages)
            Counting.links += sum(message.topic == HOLD for message in messages)
            return self._save(transaction, outcome, messages, *rest, **named)

        return save


def main(arguments: list[str]) -> None:
    """Run the command."""
    place = arguments.index("--")
    stats, *options = arguments[:place]
    opened = stores.open_store
    stores.open_store = lambda *given, **named: Timed(opened(*given, **named))  # type: ignore[assignment,return-value]
    SqlTransaction.save = Counting(SqlTransaction.save)  # type: ignore[assignment,method-assign]
    profile = cProfile.Profile() if options else None
    try:
        if profile is None:
            app(arguments[place + 1 :])
        else:
            profile.runcall(app, arguments[place + 1 :])
    finally:
        if profile is not None:
            profile.dump_stats(options[1])
        Path(stats).write_text(
            json.dumps({"commits": list(COMMITS), "saved": Counting.saved, "links": Counting.links - 1}), encoding="utf-8"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
