"""Zigbee2MQTT: one flat object a device under zigbee2mqtt/{friendly name}, its availability beside it, the bridge's own state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.beside import alive, flat
from daemon.dialects.kit.documents import documents
from daemon.dialects.kit.report import Reader, Report
from daemon.dialects.kit.stateless import Stateless
from daemon.dialects.kit.strict import Flaw

if TYPE_CHECKING:
    from daemon.core.nouns import Rejected, Sample
    from daemon.dialects import Dialect, Source

NAME = "zigbee2mqtt"
TOPICS = ("zigbee2mqtt/#",)

_NOT_OURS = frozenset({"set", "get"})
_ABOUT = ("update", "device", "update_available")  # the device's software and the like: no readings
_STATES = {"online": True, "offline": False}


def open(source: Source) -> Dialect:
    """Devices by their friendly name, which may hold slashes; the bridge by the base topic (zigbee2mqtt)."""
    reader = Reader.of(source)

    def decode(topic: str, payload: bytes, at: float) -> list[Sample | Rejected]:
        base, _, name = topic.partition("/")
        bridge, leaving = name == "bridge/state", name.endswith("/availability")
        if (name.startswith("bridge/") and not bridge) or not _NOT_OURS.isdisjoint(name.split("/")[1:]):
            return []
        report = Report(reader, topic, payload, at)
        words = (base, "bridge") if bridge else (name.removesuffix("/availability"),)
        if report.about(*words):
            said = payload.decode() if payload in (b"online", b"offline") else None  # as older versions write it
            for tree in [said] if said else documents(payload, source.encoding):
                _state(report, tree, bridge=bridge) if bridge or leaving else _object(report, tree)
        return report.done()

    return Stateless(decode)


def _state(report: Report, tree: Any, *, bridge: bool) -> None:  # noqa: ANN401 - a JSON tree
    said = tree.get("state") if isinstance(tree, dict) else tree
    if isinstance(said, str) and said in _STATES:
        alive(report, None, online=_STATES[said], gateway=bridge)
    else:
        report.refuse("availability is online or offline")


def _object(report: Report, tree: Any) -> None:  # noqa: ANN401 - a JSON tree
    values = {name: value for name, value in tree.items() if name not in _ABOUT} if isinstance(tree, dict) else tree
    level = flat(values) if isinstance(values, dict) else Flaw("schema", "not an object of names and values")
    if isinstance(tree, Flaw) or isinstance(level, Flaw):
        report.refuse(tree if isinstance(tree, Flaw) else level)  # type: ignore[arg-type] # one of them is
        return
    report.values(level, report.time(level.pop("last_seen", None)))
