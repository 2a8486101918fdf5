"""Notices to a real receiver: each has one key at every try, failures are tried again, quiet hours hold back what can wait."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from fixtures.broker import until
from fixtures.stage import LONG, QUIET, small_site, telemetry

pytestmark = [pytest.mark.broker, pytest.mark.slow]
SPEED = 8.0
REFUSALS = 3


class Receiver(BaseHTTPRequestHandler):
    """Takes a notice at the fourth try only."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        tries = self.server.tries[self.headers["Idempotency-Key"]]
        tries.append(body)
        self.send_response(200 if len(tries) > REFUSALS else 503)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def receiver():
    """A web server that counts: `tries` is idempotency key → bodies."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.tries = defaultdict(list)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def quiet_now():
    """Quiet hours of the community that hold for the next hours, as the configuration writes them."""
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    return {"start": f"{now - timedelta(minutes=30):%H:%M}", "end": f"{now + timedelta(hours=6):%H:%M}"}


@pytest.fixture
def config(tmp_path, receiver):
    """Everybody is told by two webhooks, one of them with quiet hours."""

    def ways(notices):
        url = f"json://127.0.0.1:{receiver.server_port}/hook"
        notices["channels"] = [
            {"id": "hook", "kind": "apprise", "url": url},
            {"id": "hush", "kind": "apprise", "url": f"{url}/hush", "quiet": quiet_now()},
        ]

    folder = small_site(tmp_path / "config", notices=ways)
    people = folder / "people.yaml"
    people.write_text(people.read_text(encoding="utf-8").replace("[console, bell]", "[hook, hush]"), encoding="utf-8")
    return folder


def rows(watch):
    """(channel, severity, state, attempts, key) of the outbox."""
    return watch.ask("SELECT channel, severity, state, attempts, key FROM outbox ORDER BY id")


def test_a_receiver_that_fails_three_times_gets_the_same_key_until_it_takes_it(atrium, device, config, receiver):
    watch = atrium(config, speed=SPEED).start()
    device.send(telemetry(watch.clock.now(), **QUIET))
    device.send(telemetry(watch.clock.now(), main_pressure=0.7))
    assert until(lambda: rows(watch) and all(row[2] == "sent" for row in rows(watch)), LONG), (rows(watch), watch.words)

    told = rows(watch)
    assert {(channel, severity) for channel, severity, *_ in told} == {("hook", "critical"), ("hush", "critical")}
    assert [attempts for *_, attempts, _ in told] == [REFUSALS + 1] * len(told)
    assert {key: len(bodies) for key, bodies in receiver.tries.items()} == {key: REFUSALS + 1 for *_, key in told}
    for bodies in receiver.tries.values():
        assert all(body == bodies[0] for body in bodies)
        assert "消防主管压力" in bodies[0]["message"]
        assert "Fire main pressure" in bodies[0]["message"]


def test_quiet_hours_hold_back_what_is_not_critical(atrium, device, config, receiver):
    people = config / "people.yaml"
    people.write_text(people.read_text(encoding="utf-8").replace("[hook, hush]", "[hush, hook]"), encoding="utf-8")
    watch = atrium(config, speed=SPEED).start()
    device.send(telemetry(watch.clock.now(), **QUIET, power_main_ok=1))
    device.send(telemetry(watch.clock.now(), power_main_ok=0))

    def put_off():
        waiting = watch.ask("SELECT due_at FROM outbox")
        return waiting and waiting[0][0] - watch.clock.now() > 5 * 3600

    assert until(put_off, LONG), (rows(watch), watch.words)
    assert {row[:4] for row in rows(watch)} == {("hush", "major", "due", 0)}  # nor passed on
    assert not receiver.tries
