"""Family 4, Neuron's tags format: `{node, group, timestamp, tags: [{name, value} or {name, error}]}`.

The device is the node (or `node/group`); an error in place of a value is a failed read, told with its number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.report import strings

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report
    from daemon.dialects.kit.strict import Flaw

NAME = "neuron-tags"
TOPICS = ("/neuron/+/+/+",)


def open(source: Source) -> Dialect:
    """Devices by node/group or node."""
    return json_family(source, _read)


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    if not isinstance(tree, dict) or not isinstance(tree.get("tags"), list):
        report.refuse('not an object with "tags"')
        return
    node, group = strings(tree, "node", "group")
    if report.about(f"{node}/{group}", node):
        when = report.time(tree.get("timestamp"))
        for tag in tree["tags"]:
            _tag(report, tag, when)


def _tag(report: Report, tag: Any, when: float | Flaw | None) -> None:  # noqa: ANN401 - a JSON value
    if not isinstance(tag, dict) or not isinstance(tag.get("name"), str):
        report.refuse("a tag without a name")
    elif tag.get("error"):
        report.failed(tag["name"], f"error {tag['error']}")
    else:
        report.value(tag["name"], tag.get("value"), when)
