"""Commands that play, record, replay and examine: turns their options into calls and their trouble into one plain sentence."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from daemon import recording
from daemon.cli import fail, progress
from daemon.clock import SystemClock
from daemon.core import replay as core_replay
from daemon.ports import Undelivered
from daemon.processes import until_told
from daemon.rig import Unplayable
from daemon.simulate import START, parse_fault, simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from daemon.core.decode import Dialect
    from daemon.core.learned.memory import MemoryReview
    from daemon.core.nouns import Message
    from daemon.core.replay import Learner
    from daemon.core.site import Configuration


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be simulated."""

    site: str | None = None
    devices: tuple[str, ...] = ()
    seed: int = 1
    faults: tuple[str, ...] = ()
    for_seconds: float | None = None
    start: str | None = None


def messages(configuration: Configuration, wanted: Wanted, start: float) -> Iterator[Message]:
    """The simulated messages; exit 2 where a name does not exist."""
    devices = {d.id: d for site in configuration.sites.values() for d in site.devices.values()}
    try:
        return simulate(
            configuration,
            site=wanted.site,
            devices=wanted.devices or None,
            start=start,
            seed=wanted.seed,
            faults=[parse_fault(text, devices) for text in wanted.faults],
            for_seconds=wanted.for_seconds,
        )
    except Unplayable as wrong:
        fail(str(wrong))


def write(configuration: Configuration, wanted: Wanted, out: Path) -> None:
    """Write a recording."""
    if wanted.for_seconds is None:
        fail("A recording needs an end: say --for SECONDS.")
    start = START if wanted.start is None else moment(wanted.start)
    try:
        count = recording.write_recording(out, progress(messages(configuration, wanted, start), "messages"))
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}.", 1)
    typer.echo(f"{count} messages in {out}", err=True)


def publish(configuration: Configuration, wanted: Wanted, url: str, rate: float | None) -> None:
    """Publish in real time (or at `rate`), until the end or a signal."""
    from daemon import publish as publisher  # noqa: PLC0415 - only where a broker is needed

    clock, stop = SystemClock(), until_told()
    start = clock.now() if wanted.start is None else moment(wanted.start)
    try:
        played = progress(messages(configuration, wanted, start), "messages")
        counts = publisher.publish(played, url, clock=clock, rate=rate, stop=stop)
    except Undelivered as undelivered:
        fail(undelivered.reason, 2 if undelivered.for_good else 1)
    typer.echo(f"{counts.published} published, {counts.acknowledged} acknowledged", err=True)


@dataclass(frozen=True, slots=True)
class Replay:
    """How a recording is judged: until when time passes on, what was never heard too, with what is usual learned from it."""

    until: str | None = None
    everything: bool = False
    learn: bool = False


def replay(configuration: Configuration, file: Path, wanted: Replay, *, as_json: bool) -> None:
    """Print what the watch would have said."""
    begun, end = time.monotonic(), None if wanted.until is None else moment(wanted.until)
    learn = learner(configuration) if wanted.learn else None
    try:
        heard = progress(recording.read_recording(file), "messages")
        told = core_replay.replay(
            configuration, heard, sources(configuration), until=end, everything=wanted.everything, learn=learn
        )
        for line in told:
            sys.stdout.write((json.dumps(line, ensure_ascii=False) if as_json else _plain(line)) + "\n")
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.")
    except recording.BrokenRecording as broken:
        fail(str(broken))
    typer.echo(f"replayed in {time.monotonic() - begun:.1f} s", err=True)


def learner(configuration: Configuration) -> Callable[[MemoryReview, float], Learner]:
    """What learns beside a replay as it does beside the watch. A site that says nothing of it learns by the defaults."""
    from daemon import learning  # noqa: PLC0415 - numpy and Numba are a second of start-up, and some 20 s once to compile
    from daemon.core.learned.finding import Settings  # noqa: PLC0415
    from daemon.core.learned.normal import Accepted, Normal, ready  # noqa: PLC0415

    ready()
    sites = {name: replace(site, learned=site.learned or Settings()) for name, site in configuration.sites.items()}
    asked = replace(configuration, sites=sites)

    def begin(desk: MemoryReview, at: float) -> Learner:
        places = learning.sites(asked, at)
        return learning.Learning(places, Normal(places), desk, Accepted, asked)

    return begin


def sources(configuration: Configuration) -> Mapping[str, Dialect]:
    """Source id → dialect. A recording's messages come from `main`."""
    from daemon.core.site import Broker  # noqa: PLC0415 - only where payloads are read
    from daemon.dialects import open_all  # noqa: PLC0415

    settings = configuration.settings
    return open_all([settings.broker or Broker("main", ""), *settings.sources])


def moment(text: str) -> float:
    """RFC 3339 → epoch s; exit 2 for anything else."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        when = None
    if when is None or when.tzinfo is None:
        fail(f"{text!r} is no time; write it like 2026-01-01T00:00:00+08:00.")
    return when.timestamp()


def _plain(line: Mapping[str, Any]) -> str:
    """A replay line for people."""
    kind, at = line["type"], line.get("at", "")
    if kind == "alarm":
        return f"{at}  {line['event']:9} {line['device']} {line['rule']} ({line['severity']}): {line['reason']['zh']}"
    if kind == "ticket":
        return f"{at}  ticket {line['event']}: {line['device']} {', '.join(line['rules'])} ({line['severity']})"
    if kind == "notice":
        return f"{at}  tell {line['to']}: {line['why']}"
    if kind == "review":
        return f"{at}  review {line['event']}: {line['device']} {', '.join(line['rules'])}: {line['reason']['zh']}"
    if kind == "rejected":
        return f"rejected {line['topic']}: {line['reason']}"
    return ", ".join(f"{name} {value}" for name, value in line.items() if name != "type")
