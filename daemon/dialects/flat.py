"""Family 1, 1b and 2 under topics of the installer's choice: `{name: value}`, `{ts, values}`, a list of either, a bare value.

The device is a level of the topic (`factory/{device}/data`) or a member of the payload (`field: 设备编号`). Times stand in the
first of `TIMES` that is there, or in `options: {time: …}`. What describes the record is no point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.family import begin, json_family

if TYPE_CHECKING:
    from daemon.dialects import Dialect, Source
    from daemon.dialects.kit.report import Report

NAME = "flat"
OPTIONS = {"time": "the member that holds the time"}
TIMES = ("ts", "time", "timestamp", "Time", "utime", "时间", "采集时间", "上报时间")
_NESTED = ("values", "data", "params")


def open(source: Source) -> Dialect:
    """Names, device words, time zone and encoding come from the mapping."""
    return json_family(source, read)


def read(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    """One document."""
    if isinstance(tree, list):
        for record in tree:
            begin(report, record)
            _record(report, record)
    elif isinstance(tree, dict):
        _record(report, tree)
    elif report.said.point:
        report.value(report.said.point, tree, None)
    else:
        report.refuse("neither an object nor a list of objects; a bare value needs {point} in the topic")


def _record(report: Report, record: Any) -> None:  # noqa: ANN401 - a JSON value
    if not isinstance(record, dict):
        report.refuse("an entry of the list is no object")
        return
    source = report.reader.source
    names = (str(source.options["time"]),) if "time" in source.options else TIMES
    name = next((name for name in names if name in record), "")
    about = {name, source.member.partition(".")[0]}
    nested = next((one for one in _NESTED if isinstance(record.get(one), dict)), "")
    values = record[nested] if nested else {key: value for key, value in record.items() if key not in about}
    if values:
        report.values(values, report.time(record.get(name)))
    else:
        report.refuse("a record without values")
