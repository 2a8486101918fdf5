"""Lists of {name, value, time}, alone or in records of one device each, as platforms push them and small gateways send them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.report import strings

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "name-value-time"

# Every vendor has its own words; the first that an item has counts.
_NAMES = ("key", "name", "identifier", "code", "tag", "point", "pid", "id")
_VALUES = ("value", "val", "v")
_TIMES = ("time", "ts", "timestamp", "t")
_LISTS = ("properties", "data", "points", "values", "items", "params")
_DEVICES = ("deviceId", "device_id", "deviceName", "device", "devId", "did", "sn")


def open(source: Source) -> Dialect:
    """Devices by `deviceId` and its kin in the payload, else by the topic."""
    return json_family(source, _read)


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    entries = tree if isinstance(tree, list) else [tree]
    if not entries:
        report.refuse("an empty list")
    for entry in entries:
        if not isinstance(entry, dict):
            report.refuse("neither a value with its name nor a record of such values")
        elif (items := _first(entry, _LISTS, list)) is not None:
            _record(report, entry, items)
        else:
            _item(report, entry, None)


def _record(report: Report, record: dict[str, Any], items: list[Any]) -> None:
    if not report.about(*strings(record, *_DEVICES)):
        return
    when = _first(record, _TIMES)
    for item in items:
        if isinstance(item, dict):
            _item(report, item, when)
        else:
            report.refuse("not a value with its name")


def _item(report: Report, item: dict[str, Any], when: object) -> None:
    name = next((name for name in strings(item, *_NAMES) if name), "")
    if not name or not any(word in item for word in _VALUES):
        report.refuse("a value needs its name and the value itself")
        return
    own = _first(item, _TIMES)
    report.value(name, next(item[word] for word in _VALUES if word in item), report.time(when if own in (None, "") else own))


def _first(tree: dict[str, Any], words: tuple[str, ...], kind: type = object) -> Any:  # noqa: ANN401 - a JSON value
    return next((tree[word] for word in words if word in tree and isinstance(tree[word], kind)), None)
