"""A kind of equipment that Atrium has never heard of: one file of text, and it works from MQTT to the public page."""

from __future__ import annotations

import re
import time
from urllib.request import urlopen

import msgspec
import pytest
from fixtures.broker import free_port, until
from fixtures.stage import LONG, SITE, small_site, telemetry

pytestmark = [pytest.mark.broker, pytest.mark.slow]
KIND = """\
kind: sump
says: {zh: 集水坑, en: Drainage sump}
explains:
  zh: 地下车库的雨水先流到这里，再由排污泵抽走。
  en: Rain water of the underground car park gathers here and is pumped out.
headline: [level]
params:
  high: {default: 1.2, unit: m, says: {zh: 高水位, en: high level}}
points:
  level: {says: {zh: 坑内水位, en: Water level}, unit: m, span: [0, 3], normal: [0.2, 0.8], every: 10, resolution: 0.01}
  pump{i}_run:
    says: {zh: 排污泵运行, en: Drain pump run}
    type: bool
    off: {zh: "{i}号排污泵|未运行", en: "drain pump {i}| not running"}
    on: {zh: "{i}号排污泵|运行中", en: "drain pump {i}| running"}
    heartbeat: 60
    instances: 2
limits:
  level.H: {expr: P.high, severity: major, on: 1, off: 30, deadband: 0.05}
signatures:
  SU-01:
    says: {zh: 水位高而排污泵未启动, en: Water high and no drain pump running}
    severity: critical
    when: for(level > P.high, 2s) and not any(pump{i}_run)
    hides: [level.H]
    do: {zh: 到现场手动启泵，查浮球开关。, en: Start a pump by hand and check the float switch.}
    causes: [{zh: 浮球卡住, en: float stuck}]
"""
TOPIC = f"atrium/{SITE}/sump-1/telemetry"
SUMP = {"id": "sump-1", "kind": "sump", "room": "fire-pump-room", "name": {"zh": "一号车库集水坑", "en": "Car park sump 1"}}

PUBLIC = {
    "/zh": ["一号车库集水坑", "水位高而排污泵未启动", "停用：消防泵房 · 集水坑"],
    "/en": ["Car park sump 1", "Water high and no drain pump running", "Fire pump room · Drainage sump"],
    "/rooms/sump-1?lang=zh": ["地下车库的雨水先流到这里", "坑内水位", "1.5 m"],
    "/rooms/sump-1?lang=en": ["Rain water of the underground car park", "Water level", "1.5 m"],
}


@pytest.fixture
def config(tmp_path):
    """The demo's configuration with few devices, one kind more, and one device of it."""
    folder = small_site(tmp_path / "config", **{SITE: lambda site: site["devices"].append(SUMP)})
    (folder / "kinds" / "sump.yaml").write_text(KIND, encoding="utf-8")
    return folder


def public(port, path):
    """What a visitor reads, without markup."""
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.read().decode()))


def status(port):
    """The device on the public status, or None while there is none."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/api/v1/public/status", timeout=10) as answer:
            rooms = msgspec.json.decode(answer.read())["rooms"]
    except OSError:  # not up yet
        return None
    return next((room for room in rooms if room["device"] == "sump-1"), None)


def rain(device, watch, *, seconds):
    """The water stands at 1.5 m and no pump starts, for some seconds."""
    begin = watch.clock.now()
    for step in range(seconds + 1):
        device.send(telemetry(begin + step, TOPIC, level=1.5, pump1_run=0, pump2_run=0))
        time.sleep(1)
    assert device.drain()


def test_one_file_makes_a_kind_work_from_mqtt_to_the_public_page(config, atrium, device):
    port = free_port()
    one = atrium(config, role="all").start("--port", port)
    device.send(telemetry(one.clock.now() - 1, TOPIC, level=0.5, pump1_run=0, pump2_run=0))
    rain(device, one, seconds=4)
    assert until(lambda: one.tickets("sump-1"), LONG), one.words

    (ticket,) = one.tickets("sump-1")
    assert (ticket.rules[0], ticket.severity, ticket.title.zh) == ("SU-01", "critical", "一号车库集水坑：水位高而排污泵未启动")
    assert "1.50 m" in ticket.reason.zh
    assert "1、2号排污泵均未运行" in ticket.reason.zh
    assert one.episodes(active=True, device="sump-1")["level.H"].hidden_by == "SU-01"
    assert until(lambda: (status(port) or {}).get("colour") == "red", LONG), status(port)
    for path, words in PUBLIC.items():
        page = public(port, path)
        assert [word for word in words if word not in page] == [], page
    assert len(one.tickets("sump-1")) == 1
