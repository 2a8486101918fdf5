"""Opens dialects for tests: a source of the site hill; what it says as (device, point, value, ts), what it refuses as text."""

import json

from daemon.core.nouns import Rejected
from daemon.core.source import Rename, Source, Target
from daemon.dialects import families

AT = 1779069605.0
TS = 1779069600.0  # 2026-05-18 10:00:00 in Beijing
TARGETS = {
    "main_pressure": Target("float", "MPa"),
    "tank_level": Target("float", "m"),
    "pump1_run": Target("bool"),
    "pump1_fault": Target("bool"),
    "controller_mode": Target("enum", "", {"auto": "auto", "自动": "auto", "manual": "manual", "手动": "manual", "off": "off"}),
    "firmware": Target("text"),
}


def source(**fields):
    fields = {"id": "field", "site": "hill", "targets": TARGETS} | fields
    points = fields.pop("points", {})
    return Source(
        points={None: {name: one if isinstance(one, Rename) else Rename(one) for name, one in points.items()}}, **fields
    )


def opened(family, **fields):
    module = families()[family]
    return module.open(source(**{"topics": tuple(getattr(module, "TOPICS", ()))} | fields))


def said(dialect, topic, payload):
    """(samples, refusals) of one message."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
    items = dialect(topic, raw, AT)
    refused = [f"{item.code}: {item.reason}" for item in items if isinstance(item, Rejected)]
    return [(item.device, item.point, item.value, item.ts) for item in items if not isinstance(item, Rejected)], refused


def samples(dialect, topic, payload):
    """The samples of a message in which nothing is refused."""
    found, refused = said(dialect, topic, payload)
    assert refused == []
    return found
