"""A thread that hangs is found out, says so, and ends the process; a machine that slept is nobody's fault."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from daemon import pulse as pulsing
from daemon.pulse import HUNG, Pulse


class Steady:
    """A monotonic clock set by hand."""

    def __init__(self):
        self.at = 100.0

    def monotonic(self):
        return self.at

    def run(self, pulse, seconds):
        """Let time pass as it does: with a look every second."""
        for _ in range(seconds):
            self.at += 1.0
            pulse.look()


@pytest.fixture
def steady(monkeypatch):
    clock = Steady()
    monkeypatch.setattr(pulsing, "time", clock)
    return clock


@pytest.fixture
def ends():
    return []


@pytest.fixture
def pulse(steady, ends):
    return Pulse(end=ends.append)


def test_a_thread_that_is_silent_for_fifteen_seconds_ends_the_process(pulse, steady, ends, capfd):
    pulse.mind("loop")
    steady.run(pulse, 15)
    assert ends == []
    steady.run(pulse, 1)
    assert ends == [HUNG]
    assert "Current thread" in capfd.readouterr().err  # where every thread stood


def test_a_thread_that_shows_signs_of_life_lives_on(pulse, steady, ends):
    beat = pulse.mind("loop")
    for _ in range(5):
        steady.run(pulse, 10)
        beat()
    assert ends == []


def test_a_thread_may_be_asked_when_it_turned_last_and_may_announce_a_rest(pulse, steady, ends):
    turned = [steady.at + 40.0]
    pulse.mind("mqtt-main", ask=lambda: turned[0])
    steady.run(pulse, 55)
    assert ends == []
    steady.run(pulse, 1)
    assert ends == [HUNG]


def test_a_thread_that_is_forgotten_may_be_silent(pulse, steady, ends):
    pulse.mind("start", limit=5.0)
    pulse.forget("start")
    steady.run(pulse, 60)
    assert ends == []


def test_a_machine_that_slept_for_an_hour_is_no_reason_to_end(pulse, steady, ends):
    pulse.mind("loop")
    steady.run(pulse, 10)
    steady.at += 3600.0
    pulse.look()
    assert ends == []
    steady.run(pulse, 20)
    assert ends[:1] == [HUNG]


def test_whoever_started_the_process_hears_that_it_is_ready_and_alive(monkeypatch, steady):
    ear, mouth = os.pipe()
    monkeypatch.setenv(pulsing.PIPE, str(mouth))
    one = Pulse()
    one.ready()
    one.ready()
    one.look()
    assert os.read(ear, 100) == b"R."
    assert pulsing.PIPE not in os.environ
    os.close(ear)
    one.look()  # nobody listens any more
    os.close(mouth)


def test_systemd_hears_ready_and_watchdog(monkeypatch, tmp_path, steady):
    place = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(place))
        monkeypatch.setenv("NOTIFY_SOCKET", str(place))
        one = Pulse()
        one.ready()
        one.look()
        assert [systemd.recv(100), systemd.recv(100)] == [b"READY=1", b"WATCHDOG=1"]


def test_a_real_process_whose_thread_hangs_ends_with_71():
    code = "import time; from daemon.pulse import Pulse; p = Pulse(); p.mind('loop', limit=0.2); p.start(); time.sleep(30)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == HUNG
    assert "a thread hangs, the process ends" in done.stdout + done.stderr
