"""What dies is started again, ever slower; what hangs is killed; everything stops in time. With real processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from fixtures.broker import free_port, until
from fixtures.machine import packaged

from daemon import supervise
from daemon.adapters import broker, knock
from daemon.pulse import PIPE
from daemon.supervise import Supervisor, Worker, pause, read

PY = sys.executable
BEATING = f"import os, time\nwhile True:\n os.write(int(os.environ['{PIPE}']), b'R.')\n time.sleep(0.05)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Supervise workers in a thread; answers the Supervisor. Everything is stopped afterwards."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # only the main thread may
    monkeypatch.setattr(supervise, "die_with_parent", None)  # the parent would be the thread
    started = []

    def begin(*workers):
        one = Supervisor(list(workers), tmp_path / "restarts.json")
        codes = []
        thread = threading.Thread(target=lambda: codes.append(one.run()))
        thread.start()
        started.append((one, thread))
        one.codes, one.thread = codes, thread
        return one

    yield begin
    for one, thread in started:
        one.stopping = True
        thread.join(10)


def test_what_crashes_is_started_again_and_counted(run, tmp_path):
    worker = Worker("watch", [PY, "-c", "raise SystemExit(1)"])
    run(worker)
    assert until(lambda: read(tmp_path / "restarts.json").get("restarts", {}).get("watch", 0) >= 2, 20)
    told = read(tmp_path / "restarts.json")
    assert worker.restarts >= told["restarts"]["watch"]
    assert (told["last"]["process"], told["last"]["why"]) == ("watch", "exit code 1")


def test_pauses_grow_to_a_minute_and_are_never_the_same_for_all():
    assert [round(sum(pause(n) for _ in range(400)) / 400, 1) for n in (1, 2, 3)] == pytest.approx([0.5, 1.0, 2.0], rel=0.1)
    assert 45.0 <= pause(8) <= 75.0
    assert 45.0 <= pause(10_000) <= 75.0
    assert len({pause(3) for _ in range(10)}) == 10


def test_what_shows_no_sign_of_life_is_killed_and_started_again(run, tmp_path):
    worker = Worker("watch", [PY, "-c", BEATING], beats=True, patience=1.0)
    run(worker)
    assert until(lambda: worker.ready, 10)
    frozen = worker.process.pid
    os.kill(frozen, signal.SIGSTOP)
    assert until(lambda: worker.restarts == 1 and worker.process is not None, 20)
    assert worker.process.pid != frozen
    assert read(tmp_path / "restarts.json")["last"]["why"].startswith("hung for")


@pytest.mark.broker
@pytest.mark.parametrize("kind", ["mosquitto", "wheel"])
def test_a_broker_that_answers_nobody_is_killed_and_answers_again(run, tmp_path, monkeypatch, kind):
    packaged(broker.mosquitto(), "mosquitto")
    monkeypatch.setattr(broker, "mosquitto", {"mosquitto": broker.mosquitto, "wheel": lambda: None}[kind])
    monkeypatch.setattr(knock, "EVERY", 0.5)
    port = free_port()
    worker = Worker("broker", broker.command(tmp_path, port), knock=knock.Knock(port), patience=3.0)
    run(worker)
    assert until(lambda: worker.ready, 15)
    time.sleep(4.0)
    assert worker.restarts == 0  # who answers is left alone
    frozen = worker.process.pid
    os.kill(frozen, signal.SIGSTOP)
    assert until(lambda: worker.restarts == 1 and worker.ready, 20)
    assert worker.process.pid != frozen
    assert read(tmp_path / "restarts.json")["last"]["why"].startswith("hung for")


def test_a_wrong_configuration_at_the_first_start_stops_everything(run):
    one = run(Worker("watch", [PY, "-c", "raise SystemExit(2)"]), Worker("web", [PY, "-c", "import time; time.sleep(60)"]))
    one.thread.join(10)
    assert one.codes == [2]
    assert one.workers[1].process.poll() is not None


def test_what_does_not_stop_is_killed_within_three_seconds(run):
    worker = Worker("deaf", [PY, "-c", DEAF])
    one = run(worker)
    time.sleep(0.5)
    begun = time.monotonic()
    one.stopping = True
    one.thread.join(10)
    assert (one.codes, time.monotonic() - begun < 3.2) == ([0], True)


def test_systemd_hears_ready_once_all_that_can_say_so_are(run, monkeypatch, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        show = Worker("broker", [PY, "-c", "import os; open('told', 'w').write(os.environ.get('NOTIFY_SOCKET', 'nothing'))"])
        monkeypatch.chdir(tmp_path)
        run(Worker("watch", [PY, "-c", BEATING], beats=True), show)
        heard = [systemd.recv(100) for _ in range(3)]
    assert b"READY=1" in heard
    assert b"WATCHDOG=1" in heard
    assert (tmp_path / "told").read_text() == "nothing"  # children do not speak in our name


def test_counts_that_cannot_be_read_are_none(tmp_path):
    assert read(tmp_path / "missing.json") == {}
    (tmp_path / "torn.json").write_text("{")
    assert read(tmp_path / "torn.json") == {}
    (tmp_path / "list.json").write_text(json.dumps([]))
    assert read(tmp_path / "list.json") == {}


def test_workers_end_when_the_supervisor_is_killed():
    code = (
        "import sys; from daemon.supervise import Supervisor, Worker;"
        "w = Worker('x', [sys.executable, '-c', 'import os, time; print(os.getpid(), flush=True); time.sleep(60)']);"
        "Supervisor([w]).run()"
    )
    process = subprocess.Popen([PY, "-c", code], stdout=subprocess.PIPE, text=True)
    child = int(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()
    assert until(lambda: not _alive(child), 10)


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
