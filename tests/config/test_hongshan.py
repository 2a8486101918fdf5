"""The configuration that is shipped: complete, without a complaint, and its schemas are current."""

import json

import pytest
import yaml

from daemon.check import check
from daemon.core import notices
from daemon.schema import schemas, write

DEVICES = (
    ["fire-pump", "supply-low", "supply-high", "boiler-1", "boiler-2", "charging-feeder"]
    + ["power-room", "control-room", "reclaimed-water", "lift-1", "street-light-east"]
    + [f"ev-{n:02d}" for n in range(1, 11)]
    + [f"ebike-{n:02d}" for n in range(1, 5)]
)
HOURS = [1_767_200_400 + 3600 * hour + minute for hour in range(7 * 24) for minute in (0, 1799)]


def test_the_demo_community_is_complete(hongshan):
    assert set(DEVICES) <= hongshan.devices.keys()
    assert (hongshan.prefix, hongshan.timezone, hongshan.name.zh) == ("HS", "Asia/Shanghai", "红山郡")
    assert all(device.gateway in hongshan.devices for device in hongshan.devices.values() if not device.is_gateway)


def test_every_kind_is_in_somebodys_hands_at_every_hour_of_the_week(hongshan):
    kinds = {device.kind.id for device in hongshan.devices.values()}
    for at in HOURS:
        skills = {skill for person in notices.on_duty(hongshan, at) if "technician" in person.roles for skill in person.skills}
        assert "*" in skills or kinds <= skills, at
        assert any("operator" in person.roles for person in notices.on_duty(hongshan, at)), at


def test_telephone_numbers_reach_nobody(hongshan):
    assert all(person.phone.startswith("010-0000-") for person in hongshan.people.values())


def test_door_codes_are_short_and_differ(hongshan):
    codes = [device.code for device in hongshan.devices.values()]
    assert len(set(codes)) == len(codes)
    assert max(map(len, codes)) <= 6


def test_check_finds_nothing_to_complain_about(root, hongshan):
    code, lines = check(root / "config", environ={})
    assert code == 0
    assert lines[0].startswith(f"hongshan (Hongshan 红山郡): {len(hongshan.rooms)} rooms")


def test_check_tells_complaints_as_lines_and_as_json(tmp_path):
    code, lines = check(tmp_path, environ={})
    assert code == 2
    assert lines[-1].startswith("2 complaints.")
    told = json.loads(check(tmp_path, as_json=True, environ={})[1][0])
    assert [one["file"] for one in told["complaints"]] == ["people.yaml", "sites"]


@pytest.mark.parametrize("name", schemas())
def test_the_shipped_schema_is_current(root, name):
    assert (root / "config/schema" / name).read_text(encoding="utf-8") == schemas()[name], (
        "run: atrium schema --out config/schema"
    )


def test_schemas_are_written_to_a_directory(tmp_path):
    assert sorted(path.name for path in write(tmp_path / "schema")) == sorted(schemas())


def test_every_configuration_file_points_at_its_schema(root):
    for path in (root / "config").rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("# yaml-language-server: $schema="), path
        assert (path.parent / first.partition("=")[2]).is_file(), path


def test_files_read_the_same_by_a_common_yaml_reader(root):
    for path in (root / "config").rglob("*.yaml"):
        assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict), path
