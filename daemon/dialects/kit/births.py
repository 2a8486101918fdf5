"""Remembers what Sparkplug's births said: which metric an alias stands for, its datatype, the session, the last number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from daemon.dialects.kit.strict import Flaw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daemon.dialects.kit.sparkplug import Metric

MOST_NODES = 4096
MOST_METRICS = 65536  # of one node with all its devices
_CYCLE = 256  # numbers of messages
_LATE = (0, *range(_CYCLE - 16, _CYCLE))  # the same message again, or one of those before it


@dataclass(slots=True)
class _Table:
    """What one BIRTH said, of a node (device "") or of a device."""

    kinds: dict[str, str] = field(default_factory=dict)  # name → datatype
    names: dict[int, str] = field(default_factory=dict)  # alias → name
    tails: Counter[str] = field(default_factory=Counter)  # last part of a name → how many names end in it

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, int | None]]) -> _Table:
        table = cls()
        for name, kind, alias in rows:
            if name not in table.kinds:
                table.tails[name.rpartition("/")[2]] += 1
            table.kinds[name] = kind
            if alias is not None:
                table.names[alias] = name
        return table

    def rows(self) -> list[tuple[str, str, int | None]]:
        aliases = {name: alias for alias, name in self.names.items()}
        return [(name, kind, aliases.get(name)) for name, kind in self.kinds.items()]


@dataclass(slots=True)
class Node:
    """An edge node. `session` is its bdSeq, `seq` the number of its last message; None: unknown."""

    session: int | None = None
    seq: int | None = None
    tables: dict[str, _Table] = field(default_factory=dict)

    def meant(self, device: str, metric: Metric) -> tuple[str, str]:
        """Name and datatype of a metric that may give only its alias; ("", "") where that is unknown."""
        table = self.tables.get(device)
        name = metric.name or (table.names.get(metric.alias, "") if table and metric.alias is not None else "")
        return name, metric.kind or (table.kinds.get(name, "") if table else "")

    def lone(self, device: str, tail: str) -> bool:
        """Does only one metric of the device end so? Two pumps' `run` must not become one point."""
        table = self.tables.get(device)
        return table is None or table.tails[tail] <= 1

    def count(self, seq: int | None, *, first: bool) -> int:
        """How many messages are missing before this one; 0 where nobody can know, and for one that comes twice or late."""
        known, self.seq = self.seq, seq
        if first or known is None or seq is None:
            return 0
        if (seq - known) % _CYCLE in _LATE:
            self.seq = known
            return 0
        return (seq - known - 1) % _CYCLE

    def bear(self, device: str, metrics: list[Metric]) -> Flaw | None:
        """A BIRTH: what was known of the device, or for a node's BIRTH of all its devices, holds no longer."""
        if not device:
            self.tables.clear()
            self.session = session(metrics)
        self.tables.pop(device, None)
        if sum(len(table.kinds) for table in self.tables.values()) + len(metrics) > MOST_METRICS:
            return Flaw("size", f"more than {MOST_METRICS} metrics of one node")
        self.tables[device] = _Table.of((metric.name, metric.kind, metric.alias) for metric in metrics if metric.name)
        return None


class Births:
    """All nodes of a source. `seq` is not saved: it changes with every message, and only a loss is told by it."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.changed = False

    def node(self, path: str) -> Node | None:
        """The node, made if it is new; None where too many are known."""
        if path not in self.nodes:
            if len(self.nodes) >= MOST_NODES:
                return None
            self.nodes[path] = Node()
        return self.nodes[path]

    def pack(self) -> bytes:
        """Everything, for `restore`."""
        self.changed = False
        return msgspec.msgpack.encode(
            {
                path: (node.session, {device: table.rows() for device, table in node.tables.items()})
                for path, node in self.nodes.items()
                if node.tables
            }
        )

    def restore(self, packed: bytes) -> None:
        """Take up what was packed."""
        told = _packed.decode(packed) if packed else {}
        self.nodes = {
            path: Node(session, None, {device: _Table.of(rows) for device, rows in tables.items()})
            for path, (session, tables) in told.items()
        }
        self.changed = False


def session(metrics: Iterable[Metric]) -> int | None:
    """The bdSeq among these metrics: the same in a node's BIRTH and in the last will it left at the broker then."""
    found = next((metric.raw for metric in metrics if metric.name == "bdSeq"), None)
    return found if type(found) is int and 0 <= found < 1 << 63 else None


_packed = msgspec.msgpack.Decoder(dict[str, tuple[int | None, dict[str, list[tuple[str, str, int | None]]]]])
