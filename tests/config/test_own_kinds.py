"""kinds/*.yaml: a site's own kinds and its changes to Atrium's, and what is said about mistakes in them."""

from pathlib import Path

import pytest

from daemon.config import load
from sensors.kit.words import Level, Severity, Type

FILE = "kinds/fan.yaml"
FAN = """\
kind: fan
says: {zh: 排烟风机, en: Smoke fan}
explains: {zh: 一台风机。, en: A fan.}
headline: [speed]
params:
  top: {default: 40, unit: Hz, says: {zh: 上限, en: top}, evidence: K GB 1}
points:
  speed: {says: {zh: 转速, en: Speed}, unit: Hz, span: [0, 60], normal: [20, 40], every: 10}
  heat{i}: {says: {zh: 轴温, en: Bearing}, unit: Cel, span: [0, 150], every: 10, instances: 2}
  on: {says: {zh: 运行, en: Running}, type: bool, off: {zh: 停, en: stopped}, on: {zh: 转, en: running}, heartbeat: 60}
  mode: {says: {zh: 方式, en: Mode}, type: enum, states: {auto: {zh: 自动, en: auto}, hand: {zh: 手动, en: by hand}}}
limits:
  speed.H: {expr: P.top, severity: minor, on: 5, deadband: 1, when: on}
  heat{i}.H: {value: 90, severity: major, when: not on}
  mode.STATE: {value: auto, op: "!=", severity: minor}
signatures:
  FA-01:
    says: {zh: 停转, en: Stands still}
    severity: critical
    when: |
      let hot = heat{i} > 90
      minor: hot
      critical: hot and not on
    hides: ["heat{i}.H"]
    do: {zh: 看, en: Look}
    causes: [{zh: 皮带断, en: belt broken}]
tasks:
  FA-T1: {says: {zh: 试转, en: Test run}, every_days: 30, items: {zh: 试, en: run}, evidence: S:nema}
"""

# what stands there, what is written instead, complaint
MISTAKES = [
    ("kind: fan", "kind: fann", '1 kind "fann" is written in fan.yaml → rename the file to fann.yaml'),
    ("kind: fan\n", "kind: pump\n", "1 pump is a kind of Atrium → write extends: pump to change it"),
    ("kind: fan\n", "kind: fan\nextends: pomp\n", '2 unknown kind "pomp" → did you mean "pump"?'),
    ("kind: fan\n", "kind: fan\nwithout: [x]\n", "2 there is nothing to leave out"),
    ("says: {zh: 排烟风机, en: Smoke fan}\n", "", '1 "says" is missing → add says: …'),
    ("headline: [speed]", "headline: [sped]", "4 headline: sped is no point"),
    ("default: 40, ", "", '6 "default" is missing'),
    ("evidence: K GB 1", "evidence: GB 1", "6 \"evidence\" cannot be read: 'GB 1'"),
    ("span: [0, 60]", "span: [0]", '8 "span" cannot be used: [0]'),
    ("normal: [20, 40]", "normal: [20, 90]", "8 speed: the normal band (20.0, 90.0) lies outside the sensor range"),
    (", instances: 2", "", '9 "instances" is missing'),
    ("off: {zh: 停, en: stopped}, ", "", '10 "off" is missing'),
    ("type: enum, states:", "type: bool, states:", "15 mode.STATE: 'auto' is no state of mode (it has 0, 1)"),
    ("expr: P.top", "expr: P.topp", "13 `P.topp`: column 1: unknown parameter `topp`; did you mean top?"),
    ("expr: P.top", "value: 70", "13 speed.H: 70 lies outside the sensor range"),
    ("speed.H:", "sped.H:", "13 sped.H: there is no point sped"),
    ("when: on}", "when: on and}", "13 speed.H, column 7: a name, a number or `(` is expected"),
    ("when: not on}", "when: not onn}", "14 heat{i}.H, column 5: unknown point `onn`; did you mean on?"),
    ("value: auto, op", "value: audo, op", "15 mode.STATE: 'audo' is no state of mode"),
    ("FA-01:\n", "FA-1x:\n", '17 "FA-1x" cannot be read'),
    ("    severity: critical\n", "", '17 "severity" is missing'),
    ("let hot = heat{i}", "let hot = heet{i}", "21 FA-01, column 11: unknown point `heet1`; did you mean heat1"),
    ("      minor: hot", "      minr: hot", "22 FA-01, column 1: unknown severity"),
    ("critical: hot and not on", "critical: hot and not onn", "23 FA-01, column 23: unknown point `onn`; did you mean on?"),
    ("critical: hot and not on", "critical: hot and not (on", "23 FA-01, column 26: `)` is missing"),
    ('hides: ["heat{i}.H"]', 'hides: ["heat{i}.L"]', "17 FA-01 hides heat1.L, but there is no such rule"),
    (", every: 10}", ", every: 10, noise: 0.1, against: {}}", "8 speed is held against nothing → name a point, or the switches"),
    (
        ", every: 10}",
        ", every: 10, noise: 0.1, against: {point: sped}}",
        '8 unknown point "sped" → use one of: heat{i}, mode, on',
    ),
    (", every: 10}", ", every: 10, noise: 0.1, against: {point: speed}}", "8 there is only one speed → name another point"),
    (
        ", every: 10}",
        ", every: 10, noise: 0.1, against: {point: mode}}",
        "8 mode is of type enum: nothing to hold a gauge against",
    ),
    (", every: 10}", ", every: 10, noise: 0.1, against: {point: 'heat{i}'}}", "8 speed is in Hz, heat{i} in Cel → write times"),
    (", every: 10}", ", every: 10, against: {still: [on]}}", "8 speed has no noise, which drift is measured in → write noise"),
    (", every: 10}", ", every: 10, noise: 0.1, against: {still: [onn]}}", '8 unknown point "onn" → did you mean "on"?'),
    (", every: 10}", ", every: 10, noise: 0.1, against: {still: [mode]}}", "8 mode is no switch → name points of type bool"),
    ("heartbeat: 60}", "heartbeat: 60, against: {still: [on]}}", "10 on is of type bool, which does not drift"),
    (
        "FA-T1: {says: {zh: 试转, en: Test run}",
        "FA-T1: {sais: {zh: 试转, en: Test run}",
        '28 unknown key "sais" → did you mean "says"?',
    ),
]


def use(directory, kind="fan"):
    """The kind is written, and a device is of it."""
    directory.edit("sites/hill.yaml", "kind: pump", f"kind: {kind}")


def test_an_own_kind_is_one_file(directory):
    directory.write(FILE, FAN)
    use(directory)
    device = directory.load().sites["hill"].devices["pump-1"]
    assert list(device.channels) == ["speed", "heat1", "heat2", "on", "mode"]
    assert (device.kind.points[2].type, device.kind.points[3].states) == (Type.BOOL, ("auto", "hand"))
    assert [(rule.rule, rule.value) for rule in device.limits] == [
        ("speed.H", 40.0), ("heat1.H", 90.0), ("heat2.H", 90.0), ("mode.STATE", "auto"),
    ]  # fmt: skip
    assert [rule.rule for rule in device.signatures] == ["FA-01[i=1]", "FA-01[i=2]"]
    assert device.signatures[0].hides == ("heat1.H",)
    assert (device.kind.params[0].evidence.mark, device.kind.tasks[0].evidence.sources) == ("K", ("nema",))


@pytest.mark.parametrize(("there", "instead", "told"), MISTAKES, ids=[told for *_, told in MISTAKES])
def test_a_mistake_is_told_where_it_stands(directory, there, instead, told):
    assert there in FAN
    directory.write(FILE, FAN.replace(there, instead, 1))
    use(directory)
    assert [line for line in directory.complaints() if f"{FILE}:" in line and told in line], directory.complaints()


def test_all_mistakes_are_told_at_once_and_each_once(directory):
    directory.write(FILE, FAN.replace("not onn", "x").replace("heat{i} > 90", "heet{i} > 90").replace("when: on}", "when: off}"))
    directory.write("kinds/other.yml", FAN)
    directory.write("kinds/empty.yaml", "")
    use(directory)
    told = directory.complaints()
    assert [line.partition(" ")[0] for line in told] == ["kinds/empty.yaml:1", f"{FILE}:13", f"{FILE}:21", "kinds/other.yml:1"]


def test_nothing_more_is_said_about_devices_of_a_kind_with_a_mistake(directory):
    directory.write(FILE, FAN.replace("P.top", "P.topp"))
    use(directory)
    directory.edit("sites/hill.yaml", "limits: {}", "limits: {speed.HH: {value: 7}}")
    assert [line.partition(":")[0] for line in directory.complaints()] == [FILE]


CHANGED = """\
kind: pump
extends: pump
headline: [pressure]
without: [ok, PU-02]
params: {start: {default: 0.7}}
points:
  noise: {says: {zh: 噪声, en: Noise}, unit: "1", span: [0, 120], every: 60}
limits:
  pressure.H: {value: 1.2, on: 5}
  noise.H: {value: 90, severity: minor}
signatures:
  PU-01: {severity: major, when: "for(pressure < P.start, 20s) and noise > 40"}
"""


def test_a_kind_of_atrium_is_changed_in_place(directory):
    directory.write("kinds/pump.yaml", CHANGED)
    device = directory.load().sites["hill"].devices["pump-1"]
    rules = {rule.rule: rule for rule in device.limits}
    assert "ok" not in device.channels
    assert not {"ok.STATE", "ok.STATE-2"} & set(rules)
    assert (rules["pressure.H"].value, rules["pressure.H"].on, rules["pressure.H"].off) == (1.2, 5, 60)
    assert rules["pressure.LL"].value == 0.7
    assert (rules["noise.H"].level, rules["noise.H"].severity) == (Level.H, Severity.MINOR)
    (signature,) = device.signatures
    assert (signature.rule, signature.severity, signature.signature.says.en) == (
        "PU-01", Severity.MAJOR, "Pressure low and no pump started",
    )  # fmt: skip
    assert "noise > 40" in signature.when


@pytest.mark.parametrize(
    ("there", "instead", "told"),
    [
        ("without: [ok, PU-02]", "without: [okay]", 'kinds/pump.yaml:4 unknown point, limit, signature or task "okay"'),
        ("extends: pump", "extends: pump\nsays: {zh: 泵}", 'kinds/pump.yaml:3 "en" is missing'),
        ("pressure.H: {value: 1.2", "pressure.H: {value: 0.6", "kinds/pump.yaml:8 pressure: L 0.74 must lie below H 0.6"),
    ],
)
def test_a_mistake_in_a_change_is_told_where_it_stands(directory, there, instead, told):
    directory.write("kinds/pump.yaml", CHANGED.replace(there, instead))
    assert [line for line in directory.complaints() if told in line], directory.complaints()


def test_a_changed_kind_makes_another_digest(directory):
    before = directory.load().digest
    directory.write("kinds/pump.yaml", CHANGED)
    changed = directory.load().digest
    directory.write("kinds/pump.yaml", f"# a remark\n{CHANGED}")
    assert before != changed == directory.load().digest


def test_the_shipped_example_is_whole(root):
    configuration = load(root / "config")
    kind = configuration.kinds["heat_exchanger"]
    assert (len(kind.points), len(kind.limits), len(kind.signatures), len(kind.tasks)) == (21, 12, 6, 4)
    assert {one.evidence.mark for one in (*kind.limits, *kind.signatures, *kind.tasks)} == {"J"}
    assert not any(device.kind is kind for site in configuration.sites.values() for device in site.devices.values())


def test_the_folder_is_read_beside_the_demo(root):
    assert {path.name for path in Path(root / "config" / "kinds").iterdir()} == {"heat_exchanger.yaml"}
