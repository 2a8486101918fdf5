"""All 24 payload families met in the field have a dialect, and each its literal example as a test of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from daemon.dialects import Source, families

HERE = Path(__file__).parent
FILES = HERE.parents[1] / "daemon" / "dialects"
# Families 1 and 2 on our own topics are the dialect atrium; flat reads them on anybody's.
FAMILIES = {
    1: "flat", 2: "flat", 3: "thingsboard_gateway", 4: "neuron_tags", 5: "neuron_values", 6: "four_faith", 7: "usr_gateway",
    8: "modbus_frames", 9: "raw_hex", 10: "alink", 11: "huawei_iotda", 12: "tencent_iot", 13: "onenet", 14: "name_value_time",
    15: "thingspanel", 16: "edge_framework", 17: "freeioe", 18: "sparkplug_b", 19: "home_assistant", 20: "tasmota",
    21: "zigbee2mqtt", 22: "chirpstack", 23: "gb26875", 24: "meters",
}  # fmt: skip


def test_there_are_24_families_and_a_file_for_each():
    assert list(FAMILIES) == list(range(1, 25))
    assert {path.stem for path in FILES.glob("*.py")} == {*FAMILIES.values(), "atrium", "__init__"}


@pytest.mark.parametrize("number", FAMILIES)
def test_each_family_has_its_literal_example_as_a_test_of_its_own(number):
    written = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    assert re.search(rf"^def test_{number}_\w+\(", written, re.MULTILINE)


@pytest.mark.parametrize(("name", "module"), families().items())
def test_every_dialect_opens_with_nothing_configured_and_answers(name, module):
    assert name == module.NAME.lower()
    assert module.__name__.endswith(name.replace("-", "_"))
    dialect = module.open(Source())
    assert isinstance(dialect("any/topic", b"\xff", 1e9), list)
    again = module.open(Source())
    again.restore(dialect.pack())
    assert again.pack() == dialect.pack()
