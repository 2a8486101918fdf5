"""What a message costs on its way in through a real broker: a bare paho loop, Atrium's intake, with the core behind it, with
everything saved. Each drains the same backlog of a persistent session at QoS 1 and acknowledges it; time runs from connecting,
CPU is that of all threads of this process. Then the intake again with messages that come at an even pace.
"""

from __future__ import annotations

import threading
from multiprocessing import Process
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from daemon.adapters.history import open_history
from daemon.adapters.mqtt import Intake, Link
from daemon.adapters.store import open_store
from daemon.clock import SystemClock
from daemon.core import pipeline, state
from daemon.core.memory_desk import MemoryDesk
from daemon.core.site import Broker
from tests.bench.measure import RUNS, Figure, figure
from tests.bench.rig import broker, pace, publish
from tests.bench.traffic import SOURCES, demo, frames, singles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from daemon.core.nouns import Message

FILTER = "atrium/+/+/telemetry"
PATIENCE = 60.0  # s
PACES = (1000, 5000, 20000)  # messages/s
SECONDS = 3.0


def bench(folder: Path) -> list[Figure]:
    """Four receivers, frames and single values; CPU per message, and messages a second; the intake at three paces."""
    found = []
    for kind, messages in (("single values", singles()[:20000]), ("frames", frames(5400.0)[:8000])):
        runs: dict[str, list[tuple[float, float]]] = {}
        for turn in range(RUNS):
            for name, drain in RECEIVERS.items():
                runs.setdefault(name, []).append(_drained(folder / f"{kind} {name} {turn}", messages, drain))
        for unit, place in (("CPU µs/message", 0), ("messages/s", 1)):
            stock = figure(f"{kind}: bare paho", unit, [run[place] for run in runs["bare paho"]])
            others = [name for name in runs if name != "bare paho"]
            found += [stock, *(figure(f"{kind}: {name}", unit, [run[place] for run in runs[name]], stock) for name in others)]
    for rate in PACES:
        costs = [_paced(folder / f"{rate} {turn}", rate) for turn in range(RUNS)]
        found.append(figure(f"intake at {rate:,} messages/s", "CPU µs/message", costs))
    return found


def _drained(folder: Path, messages: Sequence[Message], drain: Callable[[int, int], float]) -> tuple[float, float]:
    """Let a backlog gather in a fresh broker, then drain it; (CPU microseconds a message, messages a second)."""
    folder.mkdir()
    with broker(folder) as port:
        drain(port, 0)
        publish(port, messages)
        began = process_time()
        took = drain(port, len(messages))
        return (process_time() - began) / len(messages) * 1e6, len(messages) / took


def _paced(folder: Path, rate: int) -> float:
    """CPU microseconds a message of an intake whose messages come at this rate, from a publisher in a process of its own."""
    folder.mkdir()
    with broker(folder) as port:
        intake(port, 0)
        publisher = Process(target=pace, args=(port, rate, SECONDS))
        publisher.start()
        began = process_time()
        intake(port, int(rate * SECONDS))
        cost = (process_time() - began) / (rate * SECONDS) * 1e6
        publisher.join()
        return cost


def bare(port: int, count: int) -> float:
    """Stock paho with a callback that counts."""
    seen, done = 0, threading.Event()

    def on_connect(client: Client, *_: Any) -> None:
        client.subscribe(FILTER, qos=1)

    def on_message(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen >= count:
            done.set()

    def on_subscribe(*_: Any) -> None:
        if not count:
            done.set()

    client = Client(CallbackAPIVersion.VERSION2, client_id="bench", clean_session=False)
    client.on_connect, client.on_message, client.on_subscribe = on_connect, on_message, on_subscribe
    began = perf_counter()
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert done.wait(PATIENCE), f"{seen} of {count} came"
    took = perf_counter() - began
    client.disconnect()
    client.loop_stop()
    return took


def intake(port: int, count: int, use: Callable[[list[Message]], object] = len) -> float:
    """Atrium's intake; `use` gets each batch before it is acknowledged."""
    line = Intake(Broker("main", f"mqtt://127.0.0.1:{port}", filters=(FILTER,)), Link("bench"), SystemClock())
    seen, began = 0, perf_counter()
    line.start()
    while seen < count and perf_counter() < began + PATIENCE:
        batch = line.take(0.2)
        messages = [message for message in batch.messages if not message.topic.startswith("$atrium")]
        use(messages)
        line.acknowledge(batch)
        seen += len(messages)
    took = perf_counter() - began
    assert line.ready(PATIENCE)
    line.stop()
    assert seen >= count, f"{seen} of {count} came"
    return took


def judged(port: int, count: int) -> float:
    """The intake and the core, in one process as the watch runs them."""
    watch, desk = state.start(demo(), silence_of_unheard=False), MemoryDesk()
    return intake(port, count, lambda messages: pipeline.feed(watch, messages, desk, SOURCES))


def saved(port: int, count: int) -> float:
    """All that the watch does before it acknowledges: core, one transaction a batch, history."""
    watch = state.start(demo(), silence_of_unheard=False)
    with TemporaryDirectory() as folder:
        store, history = open_store("", Path(folder), digest=demo().digest), open_history(Path(folder))

        def commit(messages: list[Message]) -> None:
            if messages:
                with store.begin() as transaction:
                    outcome = pipeline.feed(watch, messages, transaction, SOURCES)
                    watch.position = transaction.save(outcome, messages, watch.slices(outcome))
                history.append(outcome.readings, watch.position)

        took = intake(port, count, commit)
        history.close()
        store.close()
    return took


RECEIVERS = {"bare paho": bare, "intake": intake, "intake and core": judged, "everything saved": saved}
