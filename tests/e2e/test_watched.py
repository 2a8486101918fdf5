"""Who watches the watcher: canaries, the outside switch, locks, exits, restarts, a clock that jumps. Real processes only."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from fixtures.broker import free_port, until
from fixtures.stage import LONG, Atrium, children, small_site
from fixtures.wire import stub

from daemon.compose import TAKEN_OVER

pytestmark = pytest.mark.broker
SPEED = 20.0  # a canary every 3 s
FLIGHT = 60.0 / SPEED


@pytest.fixture
def outside():
    """The receiver of a dead man's switch: (address, times of its beats)."""
    beats = []

    class Receiver(BaseHTTPRequestHandler):
        def do_GET(self):
            beats.append(time.monotonic())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/beat", beats
        server.shutdown()


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def config(tmp_path, port):
    """A small site whose watch shows its health on `port`; more words for atrium.yaml may be given."""

    def make(**words):
        return small_site(tmp_path / "config", atrium=lambda told: told.update(metrics={"port": port}, **words))

    return make


def ask(port, path="/readyz"):
    """(status, body) of the watch's own port; (0, {}) where it does not answer."""
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=3) as answer:
            return answer.status, json.load(answer)
    except URLError as error:
        if (body := getattr(error, "fp", None)) is None:
            return 0, {}
        with body:
            return error.code, json.load(body)
    except OSError:
        return 0, {}


def test_beats_reach_the_outside_and_stop_when_the_watch_is_frozen_or_cannot_save(atrium, config, outside):
    address, beats = outside
    watch = atrium(config(deadman=address), speed=SPEED).start()
    assert until(lambda: len(beats) >= 3, LONG), watch.words

    watch.process.send_signal(signal.SIGSTOP)
    time.sleep(0.5)
    frozen = len(beats)
    time.sleep(2.5 * FLIGHT)
    assert len(beats) == frozen
    watch.process.send_signal(signal.SIGCONT)
    assert until(lambda: len(beats) >= frozen + 2, LONG), watch.words  # it goes on: nobody blames the machine's sleep

    with closing(sqlite3.connect(watch.data / "atrium.db", isolation_level=None, timeout=LONG)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(0.5)
        wedged = len(beats)
        time.sleep(1.3 * FLIGHT)
        assert len(beats) == wedged


def test_readyz_names_what_is_missing(atrium, config, port, mosquitto, device):
    watch = atrium(config()).start()
    assert until(lambda: ask(port)[0] == 200, LONG), ask(port)
    assert ask(port, "/healthz")[0] == 200
    mosquitto.stop()
    assert until(lambda: ask(port)[0] == 503, LONG)
    checks = ask(port)[1]["checks"]
    assert [name for name, check in checks.items() if not check["ok"]] == ["connected"]
    assert "main: " in checks["connected"]["reason"]
    mosquitto.start()
    assert until(lambda: ask(port)[0] == 200, LONG), (ask(port), watch.words)


def test_a_second_watch_on_the_same_data_ends_with_one_sentence(atrium, config, tmp_path):
    first = atrium(config()).start()
    second = Atrium(tmp_path, first.config, url=first.url)
    second.log = tmp_path / "second.log"
    second.launch()
    assert second.process.wait(LONG) == 2
    assert second.words.strip() == (
        f"Another watch (process {first.process.pid}) works in the data directory {second.data}; stop it first."
    )
    assert first.alive
    first.kill()
    assert atrium(first.config).start().alive  # a lock dies with its process, however it ends


@pytest.fixture
def thrower():
    """A broker that lets clients in and, once they have subscribed, says that another one took their session (mosquitto 2.0.11
    does not say it, later ones do)."""
    with stub(lambda body: b"\x90\x04" + body[:2] + b"\x00\x01" + b"\xe0\x01\x8e") as url:
        yield url


def test_a_session_taken_over_ends_the_watch_in_its_own_way(tmp_path, config, thrower):
    watch = Atrium(tmp_path, config(), url=thrower).launch()
    assert watch.process.wait(LONG) == TAKEN_OVER, watch.words
    assert "second Atrium" in watch.words


def figures(port):
    """What the watch's own port tells; nothing while it is not up."""
    try:
        return urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2).read().decode()
    except OSError:
        return ""


@pytest.mark.slow
def test_what_dies_or_freezes_under_the_supervisor_comes_back_and_the_restarts_are_told(tmp_path, config, port):
    web, mqtt = free_port(), free_port()
    one = Atrium(tmp_path, config(), role="all")
    one.launch("--port", web, "--mqtt-port", mqtt)
    try:
        assert until(lambda: ask(web)[0] == 200, 2 * LONG), one.words
        (pid,) = [pid for pid, line in children(one.process.pid).items() if "--role watch" in line]
        os.kill(pid, signal.SIGKILL)
        assert until(lambda: "process ended, restarting" in one.words, LONG)
        assert until(lambda: 'atrium_process_restarts{process="watch"} 1.0' in figures(port), 2 * LONG), one.words
        assert until(lambda: ask(web)[0] == 200, LONG), one.words
        assert json.loads((one.data / "restarts.json").read_text())["restarts"]["watch"] == 1
    finally:
        code, seconds = one.stop()
    assert (code, seconds < 3.0) == (0, True), seconds
