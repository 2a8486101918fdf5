"""Sparkplug B: births that name metrics, data that may carry only their aliases, deaths; protobuf, or its JSON rendering.

What a BIRTH said is remembered and saved. What is unknown all the same (a BIRTH missed, a death since) is refused and told:
Atrium only reads, so it never asks for a rebirth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from daemon.dialects.kit.beside import alive
from daemon.dialects.kit.births import Births, Node, session
from daemon.dialects.kit.report import Reader, Report
from daemon.dialects.kit.sparkplug import Metric, Payload, parse, valued
from daemon.dialects.kit.sparkplug_json import rendered
from daemon.dialects.kit.strict import Flaw, text_flaw

if TYPE_CHECKING:
    from daemon.core.nouns import Rejected, Sample
    from daemon.dialects import Dialect, Source

NAME = "sparkplug-b"
TOPICS = ("spBv1.0/+/+/+", "spBv1.0/+/+/+/+")

_READ = frozenset({"NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH"})
# Properties of the node and its devices, and switches to control them: no measurements.
_HOUSEKEEPING = ("bdSeq", "Node Control/", "Node Info/", "Node Properties/", "Device Control/", "Device Info/", "Properties/")


class _Where(NamedTuple):
    group: str
    kind: str
    node: str
    device: str = ""


def open(source: Source) -> Dialect:
    """Devices by group/node/device, node/device or device, nodes by group/node or node; metrics by name or its last part."""
    return _SparkplugB(source)


class _SparkplugB:
    """One source's nodes, with what their births said."""

    def __init__(self, source: Source) -> None:
        self.reader = Reader.of(source)
        self.births = Births()

    @property
    def changed(self) -> bool:
        return self.births.changed

    def pack(self) -> bytes:
        return self.births.pack()

    def restore(self, packed: bytes, /) -> None:
        self.births.restore(packed)

    def __call__(self, topic: str, payload: bytes, at: float, /) -> list[Sample | Rejected]:
        where = _where(topic)
        if where is not None and where.kind not in _READ:
            return []
        report = Report(self.reader, topic, payload, at)
        told = rendered(payload) if payload[:1] == b"{" else parse(payload)
        if where is None:
            report.refuse(Flaw("topic", "not spBv1.0/group/kind/node or spBv1.0/group/kind/node/device"))
        elif isinstance(told, Flaw):
            report.refuse(told)
        else:
            _read(report, self.births, where, told)
        return report.done()


def _where(topic: str) -> _Where | None:
    """None for what is no topic of Sparkplug B. A kind that is not read (commands, STATE) may have any form."""
    levels = topic.split("/")
    if levels[0] != "spBv1.0" or not 3 <= len(levels) <= 5 or not all(levels) or text_flaw(topic) is not None:
        return None
    if len(levels) == 3 or levels[1] == "STATE":
        return _Where("", "STATE", "") if levels[1] == "STATE" else None
    where = _Where(*levels[1:])
    return where if where.kind not in _READ or bool(where.device) == where.kind.startswith("D") else None


def _read(report: Report, births: Births, where: _Where, told: Payload) -> None:
    path = f"{where.group}/{where.node}"
    node = births.node(path)
    births.changed = births.changed or not where.kind.endswith("DATA")
    if node is None:
        report.refuse(Flaw("size", "more nodes than are remembered"))
    elif where.kind != "NDEATH":
        _life(report, node, where, told)
    elif session(told.metrics) not in (None, node.session) and node.session is not None:
        # A last will that comes late, because the node was quicker to return than the broker to notice that it had gone.
        report.refuse(f"the death of an earlier session of {where.node}")
    else:
        births.nodes.pop(path)
        if report.about(*_words(where)):
            alive(report, None, online=False, gateway=True)  # a last will is as old as the session: its time says nothing


def _life(report: Report, node: Node, where: _Where, told: Payload) -> None:
    born = where.kind.endswith("BIRTH")
    if missing := node.count(told.seq, first=where.kind == "NBIRTH"):
        report.refuse(f"{missing} messages of the node {where.node} are missing before this one")
    if born and (wrong := node.bear(where.device, told.metrics)) is not None:
        report.refuse(wrong)
    if where.kind == "DDEATH":
        node.tables.pop(where.device, None)  # its next BIRTH may give other aliases
    if not report.about(*_words(where)):
        return
    if not where.kind.endswith("DATA"):
        alive(report, told.ts, online=born, gateway=not where.device)
    for metric in told.metrics:
        _metric(report, node, where.device, metric, told.ts)


def _words(where: _Where) -> list[str]:
    path = [where.group, where.node, where.device] if where.device else [where.group, where.node]
    return ["/".join(path[n:]) for n in range(len(path))]


def _metric(report: Report, node: Node, device: str, metric: Metric, sent: float | None) -> None:
    name, kind = node.meant(device, metric)
    if not name:
        report.refuse(Flaw("unknown-point", f"alias {metric.alias}: its BIRTH has not been heard, and Atrium never asks for one"))
        return
    if name.startswith(_HOUSEKEEPING):
        return
    when = metric.ts if metric.ts is not None else sent
    if metric.historical and metric.ts is None:
        report.refuse(Flaw("time", f"{name:.40}: a historical value without its time"))
        return
    plain = name.rpartition("/")[2]
    report.value(name, valued(metric.raw, kind), when, *([plain] if plain and node.lone(device, plain) else []))
