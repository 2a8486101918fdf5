"""Turns a kind into its page, and all kinds into the page that lists them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sensors.docs import tables
from sensors.docs.markdown import code, plain, table
from sensors.docs.signatures import section
from sensors.docs.sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sensors.kit.words import Kind

MADE = "<!-- 由 atrium equipment 生成，请改 sensors/ · made by `atrium equipment` from sensors/: change it there -->"
LEGEND = [
    (
        "> **依据** [S] 数值见于所列来源；[K] 据对标准的了解，未与其原文核对；[J] 工程判断。"
        "只有 [S] 引自来源；[K]、[J] 不是法规要求，以现场设定和现行标准原文为准。"
    ),
    ">",
    (
        "> **Evidence** [S] seen in a source listed below; [K] from knowledge of the standard, not checked against its text; "
        "[J] engineering judgment. [K] and [J] are not requirements of law: the site's own settings and the standard in force "
        "decide."
    ),
    "",
]
POINTS = (
    (
        "量程、正常范围、周期、分辨率和噪声是对参考设备的工程判断 [J]。"
        "花括号中的字母是编号：`pump{i}_run` 即 `pump1_run`、`pump2_run`……"
    ),
    (
        "Ranges, usual bands, periods, resolution and noise are engineering judgment [J] for the reference plant. A letter in "
        "braces is the number of the instance: `pump{i}_run` stands for `pump1_run`, `pump2_run` …"
    ),
)
LIMITS = (
    "任一限值都可在 `config/sites/*.yaml` 中按设备修改，或在 `config/kinds/*.yaml` 中整类修改。",
    "Any limit can be changed for a device in `config/sites/*.yaml`, or for the whole kind in `config/kinds/*.yaml`.",
)
DRIFT = (
    "这些表计各有可比的对象，偏离它就报漂移（[DQ-05](common.md)）；没有对象的表计只有学习的正常值能看出漂移。",
    (
        "These gauges have something to be held against; one that leaves it drifts ([DQ-05](common.md)). A gauge without "
        "that can be seen to drift by what is learned only."
    ),
)
INTRODUCTION = [
    "每类设备一页：测点、限值及其原因、故障特征的文字说明、巡检和标注故障。条件的写法见 [conditions.md](../conditions.md)。",
    "",
    (
        "One page for each kind: points, limits with their reasons, failures in words, inspections and labelled faults. How "
        "conditions are written: [conditions.md](../conditions.md)."
    ),
    "",
    "自建类别与修改 / Kinds of one's own and changes: [own_kinds.md](../own_kinds.md).",
    "",
]
_KEY = re.compile(r"S:([\w-]+)")


def page(kind: Kind) -> str:
    """Everything known about a kind."""
    lines = [
        MADE,
        "",
        f"# {kind.says.zh} · {kind.says.en}",
        "",
        f"{code(kind.id)} · {_counts(kind)}",
        "",
        *_body(kind),
    ]
    text = "\n".join(lines)
    return text + "\n".join(["## 来源 Sources", "", *_sources(text), ""])


def _body(kind: Kind) -> list[str]:
    return [
        *(line for line in (plain(kind.explains.zh), "", plain(kind.explains.en), "", plain(kind.scope), "")),
        *LEGEND,
        *("## 参数 Parameters", "", *tables.params(kind)),
        *("## 测点 Points", "", *_both(POINTS), *tables.points(kind)),
        *("## 限值 Limits", "", *_both(LIMITS), *tables.limits(kind)),
        *("## 故障特征 Signatures", "", *(line for one in kind.signatures for line in section(one, kind))),
        *(("## 漂移 Drift", "", *_both(DRIFT), *tables.yardsticks(kind)) if kind.yardsticks else ()),
        *("## 巡检 Inspections", "", *tables.tasks(kind)),
        *("## 标注故障 Labelled faults", "", *tables.faults(kind)),
    ]


def _both(texts: tuple[str, str]) -> list[str]:
    return [texts[0], "", texts[1], ""]


def _counts(kind: Kind) -> str:
    """35 points · 30 limits · …, in both languages."""
    return (
        f"{len(kind.points)} 个测点 points · {len(kind.limits)} 条限值 limits · {len(kind.signatures)} 种故障特征 signatures · "
        f"{len(kind.tasks)} 项巡检 inspections · {len(kind.faults)} 种标注故障 labelled faults"
    )


def _sources(text: str) -> list[str]:
    """The sources that the page names, by key."""
    named = dict.fromkeys(_KEY.findall(text))
    return [f"- `{key}` {plain(SOURCES[key][0])} <{SOURCES[key][1]}>" for key in named if key in SOURCES] or ["无 / none"]


def index(kinds: Iterable[Kind]) -> str:
    """All kinds with their counts."""
    listed = list(kinds)
    heads = ("类别 kind", "测点 points", "限值 limits", "故障特征 signatures", "巡检 inspections", "标注故障 faults")
    rows = [(f"[{one.says.zh} · {one.says.en}]({one.id}.md)", *map(str, _figures(one))) for one in listed]
    rows.append(("合计 in all", *(str(sum(column)) for column in zip(*map(_figures, listed), strict=True))))
    return "\n".join([MADE, "", "# 设备 · Equipment", "", *INTRODUCTION, *LEGEND, *table(heads, rows)])


def _figures(kind: Kind) -> tuple[int, ...]:
    return len(kind.points), len(kind.limits), len(kind.signatures), len(kind.tasks), len(kind.faults)
