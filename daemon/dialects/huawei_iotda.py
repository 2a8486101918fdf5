"""Family 11, Huawei IoTDA: `{services: [{service_id, properties, event_time}]}`, times as 20260518T020000Z (UTC).

The device is the device_id in the topic, in a gateway's report that of each sub-device. A property goes by `service_id/name`, or
by its name. Commands, settings and their answers on the same tree are ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.report import strings
from daemon.dialects.kit.timed import timed

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "huawei-iotda"
TOPICS = ("$oc/devices/{device}/sys/properties/report", "$oc/devices/{device}/sys/gateway/sub_devices/properties/report")

_REPORT = "/properties/report"


def open(source: Source) -> Dialect:
    """Devices by device_id, points by service_id/name or name."""
    return json_family(source, _read, deaf=lambda topic: not topic.endswith(_REPORT))


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    devices = tree.get("devices") if isinstance(tree, dict) else None
    if not isinstance(devices, list):
        if report.about():
            _services(report, tree)
        return
    report.said = report.said._replace(device="")  # the gateway's id is not the sub-device's
    for device in devices:
        if report.about(*strings(device, "device_id")) if isinstance(device, dict) else report.about(""):
            _services(report, device)


def _services(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON value
    services = tree.get("services") if isinstance(tree, dict) else None
    if not isinstance(services, list):
        report.refuse('not an object with "services"')
        return
    for service in services:
        if not isinstance(service, dict):
            report.refuse("a service that is no object")
            continue
        (name,) = strings(service, "service_id")
        timed(report, service.get("properties"), report.time(service.get("event_time")), prefix=name)
