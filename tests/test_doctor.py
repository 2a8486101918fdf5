"""The doctor says in plain words what is wrong, and what a broker silently drops."""

from __future__ import annotations

import json
import socket
import sqlite3
from dataclasses import replace

import pytest
from fixtures.broker import free_port, mosquitto, running

from daemon import auscultate as stethoscope
from daemon import doctor
from daemon.adapters.store import open_store
from daemon.auscultate import auscultate
from daemon.core.site import Broker
from daemon.finding import Level, code, told

__all__ = ["mosquitto"]


def levels(findings):
    return {finding.name: finding.level for finding in findings}


def test_a_healthy_installation_is_all_fine(demo, tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "namesakes", lambda: iter(()))  # the machine of the test may have some
    open_store("", tmp_path).close()
    patient = doctor.Patient(demo, tmp_path, None, free_port(), free_port())
    findings = list(doctor.examine(patient))
    assert [finding.name for finding in findings] == [
        "data",
        "permissions",
        "disk",
        "history",
        "database",
        "clock",
        "port",
        "rival",
        "broker",
    ]
    assert code(findings) == 0


@pytest.mark.broker
def test_a_good_broker_delivers_keeps_the_session_and_what_waits(mosquitto):
    assert levels(auscultate(mosquitto.broker)) == dict.fromkeys(["broker", "session", "queue"], Level.OK)


@pytest.mark.broker
def test_a_broker_with_its_usual_queue_is_caught_dropping(tmp_path):
    with running(tmp_path / "usual", queued=1000) as usual:
        findings = list(auscultate(usual.broker))
    assert levels(findings)["queue"] is Level.WARN
    assert "Of 1,200 waiting messages" in findings[-1].says.en
    assert "max_queued_messages" in findings[-1].do.en


@pytest.mark.broker
def test_the_doctor_leaves_no_session_behind(mosquitto, monkeypatch):
    monkeypatch.setattr(stethoscope, "token_hex", lambda _: "same")
    list(auscultate(mosquitto.broker))
    assert levels(auscultate(mosquitto.broker))["queue"] is Level.OK
    met = stethoscope._started(mosquitto.broker, stethoscope.Link("atrium-doctor-same"))
    assert met.ready(10)
    assert not met.session_present
    met.stop()


def test_a_broker_that_does_not_answer_is_one_finding(monkeypatch):
    monkeypatch.setattr(stethoscope, "ANSWER_WITHIN", 0.3)
    findings = list(auscultate(Broker("main", f"mqtt://127.0.0.1:{free_port()}")))
    assert levels(findings) == {"broker": Level.FAIL}
    assert code(findings) == 1


@pytest.mark.broker
def test_a_broker_that_lets_nobody_in_is_one_finding(tmp_path):
    with running(tmp_path / "closed", settings="allow_anonymous false\n") as closed:
        findings = list(auscultate(replace(closed.broker, username="x", password="y")))  # noqa: S106
    assert levels(findings) == {"broker": Level.FAIL}
    assert closed.broker.url in findings[0].says.en


def test_a_data_directory_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    finding = doctor.data_directory(tmp_path / "file" / "data")
    assert finding.level is Level.FAIL
    assert "--data" in finding.do.en


@pytest.mark.parametrize(("free", "level"), [(100 << 30, Level.OK), (2 << 30, Level.WARN), (100 << 20, Level.FAIL)])
def test_a_disk_that_fills_up_is_told_in_time(tmp_path, monkeypatch, free, level):
    usage = doctor.shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)
    assert doctor.disk(tmp_path).level is level


@pytest.mark.parametrize(("now", "level"), [(0.0, Level.FAIL), (1780272000.0, Level.OK), (5e9, Level.FAIL)])
def test_a_clock_that_was_never_set_is_told(now, level):
    assert doctor.clock(now).level is level


def test_no_database_yet_is_fine_and_none_is_made(tmp_path):
    assert doctor.database("", tmp_path).level is Level.OK
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_the_future_is_told(tmp_path):
    open_store("", tmp_path).close()
    with sqlite3.connect(tmp_path / "atrium.db") as raw:
        raw.execute("update alembic_version set version_num = '9999'")
    raw.close()
    finding = doctor.database("", tmp_path)
    assert (finding.level, "9999" in finding.says.en) == (Level.FAIL, True)


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "atrium.db").write_bytes(b"not a database, whatever its name says" * 200)
    assert doctor.database("", tmp_path).level is Level.FAIL


def test_another_package_of_our_name_is_told(tmp_path, monkeypatch):
    (tmp_path / "daemon").mkdir()
    (tmp_path / "daemon" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    finding = next(doctor.namesakes())
    assert finding.level is Level.FAIL
    assert str(tmp_path) in finding.says.en


def test_a_taken_port_is_a_warning_because_atrium_itself_may_have_it():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert doctor.port(other.getsockname()[1]).level is Level.WARN


def test_findings_are_told_in_both_languages_or_as_json(tmp_path):
    findings = [doctor.data_directory(tmp_path), doctor.clock(0.0)]
    lines = told(findings)
    assert "can be written" in lines
    assert "可以写入" in lines
    assert "→ Set it" in lines
    assert json.loads(told(findings, as_json=True))[1]["level"] == "fail"
