"""docs/own_kinds.md: its examples are loaded as they stand there."""

import re
import shutil

from daemon.config import load

BLOCK = re.compile(r"^```yaml (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_page_work_beside_the_demo(root, tmp_path):
    folder = shutil.copytree(root / "config", tmp_path / "config")
    examples = BLOCK.findall((root / "docs" / "own_kinds.md").read_text(encoding="utf-8"))
    assert [name for name, _ in examples] == ["kinds/fire_pump.yaml", "kinds/sump.yaml"]
    for name, text in examples:
        (folder / name).write_text(text, encoding="utf-8")
    site = folder / "sites" / "hongshan.yaml"  # what is left out of the kind can't be called absent
    site.write_text(site.read_text(encoding="utf-8").replace("absent: [diesel_battery_v, diesel_fuel_level]", "absent: []"))
    configuration = load(folder, environ={})
    pump = configuration.sites["hongshan"].devices["fire-pump"]
    limits = {rule.rule: rule.value for rule in pump.limits}
    assert (limits["room_temp.L"], limits["main_pressure.LL"]) == (8.0, 0.65)
    assert "FP-19" not in {rule.rule for rule in pump.signatures}
    assert [one.id for one in configuration.kinds["sump"].signatures] == ["SU-01"]
