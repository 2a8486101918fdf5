"""ThingsPanel: values of a device, or of a gateway with its sub-devices and sub-gateways, as telemetry, attributes or events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "thingspanel"
TOPICS = (
    "gateway/telemetry", "gateway/attributes/+", "gateway/event/+",
    "devices/telemetry", "devices/attributes/+", "devices/event/+",
)  # fmt: skip

_DOWN = frozenset({"control", "set", "get", "command", "response", "ota"})
_ENVELOPE = frozenset({"gateway_data", "sub_device_data", "sub_gateway_data"})
_DEEPEST = 4  # gateways behind gateways


def open(source: Source) -> Dialect:
    """Sub-devices by their address under the gateway; the platform's topics name no gateway: say `device`, or `field`."""
    return json_family(source, _read, deaf=_deaf)


def _deaf(topic: str) -> bool:
    return not _DOWN.isdisjoint(topic.split("/")[1:])


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    event = "event" in report.topic.split("/")
    if not isinstance(tree, dict):
        report.refuse("not an object")
    elif _ENVELOPE.isdisjoint(tree):
        if report.about():
            _values(report, tree, event=event)
    else:
        _gateway(report, tree, [], event=event)


def _gateway(report: Report, tree: dict[str, Any], above: list[str], *, event: bool) -> None:
    path = "/".join(above)
    own = tree.get("gateway_data")
    if own and report.about(path, *above[-1:]):
        _values(report, own, event=event)
    for address, values in _members(report, tree, "sub_device_data"):
        if report.about("/".join([*above, address]), address):
            _values(report, values, event=event)
    for address, inner in _members(report, tree, "sub_gateway_data"):
        if not isinstance(inner, dict) or len(above) >= _DEEPEST:
            report.refuse("a sub-gateway that is no object, or lies too deep")
        else:
            _gateway(report, inner, [*above, address], event=event)


def _members(report: Report, tree: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    """Address and data of each; null, which the platform allows, is none."""
    found = tree.get(name) or {}
    if isinstance(found, dict):
        return list(found.items())
    report.refuse(f'"{name}" is an object of addresses')
    return []


def _values(report: Report, values: Any, *, event: bool) -> None:  # noqa: ANN401 - a JSON value
    if not event or not isinstance(values, dict):
        report.values(values)
        return
    method, params = values.get("method"), values.get("params")
    if not isinstance(method, str) or not isinstance(params, dict):
        report.refuse('an event has a "method" and "params"')
        return
    for name, written in params.items():
        report.value(f"{method}.{name}", written, None, name)
