"""Numbers, units, states and durations as people say them, Chinese and English together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sensors.kit.words import Text, Type

if TYPE_CHECKING:
    from sensors.kit.words import Point

# State words that controllers use, as the trade says them. A state without an entry is shown as it is.
_STATES = {
    "auto": "自动", "manual": "手动", "off": "停用", "main": "主电源", "backup": "备用电源", "none": "无电源", "standby": "待机",
    "purge": "吹扫", "ignition": "点火", "run": "运行", "lockout": "锁定", "fault": "故障", "idle": "空闲", "charging": "充电中",
    "full": "已充满", "disabled": "停用", "Available": "空闲", "Preparing": "准备中", "Charging": "充电中",
    "SuspendedEV": "车辆暂停", "SuspendedEVSE": "桩暂停", "Finishing": "结束中", "Reserved": "已预约",
    "Unavailable": "不可用", "Faulted": "故障",
}  # fmt: skip
UNITS = {
    "Cel": "°C", "1": "", "bool": "", "enum": "", "m3/h": "m³/h", "m3/d": "m³/d", "m3": "m³", "m2": "m²", "mg/m3": "mg/m³",
    "kohm": "kΩ", "kOhm": "kΩ", "uA": "µA", "uS/cm": "µS/cm", "pH": "",
}  # fmt: skip


def unit(point: Point) -> str:
    """The unit as written for people."""
    return UNITS.get(point.unit, point.unit)


def number(point: Point, value: float | str | bool | tuple[str, ...]) -> str:  # noqa: FBT001 - a value as measured
    """A figure rounded to the point's resolution: 0.7634 → 0.763."""
    if isinstance(value, tuple):
        return " / ".join(value)
    if isinstance(value, str):
        return value
    places = 2 if not point.resolution else max(0, min(4, math.ceil(-math.log10(point.resolution) - 1e-9)))
    text = f"{float(value):.{places}f}"
    if "." in text:
        whole, _, fraction = text.partition(".")
        text = f"{whole}.{fraction.rstrip('0').ljust(min(2, places), '0')}"
    return text


def quantity(point: Point, value: float | str | bool | tuple[str, ...]) -> Text:  # noqa: FBT001 - a value as measured
    """A value with its unit, or its state word: 0.76 MPa · 自动 / auto · 是 / yes."""
    if point.type is Type.BOOL and not isinstance(value, (str, tuple)):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, str):
        return _state(point, value)
    if isinstance(value, tuple):
        words = [_state(point, word) for word in value]
        return Text("、".join(word.zh for word in words), ", ".join(word.en for word in words))
    said = f"{number(point, value)} {unit(point)}".rstrip()
    return Text(said, said)


def _state(point: Point, value: str) -> Text:
    """The point's own word for a state, else the trade's."""
    if point.words and value in point.states:
        return point.words[point.states.index(value)]
    return Text(_STATES.get(value, value), value)


def duration(seconds: float) -> Text:
    """31 → 31 秒 / 31 s; 125 → 2 分 5 秒 / 2 min 5 s; 300 → 5 分钟 / 5 min; 7200 → 2 小时 / 2 h; 3 days → 3 天 / 3 d."""
    left = round(seconds)
    if left < 60:
        return Text(f"{left} 秒", f"{left} s")
    if left < 3600:
        return _pair(left // 60, left % 60, ("分", "秒"), ("min", "s"))
    if left < 86400:
        return _pair(left // 3600, left % 3600 // 60, ("小时", "分"), ("h", "min"))
    return _pair(left // 86400, left % 86400 // 3600, ("天", "小时"), ("d", "h"))


def _pair(big: int, small: int, zh: tuple[str, str], en: tuple[str, str]) -> Text:
    if not small:
        return Text(f"{big} {zh[0]}".replace("分", "分钟"), f"{big} {en[0]}")
    return Text(f"{big} {zh[0]} {small} {zh[1]}", f"{big} {en[0]} {small} {en[1]}")
