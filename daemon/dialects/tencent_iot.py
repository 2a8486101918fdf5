"""Family 12, Tencent IoT Explorer: `{method: "report", clientToken, timestamp, params: {…}}`, the time in s or ms.

The device is the name in the topic. Other methods (answers, controls) and what goes down are ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.timed import timed

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "tencent-iot"
TOPICS = ("$thing/up/property/+/{device}",)


def open(source: Source) -> Dialect:
    """Devices by device name."""
    return json_family(source, _read, deaf=lambda topic: "thing/down/" in topic)


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    if not isinstance(tree, dict) or not isinstance(tree.get("method"), str):
        report.refuse('not an object with a "method"')
    elif tree["method"] == "report" and report.about():
        timed(report, tree.get("params"), report.time(tree.get("timestamp")))
