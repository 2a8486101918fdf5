"""Family 9, raw Modbus frames written as hex in JSON: `{"rowdata": "010304026C00883BF0"}`.

As with `modbus-frames`, `mapping: registers:` (and `polls:`) say what the bytes mean. The device is a level of the topic or a
member (`field`), alone or with the slave. The frames stand in `rowdata`, `rawdata`, `data` or `hex`, or in `options: {data: …}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import json_family
from daemon.dialects.kit.modbus import frames
from daemon.dialects.kit.registers import Map

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "raw-hex"
NEEDS = ("registers",)
OPTIONS = {"data": "the member that holds the hex", "time": "the member that holds the time"}
MEMBERS = ("rowdata", "rawdata", "data", "hex")


def open(source: Source) -> Dialect:
    """Devices by topic or field, with the slave or alone."""
    registers = Map(source)
    members = (str(source.options["data"]),) if "data" in source.options else MEMBERS
    clock = str(source.options.get("time", "ts"))

    def read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
        found = [tree[name] for name in members if name in tree] if isinstance(tree, dict) else []
        written = found[0] if found else None
        payload = _bytes(written) if isinstance(written, str) else None
        if payload is None:
            report.refuse(f"no hex under {' or '.join(members)}")
        else:
            registers.tell(report, frames(payload), report.time(tree.get(clock)))

    return json_family(source, read)


def _bytes(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text.strip().removeprefix("0x").replace(",", " "))
    except ValueError:
        return None
