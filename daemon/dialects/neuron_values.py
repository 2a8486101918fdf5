"""Family 5, Neuron's values format: `{node, group, timestamp, values: {…}, errors: {name: number}, metas: {…}}`.

The device is the node (or `node/group`); what stands under `errors` is a failed read, told with its number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.report import strings

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "neuron-values"
TOPICS = ("/neuron/+/+/+",)


def open(source: Source) -> Dialect:
    """Devices by node/group or node."""
    return json_family(source, _read)


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    if not isinstance(tree, dict) or "values" not in tree:
        report.refuse('not an object with "values"')
        return
    node, group = strings(tree, "node", "group")
    if not report.about(f"{node}/{group}", node):
        return
    values, errors = tree["values"], tree.get("errors") or {}
    failed = errors if isinstance(errors, dict) else {}
    if isinstance(values, dict):  # a name under both was not read
        values = {name: value for name, value in values.items() if not failed.get(name)}
    report.values(values, report.time(tree.get("timestamp")))
    for name, error in failed.items():
        if error:
            report.failed(name, f"error {error}")
