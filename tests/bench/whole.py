"""What a message costs the watch as a whole (QoS 1, saved, limits, signatures, history), beside what it costs others on the same
stream: a C subscriber that counts, a Node-RED flow with one threshold, the usual script that stores each message as it comes.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench import company, stage
from tests.bench.alive import alive
from tests.bench.ear import Ear
from tests.bench.measure import RUNS, Figure, figure
from tests.bench.parts import Missing, compiled, metrics_store, node_red
from tests.bench.rig import broker, free_port
from tests.bench.stream import Sender, healthy, packets, payloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.bench.stage import Running
    from tests.bench.stream import Template

SITES, VALUES = 10, 8
RATE, SECONDS = 8000.0, 5.0
FILTER = "atrium/+/+/telemetry"
ALARM = "bench/alarm"
MARK = 500  # one of so many messages is a breach for those beside us
BREACH = b'{"ts":1800000000000,"values":{"residual_current":40}}'
ANSWERS_WITHIN = 60.0  # s


@dataclass(slots=True)
class Contender:
    """One who hears the stream: his broker, his process, and the word that says the breach behind the stream was heard. `hushed`:
    his equipment is quiet while the stream speaks for it."""

    name: str
    port: int
    running: Running
    ear: Ear
    word: str
    qos: int = 1
    rate: float = RATE
    seconds: float = SECONDS
    hushed: Callable[[], AbstractContextManager[None]] = nullcontext

    def run(self, some: list[Template], silent: tuple[str, str], turn: int) -> float:
        """Microseconds of processor time for each message of one stream; `silent` is the pile whose breach ends it."""
        with self.hushed():
            return self._measured(some, silent, turn)

    def _measured(self, some: list[Template], silent: tuple[str, str], turn: int) -> float:
        count = int(self.rate * self.seconds)
        start = time.time() + count * 1e-5 + 1.0
        ready = packets(self._marked(payloads(some, count, start=start, rate=self.rate, seed=turn)), qos=self.qos)
        time.sleep(max(0.0, start - time.time()))
        sender, before = Sender(self.port), self.running.cpu()
        sender.publish(ready, rate=self.rate, start=start, qos=self.qos)
        for number in range(-(-count // MARK) if self.word else 0):
            assert self._answered(), f"{self.name} answered {number} of {-(-count // MARK)} breaches: messages were lost"
        stage.fence(sender, self.ear, self.running, silent, word=self.word)
        sender.close()
        return (self.running.cpu() - before) / count * 1e6

    def _marked(self, messages: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        """Every `MARK`th is a breach, where each is answered by a word: who loses messages must not look cheap."""
        for number, (topic, payload) in enumerate(messages):
            yield topic, BREACH if self.word and number % MARK == 0 else payload

    def _answered(self) -> bool:
        try:
            return bool(stage.wait_for(self.ear, self.word, self.running, ANSWERS_WITHIN))
        except AssertionError:
            return False


def pile(turn: int) -> tuple[str, str]:
    """A charging pile that has not alarmed yet."""
    return company.name_of(turn % SITES), f"pile-{80 - turn // SITES:03d}"


def bench(folder: Path) -> list[Figure]:
    """All contenders, in turn."""
    some = healthy(SITES, VALUES)
    costs: dict[str, list[float]] = {}
    with ExitStack() as at_end:
        all_of_them = list(_contenders(folder, at_end))
        for turn in range(RUNS + 1):
            for one in all_of_them:
                costs.setdefault(one.name, []).append(one.run(some, pile(turn), turn))
    ours = costs.pop("the watch")[1:]  # the first run warms up
    beside = {name: figure(name, "µs CPU/message", runs[1:]) for name, runs in costs.items()}
    reach = {"C subscriber": 6.0, "Node-RED flow": 1.0, "usual script": 1 / 20}
    found = [figure("the watch", "µs CPU/message", ours, other, most=reach[name]) for name, other in beside.items()]
    return [*beside.values(), *found]


def _contenders(folder: Path, at_end: ExitStack) -> Iterator[Contender]:
    """Those whose parts this machine has; what is missing for the others is said."""
    for maker in (watching, counting, flowing, scripting):
        try:
            yield at_end.enter_context(maker(folder / maker.__name__))
        except Missing as missing:
            print(f"  left out: {missing}", file=sys.stderr)


@contextmanager
def watching(folder: Path) -> Iterator[Contender]:
    """The watch, as it is."""
    config, some = company.write(folder / "config", SITES), healthy(SITES, VALUES)
    with broker(folder) as port, stage.watch(folder / "watch", port, config) as (running, ear), alive(port, some) as hushed:
        yield Contender("the watch", port, running, ear, "", hushed=hushed)


@contextmanager
def counting(folder: Path) -> Iterator[Contender]:
    """The C subscriber."""
    folder.mkdir()
    program = compiled("count")
    with _beside("C subscriber", folder, lambda port: [str(program), str(port), FILTER]) as one:
        yield one


@contextmanager
def flowing(folder: Path) -> Iterator[Contender]:
    """Node-RED: JSON, one threshold, publish; QoS 0, nothing stored."""
    folder.mkdir()
    red = node_red()

    def command(port: int) -> list[str]:
        (folder / "settings.js").write_text(
            f"module.exports = {{uiHost: '127.0.0.1', uiPort: {free_port()}, flowFile: 'flows.json'}}", encoding="utf-8"
        )
        (folder / "flows.json").write_text(json.dumps(_flow(port)), encoding="utf-8")
        return [*red, "--userDir", str(folder)]

    with _beside("Node-RED flow", folder, command) as one:
        one.qos = 0
        yield one


@contextmanager
def scripting(folder: Path) -> Iterator[Contender]:
    """The usual script: it can keep up with a thousand messages a second, so it gets fewer."""
    folder.mkdir()
    with metrics_store(folder) as store:
        url = f"http://127.0.0.1:{store}"
        command = [sys.executable, "-m", "tests.bench.usual"]
        with _beside("usual script", folder, lambda port: [*command, str(port), url]) as one:
            one.rate, one.seconds = 500.0, 4.0
            yield one


@contextmanager
def _beside(name: str, folder: Path, command: Callable[[int], list[str]]) -> Iterator[Contender]:
    """A contender with a broker of his own, once he has said `bench/ready` (retained)."""
    with broker(folder) as port, stage.started(command(port), folder / "log") as running:
        ear = Ear(port, "bench/#")
        try:
            stage.wait_for(ear, "ready", running, 60.0)
            yield Contender(name, port, running, ear, ALARM)
        finally:
            ear.close()


def _flow(port: int) -> list[dict[str, object]]:
    """From mqtt in → JSON → switch → mqtt out; an inject node says that it runs."""
    out = {"type": "mqtt out", "z": "t", "qos": "0", "retain": "", "broker": "b", "wires": []}
    rule = {"t": "gt", "v": "30", "vt": "num"}
    return [
        {"id": "t", "type": "tab", "label": "bench"},
        {"id": "b", "type": "mqtt-broker", "broker": "127.0.0.1", "port": str(port), "clientid": "", "keepalive": "60"},
        {
            "id": "i",
            "type": "mqtt in",
            "z": "t",
            "topic": FILTER,
            "qos": "0",
            "datatype": "utf8",
            "broker": "b",
            "wires": [["j"]],
        },
        {"id": "j", "type": "json", "z": "t", "property": "payload", "action": "obj", "wires": [["s"]]},
        {"id": "s", "type": "switch", "z": "t", "property": "payload.values.residual_current", "rules": [rule], "wires": [["o"]]},
        {**out, "id": "o", "topic": ALARM},
        {"id": "n", "type": "inject", "z": "t", "once": True, "onceDelay": 1, "repeat": "", "payload": "1", "wires": [["r"]]},
        {**out, "id": "r", "topic": "bench/ready", "retain": "true"},
    ]
