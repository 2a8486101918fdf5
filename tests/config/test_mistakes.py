# ruff: noqa: E501 - one row, one mistake
"""One deliberate mistake each: the complaint names the file, the line, what is wrong and what to do."""

import pytest

SITE, PEOPLE, NOTICES, SERVICE, ATRIUM = "sites/hill.yaml", "people.yaml", "notices.yaml", "service.yaml", "atrium.yaml"

# file, what stands there, what is written instead, complaint
MISTAKES = {
    "broken yaml": (SITE, "rooms:\n", "rooms: [\n", "sites/hill.yaml:5 broken YAML: did not find expected"),
    "tag": (SITE, "name: {zh: 山, en: Hill}", "name: !!python/name:os.system ''", "sites/hill.yaml:2 the tag !!python/name"),
    "authority that is not there": (ATRIUM, "broker: embedded", "broker: {url: 'mqtts://h', ca: /nonexistent/ca.pem}", "atrium.yaml:1 /nonexistent/ca.pem cannot be used: No such file or directory → name a PEM file"),
    "authority that is none": (ATRIUM, "broker: embedded", "broker: {url: 'mqtts://h', ca: /dev/null}", "atrium.yaml:1 /dev/null cannot be used: it holds no certificate"),
    "authority relative to nobody knows what": (ATRIUM, "broker: embedded", "broker: {url: 'mqtts://h', ca: ca.pem}", 'atrium.yaml:1 "ca.pem" is not a whole path → write it from the root'),
    "key twice": (SITE, "    room: cellar\n", "    room: cellar\n    room: cellar\n", 'sites/hill.yaml:10 key "room" is written twice'),
    "list as a file": (SERVICE, "promises:\n  critical: {accept: 5 min, on_site: 15 min}", "- 1", "service.yaml:1 not a mapping"),
    "unknown key": (SITE, "    kind: pump", "    kind: pump\n    gatway: gw-1", 'sites/hill.yaml:9 unknown key "gatway" → did you mean "gateway"?'),
    "unknown key at the top": (ATRIUM, "broker: embedded", "borker: embedded", 'atrium.yaml:1 unknown key "borker" → did you mean "broker"?'),
    "missing key": (SITE, "    kind: pump\n", "", 'sites/hill.yaml:7 "kind" is missing → add kind: …'),
    "number for text": (SITE, "id: pump-1", "id: 1", 'sites/hill.yaml:7 "id" has the wrong type: 1 → write text (in quotes'),
    "text for number": (SITE, "params: {}", "params: {start: high}", "sites/hill.yaml:13 \"start\" has the wrong type: 'high' → write a number"),
    "id with a blank": (SITE, "id: pump-1", "id: pump 1", "sites/hill.yaml:7 \"id\" cannot be read: 'pump 1' → write letters, digits"),
    "one language": (SITE, "name: {zh: 山, en: Hill}", "name: {zh: 山}", 'sites/hill.yaml:2 "en" is missing'),
    "unknown kind": (SITE, "kind: pump", "kind: pomp", 'sites/hill.yaml:8 unknown kind "pomp" → did you mean "pump"?'),
    "rules that are no equipment": (SITE, "kind: pump", "kind: common", 'sites/hill.yaml:8 unknown kind "common"'),
    "unknown room": (SITE, "room: cellar\n    gateway", "room: celler\n    gateway", 'sites/hill.yaml:9 unknown room "celler" → did you mean "cellar"?'),
    "unknown gateway": (SITE, "gateway: gw-1", "gateway: gw-2", 'sites/hill.yaml:10 unknown gateway "gw-2" → did you mean "gw-1"?'),
    "unknown time zone": (SITE, "Asia/Shanghai", "Asia/Shangai", 'sites/hill.yaml:3 unknown time zone "Asia/Shangai" → did you mean "Asia/Shanghai"?'),
    "unknown parameter": (SITE, "params: {}", "params: {strat: 0.7}", 'sites/hill.yaml:13 unknown parameter of pump "strat" → did you mean "start"?'),
    "unknown limit": (SITE, "limits: {}", "limits: {presure.H: {value: 1.2}}", 'sites/hill.yaml:11 unknown limit "presure.H" → did you mean "pressure.H"?'),
    "unknown point": (SITE, "points: {}", "points: {temps: {source: t}}", 'sites/hill.yaml:12 unknown point "temps" → did you mean "temp"?'),
    "unknown absent point": (SITE, "points: {}", "absent: [okay]", 'sites/hill.yaml:12 unknown point "okay" → did you mean "ok"?'),
    "unknown state": (SITE, "limits: {}", "limits: {mode.STATE: {value: manul}}", 'sites/hill.yaml:11 unknown state "manul" → did you mean "manual"?'),
    "state for a number": (SITE, "limits: {}", "limits: {pressure.H: {value: high}}", "sites/hill.yaml:11 pressure.H needs a number → write a figure in MPa"),
    "number for a boolean": (SITE, "limits: {}", "limits: {ok.STATE: {value: 7}}", "sites/hill.yaml:11 ok is true or false"),
    "beyond the sensor": (SITE, "limits: {}", "limits: {pressure.HH: {value: 1.7}}", "sites/hill.yaml:11 pressure.HH: 1.7 MPa is outside the sensor range 0…1.6 MPa"),
    "parameter beyond the sensor": (SITE, "params: {}", "params: {nominal: 280}", "sites/hill.yaml:13 m1_current.H: 308 A is outside the sensor range 0…300 A"),
    "deadband too wide": (SITE, "limits: {}", "limits: {pressure.H: {deadband: 2}}", "sites/hill.yaml:11 pressure.H: deadband 2 MPa is as wide"),
    "negative delay": (SITE, "limits: {}", "limits: {pressure.H: {on: -1}}", 'sites/hill.yaml:11 "on" cannot be used: -1'),
    "LL over L": (SITE, "limits: {}", "limits: {pressure.LL: {value: 0.9}}", "sites/hill.yaml:11 pressure.LL (0.9) is not below pressure.L (0.84)"),
    "L equal to H": (SITE, "limits: {}", "limits: {pressure.L: {value: 1.05}}", "sites/hill.yaml:11 pressure.L (1.05) is not below pressure.H (1.05)"),
    "H over HH": (SITE, "limits: {}", "limits: {pressure.H: {value: 1.55}}", "sites/hill.yaml:11 pressure.H (1.55) is not below pressure.HH (1.5)"),
    "parameter crosses a limit": (SITE, "params: {}", "params: {start: 1.02}", "sites/hill.yaml:13 pressure.L (1.06) is not below pressure.H (1.05)"),
    "unit of something else": (SITE, "points: {}", "points: {pressure: {unit: V}}", "sites/hill.yaml:12 V does not convert to MPa (pressure) → write one of: Pa, hPa, kPa"),
    "unit and scale": (SITE, "points: {}", "points: {pressure: {unit: kPa, scale: 2}}", "sites/hill.yaml:12 unit and scale are both written"),
    "scale of nothing": (SITE, "points: {}", "points: {pressure: {scale: 0}}", "sites/hill.yaml:12 scale 0 would make every value the same"),
    "unit of a state": (SITE, "points: {}", "points: {mode: {unit: V}}", "sites/hill.yaml:12 mode is no number (enum)"),
    "one source for two": (SITE, "points: {}", "points: {pressure: {source: x}, temp: {source: x}}", 'sites/hill.yaml:12 source name "x" is used twice'),
    "mapped and absent": (SITE, "points: {}", "points: {ok: {source: o}}\n    absent: [ok]", "sites/hill.yaml:12 ok is mapped and also listed as absent"),
    "foreign instance letter": (SITE, "instances: {}", "instances: {k: [1]}", 'sites/hill.yaml:14 pump has no instance letter "k" → this kind has i'),
    "no instances": (SITE, "instances: {}", "instances: {i: []}", "sites/hill.yaml:14 the instances of i are empty or repeat"),
    "instance twice": (SITE, "instances: {}", "instances: {i: [2, 2]}", "sites/hill.yaml:14 the instances of i are empty or repeat"),
    "device twice": (SITE, "{id: gw-1, room: cellar}", "{id: pump-1, room: cellar}", 'sites/hill.yaml:16 device "pump-1" is used twice, first at sites/hill.yaml:7'),
    "room twice": (SITE, "devices:", "  - {id: cellar, name: {zh: 又, en: Again}}\ndevices:", 'sites/hill.yaml:6 room "cellar" is used twice, first at sites/hill.yaml:5'),
    "other file name": (SITE, "site: hill", "site: mount", 'sites/hill.yaml:1 site "mount" is written in sites/hill.yaml'),
    "bad door code": (SITE, "    kind: pump", "    kind: pump\n    code: a-b", "sites/hill.yaml:9 \"code\" cannot be read: 'a-b'"),
    "unknown team": (PEOPLE, "team: works", "team: work", 'people.yaml:6 unknown team "work" → did you mean "works"?'),
    "unknown role": (PEOPLE, "roles: [technician]", "roles: [technicain]", 'people.yaml:7 "technicain" is not possible for roles → did you mean "technician"?'),
    "unknown skill": (PEOPLE, "skills: [pump]", "skills: [pomp]", 'people.yaml:8 unknown skill "pomp" → did you mean "pump"?'),
    "unknown channel": (PEOPLE, "    channels: [console]\n", "    channels: [consol]\n", 'people.yaml:10 unknown channel "consol" → did you mean "console"?'),
    "unknown site of a team": (PEOPLE, "en: Works}, ", "en: Works}, sites: [hil], ", 'people.yaml:2 unknown site "hil" → did you mean "hill"?'),
    "bad shift time": (PEOPLE, "start: 08:00", "start: 8 am", "people.yaml:9 \"start\" cannot be read: '8 am' → write a time of day such as 08:00"),
    "hour 25": (PEOPLE, "end: 20:00", "end: 25:00", "people.yaml:9 \"end\" cannot be read: '25:00'"),
    "empty shift": (PEOPLE, "end: 20:00", "end: 08:00", "people.yaml:9 a shift that ends when it starts"),
    "no such day": (PEOPLE, "{start", "{days: [mo], start", 'people.yaml:9 "mo" is not possible for days → did you mean "mon"?'),
    "person twice": (PEOPLE, "people:\n", "people:\n  - {id: wu, name: 又, team: works, roles: [manager]}\n", 'people.yaml:5 person "wu" is used twice'),
    "bad duration": (SERVICE, "accept: 5 min", "accept: soon", "service.yaml:2 \"accept\" cannot be read: 'soon' → write a duration such as 90 s"),
    "promise before another": (SERVICE, "15 min", "2 min", "service.yaml:2 critical: on_site is promised before accept"),
    "unknown severity": (SERVICE, "critical", "crit", 'service.yaml:2 unknown key "crit" → did you mean "critical"?'),
    "night for a day": (SERVICE, "promises:", "working_day: {start: 18:00, end: 08:00}\npromises:", "service.yaml:1 the working day ends before it starts"),
    "channel kind": (NOTICES, "kind: console", "kind: sms", 'notices.yaml:2 "sms" is not possible for kind'),
    "apprise without url": (NOTICES, "kind: console", "kind: apprise", "notices.yaml:2 a channel of kind apprise needs a url"),
    "apprise without scheme": (NOTICES, "kind: console", "kind: apprise, url: hook.example", "notices.yaml:2 the channel's address has no scheme"),
    "apprise unknown scheme": (NOTICES, "kind: console", "kind: apprise, url: 'jsno://h/x'", "notices.yaml:2 Apprise cannot use the channel's address"),
    "broker without scheme": (ATRIUM, "embedded", "{url: 'localhost:1883'}", "atrium.yaml:1 the broker's address has no scheme"),
    "broker without host": (ATRIUM, "embedded", "{url: 'mqtt://'}", "atrium.yaml:1 the broker's address names no host"),
    "broker port": (ATRIUM, "embedded", "{url: 'mqtt://h:99999'}", "atrium.yaml:1 the port of the broker's address"),
    "web port": (ATRIUM, "embedded", "embedded\nweb: {port: 80800}", 'atrium.yaml:2 "port" cannot be used: 80800 → it should be less than'),
    "database": (ATRIUM, "embedded", "embedded\ndatabase: oracle://h/d", "atrium.yaml:2 the database address has no scheme that is known"),
    "unknown dialect": (ATRIUM, "embedded", "embedded\nsources: [{id: o, url: 'mqtt://h', dialect: atriun}]", 'atrium.yaml:2 unknown dialect "atriun" → did you mean "atrium"?'),
    "bad topic filter": (ATRIUM, "embedded", "embedded\nsources: [{id: o, url: 'mqtt://h', topics: ['a/#/b']}]", 'atrium.yaml:2 "a/#/b" is not an MQTT topic filter'),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_line_and_what_to_do(directory, name):
    file, old, new, complaint = MISTAKES[name]
    directory.edit(file, old, new)
    found = directory.complaints()
    assert [one for one in found if one.startswith(complaint)], found
    assert all(" → " in one for one in found)


def test_the_directory_without_a_mistake_has_no_complaint(directory):
    assert directory.complaints() == []
