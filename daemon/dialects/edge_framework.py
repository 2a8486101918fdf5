"""Edge frameworks that report {mid, timestamp, deviceId, param: {data: {name: value}}} with the time in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.report import dig, strings

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "edge-framework"
TOPICS = ("/v1/network/service/data",)


def open(source: Source) -> Dialect:
    """Devices by `deviceId`. A frame whose `param` has no `data` is a command or its answer and none of our business."""
    return json_family(source, _read)


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    for record in tree if isinstance(tree, list) and tree else [tree]:
        if not isinstance(record, dict) or not isinstance(record.get("param"), dict):
            report.refuse('not an object with "param"')
        elif isinstance(data := dig(record, "param.data"), list):
            for entry in data:
                _values(report, record, entry)
        elif data is not None:
            _values(report, record, data)
        elif "cmd" not in record["param"]:
            report.refuse('"param" has no "data"')


def _values(report: Report, record: dict[str, Any], values: Any) -> None:  # noqa: ANN401 - a JSON value
    if report.about(*strings(record, "deviceId")):
        report.values(values, report.time(record.get("timestamp")))
