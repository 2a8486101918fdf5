"""From the publication of a bad value to its alarm, beside a C program that only reflects it through the same kind of broker.

And to the word that its ticket is committed. Both while other messages stream, from a process of their own that has made all of
them before the first is sent. Reflector and watch take turns, so that both meet the same machine. On a machine that others use
too, `chrt -r 1 python -m tests.bench latency` measures this program and not its neighbours.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.bench import company, stage
from tests.bench.alive import alive
from tests.bench.ear import Ear
from tests.bench.measure import RUNS, Figure, figure, percentile
from tests.bench.parts import compiled
from tests.bench.rig import broker
from tests.bench.stream import Sender, healthy, packets, payloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SITES = 24  # communities with 80 charging piles each: every pile alarms once
PROBES, EVERY = 110, 0.04  # bad values a run, s between two: an alarm flood by itself, as a bad day has it
FILTER = "atrium/+/+/telemetry"
RULE = "residual_current.HH"
SETTLES = 1.5  # s of load before the first
MAKING = 4e-5  # s to make one message of the load, on a busy machine
PATIENCE = 10.0  # s
ALLOWED = {5000.0: 25.0, 20000.0: 60.0}  # ms above the reflector, and the commit


class Prober:
    """Publishes bad values on a connection of its own and notes when the answer to each came."""

    def __init__(self, port: int, topic: str, key: Callable[[str, bytes], object]) -> None:
        self.heard: dict[object, float] = {}
        self.key = key
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.on_socket_open = lambda _, __, line: line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # type: ignore[attr-defined]
        self.client.on_connect = lambda client, *_: client.subscribe(topic, qos=1)
        self.client.on_message = self._note
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        self.sender = Sender(port, "bench-prober")

    def _note(self, _: Client, __: Any, message: Any) -> None:
        self.heard.setdefault(self.key(message.topic, message.payload), time.perf_counter())

    def run(self, first: int, answer: Callable[[int], object]) -> list[float]:
        """Milliseconds from each publication to its answer; one that does not come in time counts as PATIENCE."""
        asked = {}
        for number in range(first, first + PROBES):
            site, device = pile(number)
            asked[answer(number)] = time.perf_counter()
            self.sender.line.sendall(stage.breach(site, device, 40.0 + number / 1000.0))
            time.sleep(EVERY)
        end = time.monotonic() + PATIENCE
        while not asked.keys() <= self.heard.keys() and time.monotonic() < end:
            time.sleep(0.05)
        return [(self.heard.get(one, at + PATIENCE) - at) * 1000.0 for one, at in asked.items()]

    def close(self) -> None:
        """Hang up."""
        self.sender.close()
        self.client.disconnect()
        self.client.loop_stop()


def pile(number: int) -> tuple[str, str]:
    """The n-th charging pile of the company, sites in turn."""
    return company.name_of(number % SITES), f"pile-{1 + number // SITES:03d}"


def bench(folder: Path) -> list[Figure]:
    """Alarms at both rates beside the reflector's, then tickets."""
    reflect = compiled("reflect")
    config = company.write(folder / "config", SITES)
    (folder / "floor").mkdir()
    with (
        broker(folder / "floor") as floor,
        stage.started([str(reflect), str(floor), FILTER], folder / "floor.log") as other,
    ):
        ear = Ear(floor, "bench/ready")
        stage.wait_for(ear, "ready", other, 30.0)
        ear.close()
        with broker(folder) as port, stage.watch(folder / "watch", port, config) as (running, _), alive(port, healthy(SITES, 1)):
            runs = {rate: _alarms(floor, port, rate, turn * RUNS * PROBES) for turn, rate in enumerate(ALLOWED)}
            tickets = _tickets(port, len(ALLOWED) * RUNS * PROBES)
    commit = percentile(running.commits, 0.99)  # of the whole run: the wait for the disk, which is the machine's
    return [*(one for rate, found in runs.items() for one in _compared(rate, found, commit)), *tickets, _commits(commit)]


def _alarms(floor: int, port: int, rate: float, first: int) -> list[tuple[list[float], list[float]]]:
    """(ms of the reflector, ms of the watch) of each run, in turn."""
    found = []
    ours = Prober(port, "atrium-out/+/alarm/+", _device_of)
    beside = Prober(floor, "bench/alarm", lambda _, payload: f"{json.loads(payload)['values']['residual_current']:.3f}")
    for turn in range(RUNS):
        start = first + turn * PROBES
        with load(floor, rate, 1):
            reflected = beside.run(start, lambda number: f"{40.0 + number / 1000.0:.3f}")
        with load(port, rate, 1):
            found.append((reflected, ours.run(start, pile)))
    ours.close()
    beside.close()
    return found


def _device_of(_: str, payload: bytes) -> object:
    """The device, where it is the bad value that is told of."""
    said = json.loads(payload)
    return (said["site"], said["device"]) if RULE in said.get("rules", (said.get("rule"),)) else None


def _compared(rate: float, found: list[tuple[list[float], list[float]]], commit: float) -> Iterator[Figure]:
    """Each run has its p99, and all of them together have one: more than 500 alarms."""
    floor, ours = ([percentile(run, 0.99) for run in runs] for runs in zip(*found, strict=True))
    yield (beside := figure(f"{rate:,.0f}/s: p99 to reflected", "ms", floor))
    yield figure(f"{rate:,.0f}/s: p50 to alarm published", "ms", [percentile(run, 0.5) for _, run in found])
    yield figure(f"{rate:,.0f}/s: p99 to alarm published", "ms", ours, beside)
    over = [one - other for one, other in zip(ours, floor, strict=True)]
    yield figure(f"{rate:,.0f}/s: p99 above the reflector's", "ms", over, most=ALLOWED[rate] + commit)
    pooled = [percentile([one for pair in found for one in pair[which]], 0.99) for which in (1, 0)]
    name = f"{rate:,.0f}/s: the same of all {len(found) * PROBES} alarms"
    yield figure(name, "ms", [pooled[0] - pooled[1]], most=ALLOWED[rate] + commit)


def _commits(commit: float) -> Figure:
    return figure("commit of this watch, p99", "ms", [commit])


def _tickets(port: int, first: int) -> list[Figure]:
    """To the word of the ticket, spoken after the commit of its row: 1,000 messages a second beside it."""
    prober = Prober(port, "atrium-out/+/ticket/+", _device_of)
    runs = []
    for turn in range(RUNS):
        with load(port, 1000.0, 8):
            runs.append(prober.run(first + turn * PROBES, pile))
    prober.close()
    return [
        figure("1,000/s: p50 to committed ticket", "ms", [percentile(run, 0.5) for run in runs], most=60.0),
        figure("1,000/s: p99 to committed ticket", "ms", [percentile(run, 0.99) for run in runs], most=250.0),
    ]


@contextmanager
def load(port: int, rate: float, values: int) -> Iterator[None]:
    """Healthy messages at that rate from a process of their own, for as long as a run of probes takes."""
    spawn, count = multiprocessing.get_context("spawn"), int(rate * (SETTLES + PROBES * EVERY * 1.1 + 0.5))
    start = time.time() + 2.0 + count * MAKING
    process = spawn.Process(target=_send, args=(port, count, values, rate, start))
    process.start()
    try:
        time.sleep(start + SETTLES - time.time())
        assert process.is_alive(), "the load ended early"
        yield
    finally:
        process.join(PATIENCE + 60.0)
        process.kill()
    assert process.exitcode == 0, "the load could not be sent in time"


def _send(port: int, count: int, values: int, rate: float, start: float) -> None:
    """Made first, then sent in step with their stamps: a message that is late is late by the broker's doing only."""
    ready = packets(payloads(healthy(SITES, values), count, start=start, rate=rate, seed=int(start)))
    assert time.time() < start, "making the messages took too long"
    gc.disable()
    sender = Sender(port, "bench-load")
    time.sleep(start - time.time())
    sender.publish(ready, rate=rate, start=start)
    sender.settle()
    sender.close()
