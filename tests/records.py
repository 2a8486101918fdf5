"""Complete nouns for tests of what is stored: every field filled, both languages, each told apart by its name."""

from daemon.core.learned.finding import Detector, Finding
from daemon.core.learned.review import Entry
from daemon.core.nouns import AlarmEvent, Episode, Message, Notice, Reason, Ticket, TicketEvent
from sensors.kit.words import CRITICAL, Text


def make_ticket(name="a", **fields):
    return Ticket(
        id=name,
        number=f"HS-20261122-{name}",
        public_id=f"PUB{name}",
        incident=f"inc-{name}",
        **{
            "site": "hongshan",
            "device": "fire-pump",
            "room": "fire-pump-room",
            "cause": "fire-pump",
            "rules": ("FP-01", "main_pressure.LL"),
            "severity": CRITICAL,
            "title": Text("主泵没有启动", "No main pump started"),
            "reason": Reason(
                "压力 0.76 MPa", "0.76 MPa < 0.80 MPa", {"main_pressure": 0.76, "controller_mode": "auto", "on": True}
            ),
            "do_first": Text("立即派人", "Send someone now"),
            "causes": (Text("压力开关失效", "pressure switch failed"),),
            "opened_at": 100.25,
            "evidence": {"from": 40.0, "to": 160.0},
            **fields,
        },
    )


def make_event(ticket, seq, at=100.0, **fields):
    return TicketEvent(ticket, seq, at, "comment", note="注意", data={"seq": seq}, **fields)


def make_episode(name="e1", **fields):
    return Episode(
        **{
            "id": name,
            "site": "hongshan",
            "device": "fire-pump",
            "rule": "FP-01",
            "severity": CRITICAL,
            "breach_ts": 90.0,
            "raised_at": 100.0,
            "reason": Reason("压力低", "low", {"main_pressure": 0.76}),
            "incident": "inc-a",
            **fields,
        }
    )


def raised(name="e1", **fields):
    episode = make_episode(name, **fields)
    return AlarmEvent("raised", episode.raised_at, episode)


def make_notice(key="k1", **fields):
    return Notice(
        **{
            "key": key,
            "at": 100.0,
            "person": "wang",
            "channel": "bell",
            "ticket": "a",
            "severity": CRITICAL,
            "why": "opened",
            "title": Text("主泵没有启动", "No main pump started"),
            "body": Text("请到泵房", "Go to the room"),
            **fields,
        }
    )


def make_message(number=0):
    return Message(
        f"atrium/hongshan/pump-{number}/telemetry", b'{"v":%d,"\xff":0}' % number, 100.0 + number, retain=number % 2 == 1
    )


def make_finding(name="f1", **fields):
    return Finding(
        **{
            "id": name,
            "site": "hongshan",
            "device": "fire-pump",
            "detector": Detector.CHANNEL,
            "points": ("main_pressure",),
            "at": 200.0,
            "evidence": 11.5,
            "reason": Reason("压力 1.05 MPa；少见", "1.05 MPa; rare", {"main_pressure": 1.05}),
            **fields,
        }
    )


def make_entry(name="a", **fields):
    findings = fields.pop("findings", (make_finding(name),))
    return Entry(
        **{
            "id": name,
            "site": "hongshan",
            "device": "fire-pump",
            "opened_at": 200.0,
            "last_at": 200.0,
            "findings": findings,
            **fields,
        }
    )
