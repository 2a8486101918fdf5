"""What fault tests need beside the stage: the whole demo community, and a receiver of notices that counts."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from fixtures.broker import mosquitto
from fixtures.stage import ROOT, atrium, device

pytest.register_assert_rewrite("ledger")

__all__ = ["atrium", "device", "mosquitto"]


class Receiver(BaseHTTPRequestHandler):
    """Takes everything, once it has refused each key `server.refusals` times; answers nothing while `server.hangs`."""

    def do_POST(self):
        body, key, server = (
            json.loads(self.rfile.read(int(self.headers["Content-Length"]))),
            self.headers["Idempotency-Key"],
            self.server,
        )
        while server.hangs:
            time.sleep(0.1)
        taken = server.refused[key] >= server.refusals
        if taken:
            server.told[key].append(body)
            server.times[key] = time.time()
        else:
            server.refused[key] += 1
        self.send_response(200 if taken else 503)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def receiving(*, hangs=False):
    """A web server: `told` is idempotency key → bodies, `times` when, `refused` how often."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    server.told, server.times, server.refused = defaultdict(list), {}, Counter()
    server.refusals, server.hangs = 0, hangs
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.hangs = False
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver():
    """Takes what it is told."""
    with receiving() as server:
        yield server


@pytest.fixture
def hanging():
    """Takes connections and never answers."""
    with receiving(hangs=True) as server:
        yield server


@pytest.fixture
def community(tmp_path, receiver):
    """The configuration of the whole demo community; everybody is told by webhook."""
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "config", folder)
    url = f"json://127.0.0.1:{receiver.server_port}/hook"
    (folder / "notices.yaml").write_text(f"channels:\n  - {{id: hook, kind: apprise, url: '{url}'}}\n", encoding="utf-8")
    people = folder / "people.yaml"
    people.write_text(people.read_text(encoding="utf-8").replace("[console, bell]", "[hook]"), encoding="utf-8")
    return folder


@pytest.fixture
def tally(request):
    """Notes figures of a test; they are printed at the end of the run."""
    return lambda text: request.node.user_properties.append(("tally", text))


def pytest_terminal_summary(terminalreporter):
    """What the faults cost, one line a test."""
    for report in terminalreporter.stats.get("passed", ()):
        for name, text in report.user_properties:
            if name == "tally" and report.when == "call":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {text}")
