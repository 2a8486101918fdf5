"""Family 10, Alibaba's Alink: `{id, version, params: {name: {value, time}}, method}`; a plain `{name: value}` is accepted too.

The device is the deviceName in the topic. A gateway's batch (`…/property/pack/post`) names its sub-devices by deviceName, or
`productKey/deviceName`. Settings, services and replies on the same tree are ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.report import strings
from daemon.dialects.kit.timed import timed

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "alink"
TOPICS = ("/sys/+/{device}/thing/event/property/post", "/sys/+/{device}/thing/event/property/pack/post")

_POST = "/property/post"
_PACK = "/property/pack/post"


def open(source: Source) -> Dialect:
    """Devices by deviceName."""
    return json_family(source, _read, deaf=lambda topic: not topic.endswith((_POST, _PACK)))


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    params = tree.get("params") if isinstance(tree, dict) else None
    if not isinstance(params, dict):
        report.refuse('not an object with "params"')
    elif report.topic.endswith(_PACK):
        _pack(report, params)
    elif report.about():
        timed(report, params, None)


def _pack(report: Report, params: dict[str, Any]) -> None:
    own = params.get("properties")
    if own and report.about():
        timed(report, own, None)
    children = params.get("subDevices")
    for child in children if isinstance(children, list) else []:
        identity = child.get("identity") if isinstance(child, dict) else None
        if not isinstance(identity, dict):
            report.refuse("a sub-device without an identity")
            continue
        product, name = strings(identity, "productKey", "deviceName")
        report.said = report.said._replace(device="")  # the gateway's name is not the sub-device's
        if report.about(f"{product}/{name}", name) and child.get("properties"):
            timed(report, child["properties"], None)
