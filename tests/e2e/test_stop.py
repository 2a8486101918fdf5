"""Starting, stopping and crashing of whole processes: nothing lingers, nothing stays away."""

from __future__ import annotations

import os
import signal
from urllib.request import urlopen

import pytest
from fixtures.broker import free_port, until
from fixtures.stage import LONG, QUIET, Atrium, children, small_site, telemetry

from daemon.adapters.broker import taken

pytestmark = pytest.mark.broker
WITHIN = 3.0  # s


def test_the_watch_stops_at_once_and_has_saved_what_it_took(atrium, device):
    watch = atrium().start()
    device.send(telemetry(watch.clock.now(), **QUIET))
    assert until(lambda: any(topic.endswith("telemetry") for topic in watch.topics()), LONG)
    code, seconds = watch.stop()
    assert (code, seconds < WITHIN) == (0, True), seconds
    assert len(watch.history()) == 1


def test_the_watch_stops_at_once_while_its_broker_is_away(atrium, mosquitto):
    watch = atrium().start()
    mosquitto.stop()
    code, seconds = watch.stop()
    assert (code, seconds < WITHIN) == (0, True), seconds


@pytest.fixture
def whole(tmp_path):
    """`run --role all` with a broker of its own: (Atrium, port of the pages, port of the broker)."""
    one, web, mqtt = Atrium(tmp_path, small_site(tmp_path / "config"), role="all"), free_port(), free_port()
    one.launch("--port", web, "--mqtt-port", mqtt)
    assert until(lambda: not one.alive or (answers(web) and taken(mqtt)), LONG), one.words
    assert one.alive, one.words
    yield one, web, mqtt
    if one.alive:
        one.stop()


def answers(port):
    try:
        return urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).status == 200
    except OSError:
        return False


def role_of(line):
    return "broker" if "mosquitto" in line else line.partition("--role ")[2].split(" ")[0]


def family(one):
    """Role → process id of what it supervises."""
    return {role_of(line): pid for pid, line in children(one.process.pid).items()}


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_stop_ends_every_process(whole):
    one, web, mqtt = whole
    kin = family(one)
    assert set(kin) == {"broker", "watch", "web"}
    code, seconds = one.stop()
    assert (code, seconds < WITHIN + 1.0) == (0, True), (code, seconds, one.words)
    assert [role for role, pid in kin.items() if not gone(pid)] == []
    assert not taken(web)
    assert not taken(mqtt)


def test_what_crashes_is_started_again(whole):
    one, web, _ = whole
    before = family(one)
    for role in ("watch", "web"):
        os.kill(before[role], signal.SIGKILL)
    assert until(lambda: {"broker", "watch", "web"} <= set(family(one)) and answers(web), LONG), one.words
    after = family(one)
    assert after["broker"] == before["broker"]
    assert {role: after[role] != before[role] for role in ("watch", "web")} == {"watch": True, "web": True}
    assert "process ended, restarting" in one.words


def test_a_killed_supervisor_takes_its_processes_along(whole):
    one, *_ = whole
    kin = family(one)
    one.kill()
    assert until(lambda: all(gone(pid) for pid in kin.values())), {role for role, pid in kin.items() if not gone(pid)}
