"""What the user can mend is one plain sentence and exit 2; nothing starts."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
from contextlib import closing, contextmanager

import pytest
from fixtures.broker import free_port, running
from fixtures.stage import call, small_site

from daemon.adapters.store import open_store

NO_ROLE, NO_FAULT = "There is no role 'eye'; there are all, watch and web.", "fire-pump cannot play 'FP-F99'; it can play FP-F1"


@pytest.fixture
def config(tmp_path):
    return small_site(tmp_path / "config")


@contextmanager
def somebody_at():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def sentence_of(*arguments, **more):
    """What a wrong use says; it must be one sentence, exit 2, no traceback, nothing on stdout."""
    answer = call(*arguments, **more)
    assert (answer.returncode, answer.stdout) == (2, ""), answer
    (sentence,) = answer.stderr.strip().splitlines()
    assert sentence.endswith((".", "?", "…")) or "→" in sentence
    return sentence


def test_a_role_that_does_not_exist(config, tmp_path):
    assert sentence_of("run", "--role", "eye", "--config", config, "--data", tmp_path) == NO_ROLE


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("fire-pump:FP-F99@0", NO_FAULT),
        ("fire-pmp:FP-F1@0", "there is no device 'fire-pmp'; there are fire-pump, gw-1"),
        ("fire-pump", "'fire-pump' is no fault; write DEVICE:LABEL@SECONDS"),
    ],
)
def test_a_fault_that_does_not_exist(config, tmp_path, fault, says):
    told = ("simulate", "--config", config, "--fault", fault, "--for", "10", "--out", tmp_path / "out")
    assert sentence_of(*told).startswith(says)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "told",
    [
        ("simulate", "--for", "10"),
        ("simulate", "--out", "/dev/null"),
        ("simulate", "--mqtt", "mqtt://127.0.0.1:1", "--speed", "2"),
        ("simulate", "--out", "/dev/null", "--for", "10", "--start", "yesterday"),
        ("simulate", "--site", "nowhere", "--out", "/dev/null", "--for", "10"),
        ("simulate", "--mqtt", "http://127.0.0.1"),
        ("run", "--role", "watch", "--mqtt", "127.0.0.1:1883"),
        ("replay", "no-such-recording.jsonl"),
    ],
)
def test_options_that_make_no_sense(config, told):
    assert sentence_of(*told, "--config", config)


@pytest.mark.parametrize("role", ["all", "watch", "web"])
def test_a_data_directory_that_cannot_be_written(config, tmp_path, role):
    (tmp_path / "file").write_text("not a directory")
    told = sentence_of("run", "--role", role, "--config", config, "--data", tmp_path / "file" / "data", "--port", free_port())
    assert "cannot be written" in told
    assert "--data" in told


@pytest.mark.parametrize("role", ["all", "web"])
def test_a_port_of_the_pages_that_is_taken(config, tmp_path, role):
    with somebody_at() as port:
        told = (
            "run",
            "--role",
            role,
            "--config",
            config,
            "--data",
            tmp_path / "data",
            "--port",
            port,
            "--mqtt-port",
            free_port(),
        )
        assert sentence_of(*told) == f"Port {port} is taken by another program; choose another with --port."


def test_a_port_of_the_broker_that_is_taken(config, tmp_path):
    with somebody_at() as port:
        told = ("run", "--config", config, "--data", tmp_path / "data", "--mqtt-port", port, "--port", free_port())
        assert sentence_of(*told) == f"Port {port} is taken by another program; choose another with --mqtt-port."


@pytest.mark.parametrize(
    ("content", "says"),
    [("site: [hongshan\n", "hongshan.yaml:"), ("", "hongshan.yaml:"), ("site: hongshan\nrooms: 7\n", "hongshan.yaml:2 ")],
)
def test_a_broken_file_of_the_configuration_is_named_with_its_line(config, tmp_path, content, says):
    (config / "sites" / "hongshan.yaml").write_text(content)
    answer = call("run", "--role", "watch", "--config", config, "--data", tmp_path / "data")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("role", ["watch", "web"])
def test_a_database_of_a_newer_atrium(config, tmp_path, role):
    data = tmp_path / "data"
    open_store("", data).close()
    with closing(sqlite3.connect(data / "atrium.db")) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    told = sentence_of("run", "--role", role, "--config", config, "--data", data, "--port", free_port())
    assert "schema 9999, written by a newer Atrium" in told


@pytest.mark.parametrize("name", ["atrium.db", "history.db"])
def test_a_database_that_is_none(config, tmp_path, name):
    (tmp_path / name).write_bytes(b"this is no database at all" * 100)
    told = ("run", "--role", "watch", "--config", config, "--data", tmp_path, "--mqtt", "mqtt://127.0.0.1:1")
    assert "not a database" in sentence_of(*told)


@pytest.mark.broker
@pytest.mark.parametrize("command", ["run", "simulate", "record"])
def test_a_wrong_password_of_the_broker(config, tmp_path, command):
    users = tmp_path / "users"
    subprocess.run(["mosquitto_passwd", "-b", "-c", users, "atrium", "right"], check=True, capture_output=True)
    with running(tmp_path / "broker", settings=f"allow_anonymous false\npassword_file {users}\n") as broker:
        url = f"mqtt://atrium:wrong@127.0.0.1:{broker.port}"
        more = {
            "run": ("--role", "watch", "--data", tmp_path / "data", "--config", config),
            "simulate": ("--for", "5", "--config", config),
            "record": ("--out", os.devnull),
        }[command]
        told = sentence_of(command, "--mqtt", url, *more, timeout=30)
    assert "wrong" not in told
    assert "password" in told or "Not authorized" in told
