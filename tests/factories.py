"""Small communities for tests: `make_site()` is one fire pump, two EV chargers, a gateway, and five people around the clock.

Every maker takes the parts that matter to a test and fills in the rest.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from daemon.core import tickets
from daemon.core.nouns import Episode, Reason
from daemon.core.site import (
    Channel,
    Device,
    LimitRule,
    Model,
    NoticeChannel,
    Person,
    Room,
    ServiceTerms,
    Shift,
    SignatureRule,
    Site,
    Team,
)
from sensors.kit.words import CRITICAL, MAJOR, MINOR, Kind, Level, Limit, Point, Signature, Text, Type

ZONE = "Asia/Shanghai"
EVERY_DAY = tuple(range(7))
TERMS = ServiceTerms(
    accept={"critical": 300.0, "major": 1200.0, "minor": 36000.0},
    on_site={"critical": 900.0, "major": 14400.0, "minor": 3 * 86400.0},
    repair={"critical": 1800.0, "major": 14400.0},
    working=frozenset({("minor", "accept")}),
)
FIRE_PUMP = Kind(
    "fire_pump",
    Text("消防泵站", "Fire pump station"),
    Text("这里是小区的消防泵房。", "This is the fire pump room."),
    points=(
        Point("main_pressure", Text("消防主管压力", "Fire main pressure"), "MPa", span=(0, 1.6), normal=(0.87, 0.95), every=10),
        Point("pump{i}_run", Text("消防泵运行", "Fire pump running"), "", Type.BOOL, heartbeat=60, index="i", instances=2),
        Point("pump{i}_temp", Text("泵轴承温度", "Pump bearing temperature"), "Cel", every=60, index="i", instances=2),
        Point("pressure_setpoint", Text("设定压力", "Pressure set-point"), "MPa", every=60),
        Point(
            "flood",
            Text("地面水浸", "Floor water"),
            "",
            Type.BOOL,
            heartbeat=60,
            words=(Text("地面无水", "no water on the floor"), Text("地面有水", "water on the floor")),
        ),
        Point("door_open", Text("泵房门开", "Pump room door open"), "", Type.BOOL, heartbeat=60),
    ),
    limits=(
        Limit("main_pressure", Level.L, "<", 0.84, MAJOR, on=60, off=60, deadband=0.02),
        Limit("main_pressure", Level.LL, "<", 0.80, CRITICAL, on=5, off=30, deadband=0.03),
        Limit("pump{i}_temp", Level.H, ">", 75.0, MINOR, on=60, off=60, deadband=5),
        Limit("flood", Level.STATE, "==", 1.0, MAJOR, on=5, off=60),
        Limit("door_open", Level.STATE, "==", 1.0, MINOR, on=60),
    ),
    signatures=(
        Signature(
            "FP-01",
            Text("低压主泵未启动", "Main pump did not start although pressure is low"),
            CRITICAL,
            "for(main_pressure < 0.80, 10s) and not any(pump{i}_run)",
            Text("立即派人到泵房，看控制柜是否在自动。", "Send someone to the room now and check AUTO."),
            causes=(Text("压力开关失效", "pressure switch failed"),),
            hides=("main_pressure.LL", "main_pressure.L"),
        ),
    ),
    headline=("main_pressure", "pump{i}_run", "pressure_setpoint", "door_open"),
)
EV_CHARGER = Kind(
    "ev_charger",
    Text("充电桩", "EV charging pile"),
    Text("这里给电动汽车充电。", "Electric cars charge here."),
    points=(Point("gun_temp", Text("枪头温度", "Plug temperature"), "Cel", every=30),),
    limits=(Limit("gun_temp", Level.H, ">", 90.0, MAJOR, on=30, off=60, deadband=5),),
    headline=("gun_temp",),
)
GATEWAY = Kind("gateway", Text("网关", "Gateway"), Text("网关把数据送来。", "The gateway brings the data."))


def at(text: str, zone: str = ZONE) -> float:
    """`2026-11-22 14:28` as a local wall clock shows it → epoch seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def _numbers(point: Point) -> list[int | None]:
    return list(range(1, point.instances + 1)) if point.index else [None]


def _named(name: str, point: Point, number: int | None) -> str:
    return name.replace("{" + point.index + "}", str(number)) if point.index else name


def _channels(kind: Kind) -> dict[str, Channel]:
    made = [(_named(p.name, p, n), p, n) for p in kind.points for n in _numbers(p)]
    return {name: Channel(name, point, number, source=name) for name, point, number in made}


def _limits(kind: Kind) -> tuple[LimitRule, ...]:
    points = {p.name: p for p in kind.points}
    made = [(limit, _named(limit.point, points[limit.point], n)) for limit in kind.limits for n in _numbers(points[limit.point])]
    return tuple(
        LimitRule(f"{c}.{x.level}", c, x.level, x.op, x.value, x.severity, x.on, x.off, x.deadband, x.when, x) for x, c in made
    )


def make_device(id_: str = "fire-pump", *, kind: Kind = FIRE_PUMP, room: str = "fire-pump-room", **fields) -> Device:
    """A device of this kind with every point fitted, its limits and its (instance-free) signatures."""
    parts = {name: fields.pop(name) for name in Model.__slots__ if name in fields}
    base = Device(
        id=id_,
        site="hongshan",
        model=replace(make_model(kind), **parts),
        room=room,
        name=Text(f"{kind.says.zh} {id_}", f"{kind.says.en} {id_}"),
        gateway=None if kind is GATEWAY else "gw-1",
        code=id_[:4],
    )
    return replace(base, **fields)


def make_model(kind: Kind) -> Model:
    """What all devices of a kind share that are configured as the reference plant."""
    return Model(
        kind=kind,
        channels=_channels(kind),
        params={p.name: p.default for p in kind.params},
        limits=_limits(kind),
        signatures=tuple(SignatureRule(s.id, s.when, s.severity, s.on, s.off, s.hides, s) for s in kind.signatures),
        instances={p.index: tuple(range(1, p.instances + 1)) for p in kind.points if p.index},
    )


def make_person(id_: str, *roles: str, team: str = "works", **fields) -> Person:
    """On duty day and night, heard by the channel `console`, unless told otherwise."""
    base = Person(
        id_, f"name of {id_}", team, roles or ("technician",), channels=("console",), phone=f"138{sum(map(ord, id_)):08d}"
    )
    return replace(base, **fields)


def make_people() -> list[Person]:
    """Two technicians sharing the clock, a charging specialist, an operator by day and a manager."""
    day, night = Shift(EVERY_DAY, 8 * 60, 20 * 60), Shift(EVERY_DAY, 20 * 60, 8 * 60)
    return [
        make_person("wang", shifts=(day,), skills=("fire_pump",), channels=("console", "bell")),
        make_person("li", shifts=(night,), skills=("fire_pump",)),
        make_person("chen", team="charging", shifts=(day,), skills=("ev_charger",)),
        make_person("zhao", "operator", team="desk", shifts=(day,)),
        make_person("sun", "manager", team="desk", shifts=(day,)),
    ]


def make_devices() -> list[Device]:
    """A fire pump, two EV chargers and the gateway they report through."""
    return [
        make_device(),
        make_device("ev-01", kind=EV_CHARGER, room="car-park"),
        make_device("ev-02", kind=EV_CHARGER, room="car-park"),
        make_device("gw-1", kind=GATEWAY),
    ]


def make_site(*, devices: list[Device] | None = None, people: list[Person] | None = None, **fields) -> Site:
    """Hongshan in small. `fields` replaces anything of Site."""
    rooms = [
        Room("fire-pump-room", Text("消防泵房", "Fire pump room")),
        Room("car-park", Text("地下车库", "Car park")),
        Room("guard-room", Text("监控室", "Guard room"), public=False),
    ]
    teams = [
        Team("works", Text("工程部", "Works")),
        Team("charging", Text("充电组", "Charging")),
        Team("desk", Text("值班室", "Desk")),
    ]
    base = Site(
        id="hongshan",
        name=Text("红山郡", "Hongshan"),
        timezone=ZONE,
        rooms={room.id: room for room in rooms},
        devices={d.id: d for d in (make_devices() if devices is None else devices)},
        people={p.id: p for p in (make_people() if people is None else people)},
        teams={team.id: team for team in teams},
        terms=TERMS,
        channels={"console": NoticeChannel("console", "console"), "bell": NoticeChannel("bell", "bell")},
        prefix="HS",
    )
    return replace(base, **fields)


NOON = at("2026-11-23 12:00")  # a Monday
WORDS = {
    "severity": CRITICAL,
    "title": Text("低压主泵未启动", "Main pump did not start"),
    "reason": Reason("0.76 MPa < 0.80 MPa 已 31 秒", "0.76 MPa < 0.80 MPa for 31 s", {"main_pressure": 0.76}),
    "do_first": Text("立即派人到泵房", "Send someone to the room now"),
    "causes": (Text("压力开关失效", "pressure switch failed"),),
}


def open_ticket(site: Site | None = None, *, device: str = "fire-pump", when: float = NOON, **fields):
    """The change that opens a ticket for FP-01, handed to whoever is on duty; `fields` replaces arguments of `tickets.opened`."""
    site = site or make_site()
    base = {"incident": f"incident of {device} at {when}", "rules": ("FP-01",), "number": "HS-20261123-0001", "evidence": {}}
    base |= {"cause": device, "at": when, **WORDS, **fields}
    return tickets.opened(site=site, device=site.devices[device], **base)


def make_episode(
    rule: str = "FP-01", *, device: str = "fire-pump", severity=CRITICAL, raised_at: float = NOON, **fields
) -> Episode:
    """An active episode."""
    id_ = f"{device}:{rule}:{raised_at}"
    base = Episode(id_, "hongshan", device, rule, severity, raised_at - 30, raised_at, Reason("原因", "reason"), id_)
    return replace(base, **fields)


# Who acts on a ticket, as `tickets.act` asks for it.
WANG = {"actor": "wang", "roles": ("technician",), "team": "works"}
HU = {"actor": "hu", "roles": ("technician",), "team": "works"}
CHEN = {"actor": "chen", "roles": ("technician",), "team": "charging"}
ZHAO = {"actor": "zhao", "roles": ("operator",), "team": "desk"}
