"""From the publication of a bad value to its alarm, beside a C program that only reflects it through the same kind of broker.

And to the word that its ticket is committed. Both while other messages stream.
"""

from __future__ import annotations

import json
import multiprocessing
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.bench import company, stage
from tests.bench.ear import Ear
from tests.bench.measure import RUNS, Figure, figure, percentile
from tests.bench.parts import compiled
from tests.bench.rig import broker
from tests.bench.stream import Sender, packets, payloads, templates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SITES = 12  # communities with 80 charging piles each: every pile alarms once
PROBES, EVERY = 60, 0.05  # bad values a run, s between two
FILTER = "atrium/+/+/telemetry"
RULE = "residual_current.HH"
SETTLES = 1.0  # s of load before the first
PATIENCE = 10.0  # s
ALLOWED = {5000.0: 25.0, 20000.0: 60.0}  # ms above the reflector, and the commit


class Prober:
    """Publishes bad values on a connection of its own and notes when the answer to each came."""

    def __init__(self, port: int, topic: str, key: Callable[[str, bytes], object]) -> None:
        self.heard: dict[object, float] = {}
        self.key = key
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.on_socket_open = lambda _, __, line: line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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
        with broker(folder) as port, stage.watch(folder / "watch", port, config) as (running, _):
            runs = {rate: _alarms(floor, port, rate, turn * RUNS * PROBES) for turn, rate in enumerate(ALLOWED)}
            tickets = _tickets(port, len(ALLOWED) * RUNS * PROBES)
    commit = percentile(running.commits, 0.99)
    return [*(one for rate, found in runs.items() for one in _compared(rate, found, commit)), *tickets, _commits(commit)]


def _alarms(floor: int, port: int, rate: float, first: int) -> list[tuple[float, float]]:
    """(p99 of the reflector, p99 of the watch) of each run, in turn."""
    found = []
    ours = Prober(port, "atrium-out/+/alarm/+", _device_of)
    beside = Prober(floor, "bench/alarm", lambda _, payload: f"{json.loads(payload)['values']['residual_current']:.3f}")
    for turn in range(RUNS):
        start = first + turn * PROBES
        with load(floor, rate, 1):
            reflected = beside.run(start, lambda number: f"{40.0 + number / 1000.0:.3f}")
        with load(port, rate, 1):
            alarmed = ours.run(start, pile)
        found.append((percentile(reflected, 0.99), percentile(alarmed, 0.99)))
    ours.close()
    beside.close()
    return found


def _device_of(_: str, payload: bytes) -> object:
    """The device, where it is the bad value that is told of."""
    said = json.loads(payload)
    return (said["site"], said["device"]) if RULE in said.get("rules", (said.get("rule"),)) else None


def _compared(rate: float, found: list[tuple[float, float]], commit: float) -> Iterator[Figure]:
    floor = figure(f"{rate:,.0f}/s: p99 to reflected", "ms", [one for one, _ in found])
    yield floor
    yield figure(f"{rate:,.0f}/s: p99 to alarm published", "ms", [one for _, one in found], floor)
    over = [ours - one for one, ours in found]
    yield figure(f"{rate:,.0f}/s: above the reflector", "ms", over, most=ALLOWED[rate] + commit)


def _commits(commit: float) -> Figure:
    return figure("commit of this watch, p99", "ms", [commit])


def _tickets(port: int, first: int) -> list[Figure]:
    """To the word of the ticket, spoken after the commit of its row: 1,000 messages a second beside it."""
    prober = Prober(port, "atrium-out/+/ticket/+", _device_of)
    with load(port, 1000.0, 8):
        runs = [prober.run(first + turn * PROBES, pile) for turn in range(RUNS)]
    prober.close()
    return [
        figure("1,000/s: p50 to committed ticket", "ms", [percentile(run, 0.5) for run in runs], most=60.0),
        figure("1,000/s: p99 to committed ticket", "ms", [percentile(run, 0.99) for run in runs], most=250.0),
    ]


@contextmanager
def load(port: int, rate: float, values: int) -> Iterator[None]:
    """Healthy messages from a process of their own, until left."""
    over = multiprocessing.get_context("spawn").Event()
    process = multiprocessing.get_context("spawn").Process(target=_send, args=(port, rate, values, over))
    process.start()
    try:
        time.sleep(2.0 + SETTLES)
        yield
    finally:
        over.set()
        process.join(60.0)
        process.kill()


def _send(port: int, rate: float, values: int, over: Any) -> None:
    some = [one for one in templates(SITES, values) if "/pile-" not in one.topic]
    sender, second = Sender(port, "bench-load"), int(rate)
    while not over.is_set():
        start = time.time()
        sender.publish(packets(payloads(some, second, start=start, rate=rate)), rate=rate, start=start)
    sender.settle()
    sender.close()
