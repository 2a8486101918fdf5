"""People at the pages beside a watch at full load, on one database: how long their steps wait for the write lock, and hold it.

The pages are the real application in a process of its own, asked over HTTP by eight people who comment on tickets and six who
only look; the watch commits 8,000 messages a second of 8 values each, or as fast as it can.
"""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from daemon.clock import SystemClock
from daemon.config import load
from daemon.ports import Session, User
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
    for (what, values), bound in zip(measured.items(), (*most, None, None), strict=True):
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
        asked = _ask(port)
    finally:
        if watch:
            watch.kill()
            watch.wait()
        pages.terminate()
        pages.wait(30.0)
    timed = json.loads((folder / "timed.json").read_text(encoding="utf-8"))
    names = {"a step waits for the lock": "waited", "holds the lock": "held", "of it before the commit": "worked"}
    return {name: timed[what] for name, what in names.items()} | {"a step as asked for": asked}


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
    """The write transactions of a store, timed: waited for, and held from then until the commit is on disk."""

    def __init__(self, store: Any) -> None:
        self.waited: list[float] = []
        self.held: list[float] = []
        self.worked: list[float] = []
        self._begin, store.begin = store.begin, self.begin

    @contextmanager
    def begin(self) -> Iterator[Any]:
        asked = time.perf_counter()
        with self._begin() as transaction:
            taken = time.perf_counter()
            yield transaction
            written = time.perf_counter()
        self.held.append((time.perf_counter() - taken) * 1000.0)
        self.worked.append((written - taken) * 1000.0)
        self.waited.append((taken - asked) * 1000.0)


def serve(data: Path, port: int) -> None:
    """The pages of the demo community with a few open tickets, until told to stop; then the times."""
    configuration, start = load(ROOT / "config", environ={}), time.time() - PREROLL
    bottle = Bottle(configuration, data, start=start)
    for step in range(0, int(PREROLL) + 1, 10):
        bottle.advance(start + step)
    user = User("operator", "operator-day", ("operator",))
    bottle.store.put_user(user)
    bottle.store.open_session(auth.digest(TOKEN), Session(user, "csrf", time.time() + 3600.0))
    board = Calm()
    bottle.show(board)
    timed = _Timed(bottle.store)
    app = create_app(
        configuration, bottle.store, bottle.history, board, clock=SystemClock(), photos=data / "photos", production=False
    )
    signal.signal(signal.SIGTERM, lambda *_: None)  # the server ends on it, and gives it on to us
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
    (data / "timed.json").write_text(
        json.dumps({"waited": timed.waited, "held": timed.held, "worked": timed.worked}), encoding="utf-8"
    )


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
