"""Family 3, gateways that speak ThingsBoard's gateway interface: `{device: [{ts, values}]}`, one message for many sub-devices.

The names in it are the devices' words; `v1/gateway/attributes` (`{device: {name: value}}`) is read alike. Connects, answers to
remote calls and attribute requests on the same tree are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.topics import is_command

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "thingsboard-gateway"
TOPICS = ("v1/gateway/telemetry", "v1/gateway/attributes")

_OTHERS = ("connect", "disconnect", "claim", "provision", "response")


def open(source: Source) -> Dialect:
    """Devices by the names in the payload."""
    return json_family(source, _read, deaf=_deaf)


def _deaf(topic: str) -> bool:
    return is_command(topic) or topic.rpartition("/")[2] in _OTHERS


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    if not isinstance(tree, dict):
        report.refuse("not an object of devices")
        return
    for device, records in tree.items():
        if report.about(device):
            for record in records if isinstance(records, list) else [records]:
                _record(report, record)


def _record(report: Report, record: Any) -> None:  # noqa: ANN401 - a JSON value
    if isinstance(record, dict) and "values" in record:
        report.values(record["values"], report.time(record.get("ts")))
    else:
        report.values(record)
