"""Family 7, USR edge gateways: a flat JSON of the installer's own template, numbers quoted, failed reads filled with a text.

The device is the member `gw` unless `field` names another; points go by their names (`p_main`, or `node0101`: slave 01, point
01), usually whole numbers ×10 (`scale: 0.1`). Write frames under `rw_prot` going down are ignored; what comes up in them is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects import flat
from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.report import strings

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "usr-gateway"
OPTIONS = flat.OPTIONS
GATEWAYS = ("gw", "sn", "mac", "imei")


def open(source: Source) -> Dialect:
    """Devices by `gw` or the configured field; the text for failed reads goes under mapping: failures."""
    return json_family(source, _read)


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    if not isinstance(tree, dict):
        report.refuse("not an object")
    elif "rw_prot" in tree:
        _answer(report, tree["rw_prot"])
    else:
        values = {name: value for name, value in tree.items() if name not in GATEWAYS}
        if report.about(*strings(tree, *GATEWAYS)):
            flat.read(report, values)


def _answer(report: Report, frame: Any) -> None:  # noqa: ANN401 - a JSON value
    """An answer to a read or write asked by others: `{dir: up, id, r_data or w_data: [{name, value, err}]}`."""
    if not isinstance(frame, dict):
        report.refuse('"rw_prot" is no object')
    elif frame.get("dir") == "up":
        items = frame.get("r_data") or frame.get("w_data") or []
        for item in items if isinstance(items, list) else [items]:
            _item(report, item)


def _item(report: Report, item: Any) -> None:  # noqa: ANN401 - a JSON value
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        report.refuse("an item without a name")
    elif str(item.get("err") or "0") not in ("0", "0.0", "False"):
        report.failed(item["name"], f"error {item['err']}")
    else:
        report.value(item["name"], item.get("value"), None)
