"""People at the pages beside a watch at full load, on one database: how long their steps wait for the write lock, and hold it.

The pages are the real application in a process of its own, asked over HTTP by eight people who comment on tickets and six who
only look; the watch commits 8,000 messages a second of 8 values each, or as fast as it can. Beside them a small process says what
this machine can do at that moment: flush a page to the same disk, and have as much work done as a step does under the lock.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daemon import processes
from daemon.adapters.store import open_store
from daemon.clock import SystemClock
from daemon.config import load
from daemon.ports import Session, User
from daemon.pulse import Pulse
from dashboards import auth
from dashboards.app import create_app
from tests.bench.measure import figure, percentile
from tests.bench.rig import free_port
from tests.bench.stage import answers
from tests.bench.store import WATCH
from tests.web.community import PREROLL, Bottle, Calm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.measure import Figure

ROOT = Path(__file__).parent.parent.parent
SECONDS = 15.0
PEOPLE, LOOKING = 8, 6
PAUSE = 300 / 8000 - 0.005  # s between commits of 300 messages, of which each takes some 5 ms
TOKEN = "a bench"  # noqa: S105 - of a session in a database that lives for seconds
LOOKS = ("/api/v1/tickets?state=open", "/api/v1/alarms?state=active", "/zh", "/api/v1/public/status")
PART = 0.99
FLOOR = """
import json, os, sys, time
end, flushed, worked = time.monotonic() + float(sys.argv[2]), [], []
file = os.open(sys.argv[1], os.O_CREAT | os.O_RDWR)
while time.monotonic() < end:
    began = time.perf_counter()
    os.pwrite(file, bytes(16384), 0)
    os.fdatasync(file)
    flushed.append((time.perf_counter() - began) * 1000.0)
    time.sleep(0.02)
    began, used = time.perf_counter(), time.thread_time()
    while time.thread_time() - used < 0.0004:
        pass
    worked.append((time.perf_counter() - began) * 1000.0)
    time.sleep(0.02)
print(json.dumps([flushed, worked]))
"""


def bench(folder: Path) -> list[Figure]:
    """Alone, beside a watch of 8,000 messages a second, beside one that never pauses."""
    calm = _measured(folder / "alone", None)
    full = _measured(folder / "full", PAUSE)
    busy = _measured(folder / "busy", 0.0)
    return [
        *_told("nothing beside them", calm),
        *_told("8,000 messages/s beside them", full, most=(250.0, 10.0)),
        *_told("commits without a pause beside them", busy),
    ]


def _told(beside: str, measured: dict[str, list[float]], most: tuple[float | None, float | None] = (None, None)) -> list[Figure]:
    found = []
    for (what, values), bound in zip(measured.items(), (*most, *[None] * (len(measured) - 2)), strict=True):
        for name, part, limit in (("p50", 0.5, None), ("p99", PART, bound), ("max", 1.0, None)):
            found.append(figure(f"{what}, {name}: {beside}", "ms", [percentile(values, part)], most=limit))
    return found


def _measured(folder: Path, pause: float | None) -> dict[str, list[float]]:
    folder.mkdir()
    port = free_port()
    pages = subprocess.Popen([sys.executable, "-m", "tests.bench.desk", str(folder), str(port)])
    watch = None
    try:
        answers(port, 120.0)
        if pause is not None:
            watch = subprocess.Popen([sys.executable, "-c", WATCH, str(folder), str(pause)], stdout=subprocess.PIPE)
            watch.stdout.readline()
        with subprocess.Popen([sys.executable, "-c", FLOOR, str(folder / "page"), str(SECONDS)], stdout=subprocess.PIPE) as floor:
            asked = _ask(port)
            flushed, worked = json.loads(floor.communicate()[0])
    finally:
        if watch:
            watch.kill()
            watch.wait()
        pages.terminate()
        pages.wait(30.0)
    timed = json.loads((folder / "timed.json").read_text(encoding="utf-8"))
    names = {"a step waits for the lock": "waited", "holds the lock": "held", "of it before the commit": "worked"}
    more = {"a step as asked for": asked, "this disk: a bare flush": flushed, "this machine: 0.4 ms of work": worked}
    return {name: timed[what] for name, what in names.items()} | more


def _ask(port: int) -> list[float]:
    """Everybody at once; ms that the steps took."""
    end, took = time.monotonic() + SECONDS, []
    people = [threading.Thread(target=_comment, args=(port, end, took, n)) for n in range(PEOPLE)]
    people += [threading.Thread(target=_look, args=(port, end, n)) for n in range(LOOKING)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return took


def _comment(port: int, end: float, took: list[float], number: int) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60.0)
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    tickets = [one["id"] for one in json.loads(_get(line, LOOKS[0]))["items"]]
    step = 0
    while time.monotonic() < end:
        step += 1
        began = time.perf_counter()
        headers["idempotency-key"] = f"{number}-{step}"
        path = f"/api/v1/tickets/{tickets[(number + step) % len(tickets)]}/comment"
        line.request("POST", path, json.dumps({"note": "看过 seen"}), headers)
        answer = line.getresponse()
        said = answer.read()
        assert answer.status == 200, said
        took.append((time.perf_counter() - began) * 1000.0)
        time.sleep(0.25)


def _look(port: int, end: float, number: int) -> None:
    line, step = http.client.HTTPConnection("127.0.0.1", port, timeout=60.0), number
    while time.monotonic() < end:
        step += 1
        _get(line, LOOKS[step % len(LOOKS)])
        time.sleep(0.1)


def _get(line: http.client.HTTPConnection, path: str) -> bytes:
    line.request("GET", path, headers={"authorization": f"Bearer {TOKEN}"})
    answer = line.getresponse()
    said = answer.read()
    assert answer.status == 200, (path, said)
    return said


class _Timed:
    """The write transactions of a store, timed: waited for, and held from then until the lock is given back."""

    def __init__(self, store: Any) -> None:
        self.waited: list[float] = []
        self.held: list[float] = []
        self.worked: list[float] = []
        self._begin, store.begin = store.begin, self.begin
        self._locked, store._writer._locked = store._writer._locked, self.locked
        self._here = threading.local()

    @contextmanager
    def locked(self) -> Iterator[Any]:
        with self._locked() as connection:
            yield connection
        self._here.left = time.perf_counter()

    @contextmanager
    def begin(self) -> Iterator[Any]:
        asked = time.perf_counter()
        with self._begin() as transaction:
            taken = time.perf_counter()
            yield transaction
            written = time.perf_counter()
        self.held.append((self._here.left - taken) * 1000.0)
        self.worked.append((written - taken) * 1000.0)
        self.waited.append((taken - asked) * 1000.0)


def serve(data: Path, port: int) -> None:
    """The pages of the demo community with a few open tickets, until told to stop; then the times."""
    configuration, start = load(ROOT / "config", environ={}), time.time() - PREROLL
    bottle = Bottle(configuration, data, start=start)
    for step in range(0, int(PREROLL) + 1, 10):
        bottle.advance(start + step)
    board = Calm()
    bottle.show(board)
    bottle.store.close()
    store, user = open_store("", data, brief=True), User("operator", "operator-day", ("operator",))
    store.put_user(user)
    store.open_session(auth.digest(TOKEN), Session(user, "csrf", time.time() + 3600.0))
    timed = _Timed(store)
    app = create_app(configuration, store, bottle.history, board, clock=SystemClock(), photos=data / "photos", production=False)
    processes.serve(app, "127.0.0.1", port, Pulse())
    (data / "timed.json").write_text(
        json.dumps({"waited": timed.waited, "held": timed.held, "worked": timed.worked}), encoding="utf-8"
    )


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
