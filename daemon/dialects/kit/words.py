"""Turns what stands for a value in a payload into a number, a switch or a state: quoted numbers, numbers with their unit, words
for on and off in both languages, and all the ways of saying that a read failed (which is never a zero)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from daemon.config.units import convert
from daemon.core.source import Target, folded
from daemon.dialects.kit.strict import LARGEST, Flaw, flaw, shown

if TYPE_CHECKING:
    from daemon.core.nouns import Value
    from daemon.core.source import Rename, Source

FAILED = frozenset(
    (
        *(
            "",
            "-",
            "--",
            "---",
            "----",
            "*",
            "**",
            "***",
            "****",
            "?",
            "??",
            "???",
            "#n/a",
            "n/a",
            "na",
            "nan",
            "null",
            "nil",
            "none",
        ),
        *(
            "err",
            "error",
            "bad",
            "fail",
            "failed",
            "failure",
            "timeout",
            "invalid",
            "no data",
            "nodata",
            "inf",
            "-inf",
            "undefined",
        ),
        *("错误", "无效", "超时", "读取失败", "读失败", "采集失败", "无数据", "通讯失败", "通讯中断", "通信失败", "通信中断"),
    )
)
ON = ["运行", "运转", "启动", "启", "开", "开启", "打开", "合", "合闸", "接通", "投入", "是", "有", "on", "run", "running", "yes"]
OFF = [
    "停",
    "停止",
    "停机",
    "停用",
    "关",
    "关闭",
    "关断",
    "分",
    "分闸",
    "断开",
    "退出",
    "否",
    "无",
    "off",
    "stop",
    "stopped",
    "no",
]
SWITCH = dict.fromkeys([*ON, "true"], True) | dict.fromkeys([*OFF, "false"], False)
# These say on or off only of something that is an alarm itself: a pump that is "normal" need not run.
ALARM = dict.fromkeys(["故障", "报警", "告警", "异常", "动作", "fault", "alarm"], True)
ALARM |= dict.fromkeys(["正常", "无故障", "无报警", "normal", "ok"], False)
STATES = {
    **dict.fromkeys(["自动", "自动状态", "远程", "automatic"], ("auto",)),
    **dict.fromkeys(["手动", "手动状态", "就地", "本地", "hand", "local"], ("manual",)),
    **dict.fromkeys(["停止", "停机", "停", "关", "关闭", "停用", "stop"], ("off", "disabled")),
    **dict.fromkeys(["运行", "运转", "启动", "running", "on"], ("run",)),
    **dict.fromkeys(["故障", "异常", "fault", "faulted"], ("fault", "Faulted")),
    **dict.fromkeys(["空闲", "待机", "standby"], ("idle", "Available")),
    **dict.fromkeys(["充电", "充电中"], ("charging", "Charging")),
    **dict.fromkeys(["无", "正常", "normal"], ("none", "NoError")),
}
NUMBERS = ("float", "int", "counter")
SPELT = {
    "Mpa": "MPa",
    "MPA": "MPa",
    "mpa": "MPa",
    "Kpa": "kPa",
    "KPa": "kPa",
    "KPA": "kPa",
    "kpa": "kPa",
    "Bar": "bar",
    "BAR": "bar",
}
SPELT |= {
    "KW": "kW",
    "Kw": "kW",
    "kw": "kW",
    "KWH": "kWh",
    "Kwh": "kWh",
    "kwh": "kWh",
    "v": "V",
    "KV": "kV",
    "a": "A",
    "hz": "Hz",
    "HZ": "Hz",
}
SPELT |= {
    "C": "℃",
    "摄氏度": "℃",
    "度": "℃",
    "米": "m",
    "M": "m",
    "毫米": "mm",
    "t/h": "m3/h",
    "mH₂O": "mH2O",
    "mh2o": "mH2O",
    "r/min": "rpm",
}
_ALARMING = re.compile(r"fault|alarm|trip|leak|smoke|flood|lost|error|warning|overload")
_NUMBER = re.compile(r"([+-]?[0-9]{1,20}(?:\.[0-9]{0,20})?(?:[eE][+-]?[0-9]{1,2})?) ?([^0-9\s].{0,11})?")
_UNKNOWN = Target("")


def meaning(source: Source, rename: Rename, point: str, written: Any) -> Value | Flaw:  # noqa: ANN401 - a JSON value
    """The value of `point`, ours by name, in our unit; or why there is none."""
    wrong = flaw(written)
    if wrong is not None:
        return wrong
    said = folded(written)
    if (state := rename.states.get(said)) is not None:
        return state
    if said in source.failures:
        return _failed(written)
    if isinstance(written, str):
        return _text(source, rename, point, written.strip())
    return written if isinstance(written, bool) else _scaled(rename, written)


def _text(source: Source, rename: Rename, point: str, written: str) -> Value | Flaw:
    target = source.targets.get(point, _UNKNOWN)
    said = written.casefold()
    if target.states and (state := _state(source, target, said)) is not None:
        return state
    if target.type == "text":
        return written or _failed(written)
    if said in FAILED:
        return _failed(written)
    if said in source.states:
        return source.states[said]
    if found := _NUMBER.fullmatch(written):
        return _number(rename, target, float(found[1]), found[2] or "") if found[2] or not target.states else written
    return written if target.type in NUMBERS or target.states else _switch(point, said, written)


def _state(source: Source, target: Target, said: str) -> str | None:
    if said in target.states:
        return target.states[said]
    own = source.states.get(said)
    candidates = (own,) if isinstance(own, str) else STATES.get(said, ())
    return next((target.states[one.casefold()] for one in candidates if one.casefold() in target.states), None)


def _switch(point: str, said: str, written: str) -> Value:
    if said in SWITCH:
        return SWITCH[said]
    return ALARM[said] if said in ALARM and _ALARMING.search(point) else written


def _number(rename: Rename, target: Target, number: float, unit: str) -> Value | Flaw:
    if not -LARGEST <= number <= LARGEST:
        return Flaw("number", f"the number {number:.6g} is beyond any physical range")
    whole = int(number) if number.is_integer() else number
    if not unit or not target.unit or (rename.scale, rename.offset) != (1.0, 0.0):
        return _scaled(rename, whole)
    found = _converted(unit.strip(), target.unit)
    if found is None:
        return Flaw("value", f"{shown(unit, 20)} does not convert to {target.unit}")
    return whole if found == (1.0, 0.0) else number * found[0] + found[1]


def _scaled(rename: Rename, number: float) -> float:
    return number if rename.scale == 1.0 and rename.offset == 0.0 else number * rename.scale + rename.offset


def _failed(written: Value) -> Flaw:
    return Flaw("value", f"the source could not read it: {shown(str(written), 40) or 'nothing'}")


@lru_cache(maxsize=1024)
def _converted(unit: str, target: str) -> tuple[float, float] | None:
    unit = unit.replace("²", "2").replace("³", "3")
    return convert(SPELT.get(unit, unit), target)
