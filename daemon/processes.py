"""The processes of one Atrium: what each is told, how they are started together, what they share (clock, signals, words)."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import typer

from daemon.cli import fail
from daemon.clock import ScaledClock, SystemClock
from daemon.core.site import Broker
from daemon.fork import POSSIBLE
from daemon.losses import DROPPED
from daemon.ports import StoreBroken
from daemon.supervise import MUTE, Supervisor, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from daemon.adapters.notify import Send
    from daemon.clock import SteadyClock
    from daemon.core.site import Configuration
    from daemon.pulse import Pulse

CLOCK = "ATRIUM_CLOCK"  # "wall:speed": the scaled clock that all processes of a demo share
RESTARTS = "restarts.json"  # in the data directory: what the supervisor writes down for the pages
DEMO = "ATRIUM_DEMO"  # set in the processes of a demo
AT_ONCE = 4  # requests that the pages work on at once: more only take the interpreter from each other, and from who holds a lock
GIVES_WAY = 0.0005  # s for which one of their threads keeps the interpreter while another wants it; Python's own habit is 5 ms


@dataclass(frozen=True, slots=True)
class Place:
    """Where one Atrium lives."""

    config: Path
    data: Path
    mqtt: str = ""  # instead of the configured broker
    mqtt_port: int = 1883  # of the embedded broker
    port: int = 0  # of the pages; 0: as configured

    def brokers(self, configuration: Configuration) -> list[Broker]:
        """The main broker first, then further sources."""
        settings = configuration.settings
        main = settings.broker or Broker("main", f"mqtt://127.0.0.1:{self.mqtt_port}")
        return [_named(main, self.mqtt) if self.mqtt else main, *settings.sources]

    def embedded(self, configuration: Configuration) -> bool:
        """Is the broker ours to run?"""
        return not self.mqtt and configuration.settings.broker is None

    def node(self) -> str:
        """The name under which the broker keeps our sessions: the same after a restart, another for another data directory."""
        return f"{socket.gethostname()}-{abs(hash_of(str(self.data.resolve()))):08x}"

    def options(self) -> list[str]:
        """The options that tell a child process of this place."""
        told = [
            "--config",
            str(self.config),
            "--data",
            str(self.data),
            "--mqtt-port",
            str(self.mqtt_port),
            "--port",
            str(self.port),
        ]
        return [*told, "--mqtt", self.mqtt] if self.mqtt else told


def hash_of(text: str) -> int:
    """A small number that is the same in every process."""
    value = 0
    for letter in text.encode():
        value = (value * 131 + letter) & 0xFFFFFFFF
    return value


def supervise(place: Place, configuration: Configuration, works: Mapping[str, Callable[[], int]], *more: Worker) -> int:
    """Run broker (where embedded), the roles of `works` and `more` until told to stop. A role begins as a copy of us."""
    prepare(place)
    settings = configuration.settings
    _free(settings.web_host, place.port or settings.web_port, "--port")
    start = [sys.executable, "-m", "daemon", "run", *place.options(), "--role"]
    roles = [Worker(role, [*start, role], beats=True, work=_told(work)) for role, work in works.items()]
    import daemon.adapters.store  # noqa: F401, PLC0415 - half of what the roles would load, and both need it

    workers = [*_broker(place, configuration), *roles, *more]
    return Supervisor(workers, place.data / RESTARTS).run()


def _told(work: Callable[[], int]) -> Callable[[], int] | None:
    """The work of a role, whose failure in words (`fail`) is an exit code; None where a process cannot be copied."""

    def told() -> int:
        try:
            return work()
        except typer.Exit as end:
            return end.exit_code

    return told if POSSIBLE else None


def prepare(place: Place) -> None:
    """Make the data directory, or say plainly why it cannot be used."""
    try:
        place.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = place.data / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        fail(f"The data directory {place.data} cannot be written: {error.strerror}. Choose another with --data.")


def lock(place: Place, name: str) -> Any:  # noqa: ANN401 - an open file
    """Hold `name`.lock in the data directory until the process ends, or fail: two watches on the same data would undo each other.

    The kernel lets go of it however the process ends.
    """
    held = (place.data / f"{name}.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.seek(0)
        who = held.read().strip() or "unknown"
        fail(f"Another {name} (process {who}) works in the data directory {place.data}; stop it first.")
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held


def _broker(place: Place, configuration: Configuration) -> list[Worker]:
    if not place.embedded(configuration):
        return []
    from daemon.adapters.broker import NoBroker, command  # noqa: PLC0415 - only where the broker is ours
    from daemon.adapters.knock import Knock  # noqa: PLC0415

    try:
        told = command(place.data, place.mqtt_port)
        return [Worker("broker", told, knock=Knock(place.mqtt_port), patience=MUTE, saves=10.0)]
    except NoBroker as none:
        fail(str(none))


def _free(host: str, port: int, option: str) -> None:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            fail(f"Port {port} is taken by another program; choose another with {option}.")
        fail(f"Port {port} of {host} cannot be used: {error.strerror}. See web.host in atrium.yaml, or choose with {option}.")


def _named(broker: Broker, url: str) -> Broker:
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        fail("A broker is written mqtt://[user:password@]host[:port], or mqtts://…")
    bare = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    return replace(broker, url=bare, username=unquote(parts.username or ""), password=unquote(parts.password or ""))


def voice(broker: Broker) -> Broker:
    """The same broker for what the watch says, for hearing who watches and, where it tells, how much it dropped."""
    return replace(broker, id=f"{broker.id}-voice", filters=("atrium-out/watching/+", DROPPED))


def clock() -> SteadyClock:
    """The machine's clock, or the demo's scaled one."""
    told = os.environ.get(CLOCK)
    if not told:
        return SystemClock()
    wall, speed = (float(part) for part in told.split(":"))
    return ScaledClock(wall + (time.time() - wall) * speed, speed)


def demonstrating() -> bool:
    """Is this process part of a demo?"""
    return bool(os.environ.get(DEMO))


def senders(found: Mapping[str, Send]) -> Mapping[str, Send]:
    """The notifiers of this process: a demo that shall be quiet keeps its console to itself."""
    return {**found, "console": found["bell"]} if os.environ.get(DEMO) == "quiet" else found


def until_told() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@contextmanager
def broken_in_words() -> Iterator[None]:
    """A store that cannot be opened is one sentence and exit 2."""
    try:
        yield
    except StoreBroken as broken:
        fail(str(broken))


def serve(pages: Any, host: str, port: int, pulse: Pulse) -> int:  # noqa: ANN401 - an ASGI application
    """Serve the pages until SIGTERM; open streams are cut after a second, so that a stop takes less than three."""
    import uvicorn  # noqa: PLC0415 - only the web process needs it
    from anyio.to_thread import current_default_thread_limiter  # noqa: PLC0415 - likewise

    _free(host, port, "--port")
    sys.setswitchinterval(GIVES_WAY)
    settings = uvicorn.Config(
        pages, host, port, log_level="warning", server_header=False, timeout_keep_alive=5, timeout_graceful_shutdown=1
    )
    beat = pulse.mind("pages")

    class Server(uvicorn.Server):
        """One whose loop shows that it turns: uvicorn calls this ten times a second."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            current_default_thread_limiter().total_tokens = AT_ONCE
            await super().startup(sockets)

        async def on_tick(self, counter: int) -> bool:
            beat()
            pulse.ready()
            return await super().on_tick(counter)

    server = Server(settings)
    # uvicorn raises the signal again after its own shutdown: without handlers of ours the process would end by it, as if crashed.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server.run()
    return 0 if server.started else 1
