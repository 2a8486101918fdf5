"""Rebuilds what the watch knew from what was saved: memories from snapshots, the rest by feeding the journal again.

Under another configuration the journal gives last values and history only; alarms left open come from the store and are
judged from the next reading.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import structlog

from daemon.core import pipeline, state
from daemon.core.nouns import AlarmEvent, Outcome, Readings
from daemon.core.tongues import Tongues

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from daemon.core.decode import Dialect
    from daemon.core.nouns import Message
    from daemon.core.site import Configuration
    from daemon.learning import Learning
    from daemon.ports import EpisodeRow, History, Store

LOG = structlog.get_logger("recover")


def recover(
    configuration: Configuration,
    store: Store,
    history: History,
    dialects: Mapping[str, Dialect],
    now: float,
    learning: Learning | None = None,
) -> state.State:
    """The watch's state as it was at the last commit. `learning` hears again what it may have forgotten."""
    watch = state.start(configuration)
    watch.tongues = Tongues.of(dialects)
    snapshots = store.snapshots(configuration.digest)
    if state.legible(snapshots):
        start = watch.restore(snapshots)
        _catch_up(watch, store, history, dialects, start)
        watch.tongues.restore(snapshots)  # catching up made the dialects hear messages from before their memory
        if learning:
            learning.begin(watch)
        _resume(watch, store, history, partial(_again, watch, store, dialects, learning), start)
    else:
        start = _begin(watch, store, history, dialects, now)
        if learning:
            learning.begin(watch)
    watch.tongues.settle(start, watch.position)
    history.flush()
    return watch


def _catch_up(watch: state.State, store: Store, history: History, dialects: Mapping[str, Dialect], start: int) -> None:
    """Give the history the journal rows up to `start` that it lacks. A dialect that remembers reads them with a memory that may
    be a minute younger."""
    scratch = None
    for position, messages in _journal(store, history.position()):
        if position > start:
            return
        scratch = scratch or state.start(watch.configuration)
        history.append(pipeline.recollect(scratch, messages, dialects), position)


def _resume(
    watch: state.State, store: Store, history: History, again: Callable[[list[Message], int], Readings], start: int
) -> None:
    rows = 0
    for position, messages in _journal(store, start):
        rows += 1
        readings = again(messages, position)
        if position > history.position():
            history.append(readings, position)
    LOG.info("recovered", journal_rows=rows, devices=len(watch.devices))


def _again(
    watch: state.State,
    store: Store,
    dialects: Mapping[str, Dialect],
    learning: Learning | None,
    messages: list[Message],
    position: int,
) -> Readings:
    """Feed one journal row again. Unique keys make effects that were saved already harmless."""
    with store.begin() as transaction:
        outcome = pipeline.feed(watch, messages, transaction, dialects, position=position)
        readings = outcome.readings
        if learning:
            learning.take(outcome, transaction, watch.now)
        transaction.save(replace(outcome, readings=Readings(), rejected=[]), (), {})
    return readings


def _begin(watch: state.State, store: Store, history: History, dialects: Mapping[str, Dialect], now: float) -> int:
    """Returns the journal position from which a restart feeds."""
    for position, messages in _journal(store, 0):
        readings = pipeline.recollect(watch, messages, dialects)
        watch.position = position
        if position > history.position():
            history.append(readings, position)
    gone = watch.adopt(row.episode for row in _open_episodes(store, watch))
    ended = [AlarmEvent("returned", now, replace(episode, returned_at=now)) for episode in gone]
    with store.begin() as transaction:  # all of it at once: a restart must not feed the old journal as news
        transaction.save(Outcome(alarms=ended), (), watch.slices(Outcome(), everything=True))
    if gone:
        LOG.warning("alarms ended: their rules are not in the configuration any more", count=len(gone))
    return watch.position


def recollect(
    configuration: Configuration, store: Store, dialects: Mapping[str, Dialect], after: int
) -> Iterator[tuple[int, Readings]]:
    """(position, readings) of the journal after a position, for a history that let them go. `dialects` are nobody else's."""
    scratch = state.start(configuration)
    for position, messages in _journal(store, after):
        yield position, pipeline.recollect(scratch, messages, dialects)


def _open_episodes(store: Store, watch: state.State) -> list[EpisodeRow]:
    return [row for site in watch.configuration.sites for row in store.episodes(site=site, active=True, limit=100_000)]


def _journal(store: Store, position: int) -> Iterator[tuple[int, list[Message]]]:
    while rows := store.journal_after(position, limit=200):
        yield from rows
        position = rows[-1][0]
