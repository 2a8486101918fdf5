"""kill -9 of the pages: the watch does not notice, the pages are back, what people were shown goes on."""

from __future__ import annotations

import os
import signal
from urllib.request import urlopen

import pytest
from fixtures.broker import free_port, until
from fixtures.stage import LONG, Atrium, children
from ledger import Ledger, assert_stored_once, calm
from traffic import hours

from daemon.publish import Publisher

pytestmark = [pytest.mark.broker, pytest.mark.slow]


def answers(port):
    try:
        return urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).status == 200
    except OSError:
        return False


def pid_of(one, role):
    return next((pid for pid, line in children(one.process.pid).items() if f"--role {role}" in line), None)


@pytest.mark.timeout(240)
def test_killed_pages_come_back_and_the_watch_goes_on(tmp_path, community, tally):
    one, web, mqtt = Atrium(tmp_path, community, role="all"), free_port(), free_port()
    one.launch("--port", web, "--mqtt-port", mqtt)
    assert until(lambda: answers(web), LONG), one.words
    device = Publisher(f"mqtt://127.0.0.1:{mqtt}")
    sent, ledger = hours(one.clock.now(), 3000), Ledger(one).follow()
    watch = pid_of(one, "watch")
    for place in range(3):
        before = pid_of(one, "web")
        for message in sent[place * 1000 : place * 1000 + 500]:
            device.send(message)
        os.kill(before, signal.SIGKILL)
        for message in sent[place * 1000 + 500 : (place + 1) * 1000]:
            device.send(message)
        assert until(lambda before=before: pid_of(one, "web") not in (before, None) and answers(web), LONG), one.words
    assert device.drain()
    device.close()
    assert until(lambda: calm(one), 60), one.words
    assert pid_of(one, "watch") == watch
    assert one.stop()[0] == 0, one.words
    left = ledger.assert_undisturbed()
    assert_stored_once(one, sent[:3000])
    tally(f"{ledger.figures(left, sent[:3000])}; 3 kills of web")
