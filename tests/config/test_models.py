"""Devices that are configured alike share one model; what makes a difference makes another."""

import pytest

from daemon.config import codes

SITE = "sites/hill.yaml"
ALIKE = "devices:\n  - {id: pump-2, kind: pump, room: cellar}\n  - {id: pump-3, kind: pump, room: cellar%s}\n"


def models(directory):
    return [device.model for device in directory.load().sites["hill"].devices.values() if device.kind.id == "pump"]


def test_devices_configured_alike_share_one_model_wherever_they_stand(directory):
    directory.edit(SITE, "devices:\n", ALIKE % ", name: {zh: 三, en: Three}, code: HILL3, gateway: gw-1")
    directory.write("sites/vale.yaml", (directory.path / SITE).read_text().replace("hill", "vale").replace("code: HILL3, ", ""))
    assert len({*models(directory)}) == 1
    sites = directory.load().sites
    assert sites["hill"].devices["pump-1"].model is sites["vale"].devices["pump-3"].model


@pytest.mark.parametrize(
    "words",
    [
        "params: {start: 0.7}",
        "instances: {i: [1]}",
        "limits: {pressure.L: {on: 90}}",
        "points: {temp: {source: t}}",
        "absent: [ok]",
    ],
)
def test_what_is_configured_otherwise_is_another_model(directory, words):
    directory.edit(SITE, "devices:\n", ALIKE % f", {words}")
    first, second, third = models(directory)
    assert first is not second or first is not third
    assert len({first, second, third}) == 2


def test_a_mistake_that_several_devices_make_is_told_at_each(directory):
    directory.edit(SITE, "params: {}", "params: {strat: 1}")
    directory.edit(SITE, "gateways:\n", "  - {id: pump-2, kind: pump, room: cellar, params: {strat: 1}}\ngateways:\n")
    lines = [one.split(" ")[0] for one in directory.complaints()]
    assert lines == ["sites/hill.yaml:13", "sites/hill.yaml:15"]


def test_a_door_code_that_another_door_has_grows_longer(directory, monkeypatch):
    monkeypatch.setattr(codes, "LETTERS", "AB")
    directory.edit(SITE, "devices:\n", "devices:\n" + "".join(f"  - {{id: p{n}, kind: pump, room: cellar}}\n" for n in range(70)))
    found = [device.code for device in directory.load().sites["hill"].devices.values()]
    assert len(set(found)) == len(found) == 72
    assert {len(code) for code in found} >= {6, 8}
