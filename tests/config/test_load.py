"""What a correct configuration becomes, and how complaints behave when there are many."""

import pytest

from daemon.config import ConfigurationError
from sensors.kit.words import Level, Severity, Text

SITE = "sites/hill.yaml"


def test_every_mistake_is_told_at_once(directory):
    directory.edit(SITE, "kind: pump", "kind: pomp")
    directory.edit(SITE, "Asia/Shanghai", "Asia/Shangai")
    directory.edit("people.yaml", "team: works", "taem: works")
    directory.edit("service.yaml", "accept: 5 min", "accept: soon")
    directory.write("notices.yaml", "channels: [\n")
    directory.write("kinds/own.yaml", "kind: own\n")
    directory.write("person.yaml", "people: []\n")
    told = "\n".join(directory.complaints())
    files = [SITE + ":3", SITE + ":8", "people.yaml:6", "service.yaml:2", "notices.yaml:2", "kinds/own.yaml:1", "person.yaml:1"]
    assert [spot for spot in files if spot not in told] == []
    assert 'kinds/own.yaml:1 "says" is missing → add says: …' in told
    assert 'person.yaml:1 nobody reads this file → did you mean "people.yaml"?' in told


def test_a_wrong_part_hides_nothing_else_and_causes_no_further_complaint(directory):
    directory.edit(SITE, "{id: cellar, name: {zh: 地下室, en: Cellar}}", "{id: cellar, nmae: {zh: 地下室, en: Cellar}}")
    directory.edit(SITE, "params: {}", "params: {strat: 1}")
    told = directory.complaints()
    assert [one.split(" → ")[0] for one in told] == [
        'sites/hill.yaml:5 "name" is missing',
        'sites/hill.yaml:5 unknown key "nmae"',
        'sites/hill.yaml:13 unknown parameter of pump "strat"',
    ]


def test_lines_stay_right_below_an_item_that_was_left_out(directory):
    directory.edit(SITE, "devices:\n", "devices:\n  - {id: half}\n")
    directory.edit(SITE, "    kind: pump", "    kind: pomp")
    assert any(one.startswith("sites/hill.yaml:9 unknown kind") for one in directory.complaints())


@pytest.mark.parametrize("name", ["people.yaml", SITE])
def test_who_and_where_must_be_written(directory, name):
    (directory.path / name).unlink()
    assert len(directory.complaints()) == 1


@pytest.mark.parametrize("name", ["atrium.yaml", "notices.yaml", "service.yaml"])
def test_what_has_defaults_may_be_left_out(directory, name):
    (directory.path / name).unlink()
    assert directory.complaints() == []


def test_a_directory_that_is_not_there_is_one_complaint(directory):
    directory.path = directory.path / "nowhere"
    assert "no such directory" in directory.complaints()[0]


def test_an_empty_site_file_is_a_complaint(directory):
    directory.write(SITE, "# nothing yet\n")
    assert directory.complaints() == ["sites/hill.yaml:1 the file is empty → describe the site, or remove the file"]


@pytest.mark.parametrize(
    "text", ["a: &x [*x]\n", "[" * 3000, "a: \x01\n", "? [1]\n: 2\n", "a: !!int 0x\n", "\ufeffa: ]\n", "- - -\n", '"']
)
def test_hostile_yaml_is_a_complaint_and_never_a_crash(directory, text):
    directory.write("atrium.yaml", text)
    assert directory.complaints()[0].startswith("atrium.yaml:")


def test_bytes_that_are_not_utf8_are_a_complaint(directory):
    (directory.path / "atrium.yaml").write_bytes("名: 红山".encode("gbk"))
    assert "atrium.yaml:1 not UTF-8 text" in directory.complaints()[0]


def test_words_that_other_yaml_readers_convert_stay_words(directory):
    directory.edit(SITE, "limits: {}", "limits: {pressure.L: {on: 90, off: 12}}")
    pump = directory.load().sites["hill"].devices["pump-1"]
    low = next(rule for rule in pump.limits if rule.rule == "pressure.L")
    assert (low.on, low.off, low.value, low.severity, low.level) == (90, 12, 0.84, Severity.MAJOR, Level.L)


def test_a_parameter_moves_the_limits_that_refer_to_it(directory):
    directory.edit(SITE, "params: {}", "params: {start: 0.7}")
    pump = directory.load().sites["hill"].devices["pump-1"]
    assert {rule.rule: rule.value for rule in pump.limits if rule.channel == "pressure"} == {
        "pressure.LL": 0.7, "pressure.L": 0.74, "pressure.H": 1.05, "pressure.HH": 1.5,
    }  # fmt: skip


def test_instances_expand_to_channels_limits_and_signatures(directory):
    directory.edit(SITE, "instances: {}", "instances: {i: [1, 3]}")
    pump = directory.load().sites["hill"].devices["pump-1"]
    assert {"m1_run", "m3_run"} <= pump.channels.keys()
    assert "m2_run" not in pump.channels
    assert [rule.when for rule in pump.limits if rule.rule == "m3_current.H"] == ["m3_run"]
    assert {one.rule: one.hides for one in pump.signatures} == {
        "PU-01": ("pressure.LL", "pressure.L"),
        "PU-02[i=1]": ("m1_current.H",),
        "PU-02[i=3]": ("m3_current.H",),
    }


def test_a_second_limit_of_one_level_gets_a_number(directory):
    pump = directory.load().sites["hill"].devices["pump-1"]
    assert [rule.rule for rule in pump.limits if rule.channel == "ok"] == ["ok.STATE", "ok.STATE-2"]


def test_an_override_written_with_the_letter_holds_for_every_instance(directory):
    directory.edit(SITE, "limits: {}", 'limits: {"m{i}_current.H": {value: 20}, m2_current.H: {value: 30}}')
    pump = directory.load().sites["hill"].devices["pump-1"]
    assert {rule.rule: rule.value for rule in pump.limits if "current" in rule.rule} == {"m1_current.H": 20, "m2_current.H": 30}


def test_points_are_renamed_and_converted(directory):
    directory.edit(
        SITE, "points: {}", 'points: {pressure: {source: P1, unit: kPa}, temp: {unit: degF}, "m{i}_run": {source: "M{i}/RUN"}}'
    )
    channels = directory.load().sites["hill"].devices["pump-1"].channels
    assert (channels["pressure"].source, channels["pressure"].scale, channels["m2_run"].source) == ("P1", 0.001, "M2/RUN")
    assert 212 * channels["temp"].scale + channels["temp"].offset == pytest.approx(100)


def test_a_point_that_is_not_fitted_stays_known_but_is_never_judged(directory):
    directory.edit(SITE, "points: {}", 'absent: ["m{i}_current", ok]')
    pump = directory.load().sites["hill"].devices["pump-1"]
    assert {name for name, channel in pump.channels.items() if channel.absent} == {"m1_current", "m2_current", "ok"}
    assert {rule.channel for rule in pump.limits} == {"pressure", "mode"}


def test_gateways_are_devices_that_the_public_does_not_see(directory):
    devices = directory.load().sites["hill"].devices
    assert devices["gw-1"].is_gateway
    assert not devices["gw-1"].public
    assert devices["pump-1"].public
    assert devices["pump-1"].name == Text("水泵", "Pump")
    assert devices["pump-1"].code != devices["gw-1"].code


def test_a_private_room_hides_its_devices(directory):
    directory.edit(SITE, "en: Cellar}}", "en: Cellar}, public: false}")
    assert not directory.load().sites["hill"].devices["pump-1"].public


def test_people_get_shifts_in_minutes_and_teams_their_channels(directory):
    directory.edit("people.yaml", "{start: 08:00, end: 20:00}", "{days: [sat, mon], start: 20:00, end: 06:30}")
    hill = directory.load().sites["hill"]
    assert [(shift.days, shift.start, shift.end) for shift in hill.people["wu"].shifts] == [((0, 5), 1200, 390)]
    assert hill.teams["works"].channels == ("console",)


def test_a_team_of_other_sites_is_not_here(directory):
    directory.edit("people.yaml", "en: Works}, ", "en: Works}, sites: [vale], ")
    directory.write("sites/vale.yaml", "site: vale\nname: {zh: 谷, en: Vale}\ntimezone: Asia/Shanghai\n")
    sites = directory.load().sites
    assert (list(sites["hill"].people), list(sites["vale"].people)) == ([], ["wu"])


def test_two_sites_cannot_share_a_ticket_prefix(directory):
    directory.write("sites/hilton.yaml", "site: hilton\nname: {zh: 谷, en: Vale}\ntimezone: Asia/Shanghai\n")
    assert 'ticket prefix "HI" is used twice' in directory.complaints()[0]


def test_promises_are_seconds_and_some_run_in_working_time(directory):
    directory.edit(
        "service.yaml", "accept: 5 min, on_site: 15 min", "accept: 90 s, on_site: 2 working hours, repair: 1.5 working days"
    )
    terms = directory.load().sites["hill"].terms
    assert (terms.accept["critical"], terms.on_site["critical"], terms.repair["critical"]) == (90, 7200, 1.5 * 36000)
    assert {clock for severity, clock in terms.working if severity == "critical"} == {"on_site", "repair"}
    assert (terms.accept["major"], terms.accept["minor"], ("minor", "accept") in terms.working) == (1200, 36000, True)


def test_without_notices_there_are_console_and_bell(directory):
    (directory.path / "notices.yaml").unlink()
    assert {channel.id: channel.kind for channel in directory.load().sites["hill"].channels.values()} == {
        "console": "console",
        "bell": "bell",
    }


def test_quiet_hours_are_minutes(directory):
    directory.edit("notices.yaml", "kind: console", "kind: console, quiet: {start: 22:00, end: 07:00}")
    assert directory.load().sites["hill"].channels["console"].quiet == (1320, 420)


def test_the_digest_follows_meaning_not_layout(directory):
    before = directory.load().digest
    directory.edit(SITE, "params: {}", "params: {}   # nothing")
    assert directory.load().digest == before
    directory.edit(SITE, "params: {}", "params: {start: 0.7}")
    assert directory.load().digest != before


def test_the_error_reads_as_its_complaints(directory):
    directory.edit(SITE, "kind: pump", "kind: pomp")
    with pytest.raises(ConfigurationError, match=r'sites/hill\.yaml:8 unknown kind "pomp"'):
        directory.load()
