"""Family 6, Four-Faith gateways: `{did, utime, content: [{pid, type, addr, addrv, ctime}]}`, everything quoted, local times.

The device is the gateway's serial with the slave (`FD5140000001/1`) or alone; a point goes by slave and address (`1/40001`) or by
the address. `type` 0 is analogue, 1 digital. A value's own `ctime` outranks `utime`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.report import strings

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report
    from daemon.dialects.kit.strict import Flaw

NAME = "four-faith"


def open(source: Source) -> Dialect:
    """Devices by did/pid or did, points by pid/addr or addr."""
    return json_family(source, _read)


def _read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    if not isinstance(tree, dict) or not isinstance(tree.get("content"), list):
        report.refuse('not an object with "content"')
        return
    (serial,) = strings(tree, "did")
    when = report.time(tree.get("utime"))
    for item in tree["content"]:
        _item(report, serial, item, when)


def _item(report: Report, serial: str, item: Any, when: float | Flaw | None) -> None:  # noqa: ANN401 - a JSON value
    slave, address = strings(item, "pid", "addr") if isinstance(item, dict) else ("", "")
    if not address:
        report.refuse("an item of the content without an addr")
    elif report.about(f"{serial}/{slave}", serial):
        own = report.time(item.get("ctime"))
        report.value(f"{slave}/{address}", item.get("addrv"), when if own is None else own, address)
