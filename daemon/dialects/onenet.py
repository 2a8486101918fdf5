"""Family 13, China Mobile OneNET: `{id, version, params: {name: {value, time}}}`; also its older data points,
`{id, dp: {name: [{v, t}]}}`.

The device is the name in the topic, in a gateway's batch (`…/thing/pack/post`) that of each sub-device. Replies and settings on
the same tree are ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.report import strings
from daemon.dialects.kit.timed import timed

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "onenet"
TOPICS = ("$sys/+/{device}/thing/property/post", "$sys/+/{device}/thing/pack/post", "$sys/+/{device}/dp/post/json")

_PACK = "/thing/pack/post"
_READ = ("/property/post", _PACK, "/dp/post/json")


def open(source: Source) -> Dialect:
    """Devices by device name."""
    return json_family(source, _read, deaf=lambda topic: not topic.endswith(_READ))


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    if not isinstance(tree, dict):
        report.refuse("not an object")
    elif report.topic.endswith(_PACK):
        _pack(report, tree.get("params"))
    elif report.about():
        if isinstance(tree.get("dp"), dict):
            _points(report, tree["dp"])
        else:
            timed(report, tree.get("params"), None)


def _pack(report: Report, children: Any) -> None:  # noqa: ANN401 - a JSON value
    if not isinstance(children, list):
        report.refuse('"params" of a batch is a list of sub-devices')
        return
    report.said = report.said._replace(device="")  # the gateway's name is not the sub-device's
    for child in children:
        identity = child.get("identity") if isinstance(child, dict) else None
        if not isinstance(identity, dict):
            report.refuse("a sub-device without an identity")
        elif report.about(*strings(identity, "deviceName")):
            timed(report, child.get("properties"), None)


def _points(report: Report, points: dict[str, Any]) -> None:
    for name, entries in points.items():
        for entry in entries if isinstance(entries, list) else [entries]:
            if isinstance(entry, dict):
                report.value(name, entry.get("v"), report.time(entry.get("t")))
            else:
                report.refuse("a data point that is no object")
