"""The other commands as programs and people use them: what they print, how they end, and that they show how far they are."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from tempfile import TemporaryFile

import pytest
from fixtures.broker import mosquitto, until
from fixtures.stage import LONG, QUIET, ROOT, call, small_site, telemetry
from zstandard import ZstdDecompressor

__all__ = ["mosquitto"]
PLAY = ("--fault", "fire-pump:FP-F1@60+300", "--for", "900", "--seed", "7")


@pytest.fixture
def config(tmp_path):
    return small_site(tmp_path / "config")


def simulated(config, out):
    answer = call("simulate", "--config", config, *PLAY, "--out", out)
    assert (answer.returncode, answer.stdout) == (0, ""), answer.stderr
    return out


def test_the_same_simulation_gives_the_same_bytes(config, tmp_path):
    first, second = (simulated(config, tmp_path / name) for name in ("a.jsonl", "b.jsonl"))
    assert first.read_bytes() == second.read_bytes()
    packed = simulated(config, tmp_path / "c.jsonl.zst")
    assert ZstdDecompressor().decompressobj().decompress(packed.read_bytes()) == first.read_bytes()
    assert len(first.read_bytes().splitlines()) > 200


def test_the_same_replay_gives_the_same_lines_and_finds_the_fault(config, tmp_path):
    out = simulated(config, tmp_path / "a.jsonl")
    first, second = (call("replay", "--config", config, "--json", out) for _ in range(2))
    assert (first.returncode, first.stdout) == (0, second.stdout), first.stderr
    lines = [json.loads(line) for line in first.stdout.splitlines()]
    tickets = [line for line in lines if line["type"] == "ticket"]
    assert [line["event"] for line in tickets].count("opened") == 1
    assert any(line["rules"][0] == "FP-01" for line in tickets)
    summary = lines[-1]
    assert (summary["type"], summary["tickets"], summary["rejected"]) == ("summary", 1, 0)
    assert summary["messages"] == len(out.read_bytes().splitlines())


@pytest.mark.parametrize(("broken", "line"), [('{"at":', 1), ("[]\n", 1), ("\n\nnonsense", 3)])
def test_a_broken_recording_is_named_by_its_line(config, tmp_path, broken, line):
    (tmp_path / "broken.jsonl").write_text(broken)
    answer = call("replay", "--config", config, tmp_path / "broken.jsonl")
    assert answer.returncode == 2
    assert f"broken.jsonl:{line}: " in answer.stderr
    assert "Traceback" not in answer.stderr


def test_check_tells_what_was_found_and_every_complaint_at_once(config):
    fine = call("check", "--config", config, "--json")
    assert (fine.returncode, json.loads(fine.stdout)) == (0, {"complaints": [], "sites": {"hongshan": 2}})
    for name, text in (("people.yaml", "people: 7\n"), ("service.yaml", "promises: {critical: {accept: soon}}\n")):
        (config / name).write_text(text)
    wrong = call("check", "--config", config)
    assert wrong.returncode == 2
    assert "people.yaml:" in wrong.stdout
    assert "service.yaml:" in wrong.stdout


def test_schema_prints_what_lies_beside_the_configuration(tmp_path):
    printed = json.loads(call("schema").stdout)
    assert set(printed) == {path.name for path in (ROOT / "config" / "schema").glob("*.json")}
    assert call("schema", "--out", tmp_path).returncode == 0
    for path in (ROOT / "config" / "schema").glob("*.json"):
        assert (tmp_path / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_users_are_added_listed_disabled_and_reset(config, tmp_path):
    place = ("--config", config, "--data", tmp_path / "data")
    added = call("user", "add", "li", "--role", "technician", "--person", "tech-day", *place, input="long enough\n")
    assert added.returncode == 0, added.stderr
    assert call("user", "list", *place).stdout.split() == ["li", "tech-day", "technician"]
    assert call("user", "disable", "li", *place).returncode == 0
    assert "disabled" in call("user", "list", *place).stdout
    assert call("user", "reset", "li", *place, input="another one\n").returncode == 0
    assert "disabled" not in call("user", "list", *place).stdout


@pytest.mark.parametrize(
    ("told", "password", "says"),
    [
        (("add", "li", "--role", "king"), "long enough", "There is no role 'king'"),
        (("add", "li", "--role", "operator", "--person", "nobody"), "long enough", "no person 'nobody'"),
        (("add", "li", "--role", "operator"), "short", "at least 8 characters"),
        (("disable", "li"), "", "There is no user 'li'"),
        (("reset", "li"), "long enough", "There is no user 'li'"),
    ],
)
def test_a_user_that_cannot_be_is_one_sentence(config, tmp_path, told, password, says):
    answer = call("user", *told, "--config", config, "--data", tmp_path / "data", input=f"{password}\n")
    assert (answer.returncode, len(answer.stderr.strip().splitlines())) == (2, 1), answer.stderr
    assert says in answer.stderr


@pytest.mark.broker
@pytest.mark.slow
def test_the_doctor_finds_a_sound_broker_fine_and_a_missing_one_wrong(config, tmp_path, mosquitto):
    place = ("--config", config, "--data", tmp_path / "data", "--json")
    sound = call("doctor", *place, "--mqtt", mosquitto.broker.url)
    found = {row["name"]: row["level"] for row in json.loads(sound.stdout)}
    assert (sound.returncode, found["queue"], found["session"]) == (0, "ok", "ok"), sound
    mosquitto.kill()
    missing = call("doctor", *place, "--mqtt", mosquitto.broker.url)
    found = {row["name"]: row for row in json.loads(missing.stdout)}
    assert (missing.returncode, found["broker"]["level"]) == (1, "fail")
    assert set(found["broker"]["says"]) == {"zh", "en"}


@pytest.mark.broker
def test_a_recording_of_the_broker_can_be_replayed(config, tmp_path, mosquitto):
    from daemon.publish import Publisher  # noqa: PLC0415 - only this test publishes

    out, publisher = tmp_path / "heard.jsonl", Publisher(mosquitto.broker.url)
    command = [sys.executable, "-m", "daemon", "record", "--mqtt", mosquitto.broker.url, "--out", out]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as recorder:
        told = (mosquitto.folder / "log").read_text
        assert until(lambda: "atrium-record" in told(), LONG)
        said = 0
        while said < 20 or not out.exists():
            publisher.send(telemetry(time.time(), **QUIET))
            said += 1
            time.sleep(0.02)
        assert publisher.drain()
        time.sleep(0.5)
        recorder.send_signal(signal.SIGINT)
        assert recorder.wait(LONG) == 0
    publisher.close()
    summary = json.loads(call("replay", "--config", config, "--json", out).stdout.splitlines()[-1])
    assert summary["messages"] == len(out.read_bytes().splitlines()) > 0
    assert summary["rejected"] == 0


def on_a_terminal(*arguments):
    """(what goes into the pipe, what is shown) of a command whose stderr is a terminal, as in `atrium replay … > file`."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "daemon", *map(str, arguments)]
    env = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"}
    with TemporaryFile() as piped, subprocess.Popen(command, cwd=ROOT, stdout=piped, stderr=theirs, env=env) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
        os.close(ours)
        assert process.wait(LONG) == 0, shown
        piped.seek(0)
        return piped.read().decode(), shown.decode(errors="replace")


def _read(end):
    try:
        return os.read(end, 65_536)
    except OSError:  # the other side is closed
        return b""


def test_what_takes_long_shows_how_far_it_is_beside_its_output(config, tmp_path):
    out = tmp_path / "hours.jsonl"
    fault = ("--fault", "fire-pump:FP-F1@60+300")
    piped, shown = on_a_terminal("simulate", "--config", config, *fault, "--for", 14_400, "--out", out)
    assert (piped, bool(re.search(r"messages [1-9]", shown))) == ("", True), shown
    piped, shown = on_a_terminal("replay", "--config", config, "--json", out)
    assert ("messages" in shown, "replayed in" in shown) == (True, True), shown
    assert piped == call("replay", "--config", config, "--json", out).stdout
    assert [json.loads(line)["type"] for line in piped.splitlines()][:: len(piped.splitlines()) - 1] == ["alarm", "summary"]
