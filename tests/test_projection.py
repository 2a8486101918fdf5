"""How much disk the history will take, as the doctor says it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest

from daemon import projection
from daemon.core.site import HistoryServer, Settings
from daemon.finding import Level

SETTINGS = Settings(None, raw_days=30.0, minute_days=730.0)


@pytest.mark.parametrize(
    ("free", "left"),
    [
        (30 * 100 + 730 * 10, None),  # everything fits
        (1_100, 10.0),  # full while raw values still grow
        (30 * 100 + 40 * 10, 40.0),  # full when only aggregates grow
    ],
)
def test_raw_values_stop_growing_before_aggregates_do(free, left):
    assert projection.days_left(free, 100.0, 10.0, SETTINGS) == left


def test_a_community_of_the_demo_takes_some_megabytes_a_day(demo, tmp_path):
    found = projection.disk_use(demo, tmp_path)
    channels = [channel for device in demo.sites["hongshan"].devices.values() for channel in device.channels.values()]
    assert 0 < projection.by_day(channels) < len(channels) * 86_400
    assert "1 community" in found.says.en
    assert "小区" in found.says.zh


def test_a_small_disk_is_told_with_its_days(demo, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=50 << 20))
    found = projection.disk_use(demo, tmp_path)
    assert found.level is Level.WARN
    assert "full in about" in found.says.en
    assert "retention" in found.do.en


def test_values_on_a_server_are_not_counted_against_this_disk(demo, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    away = replace(demo, settings=replace(demo.settings, history=HistoryServer("http://127.0.0.1:8428")))
    assert projection.disk_use(away, tmp_path).level is Level.OK
