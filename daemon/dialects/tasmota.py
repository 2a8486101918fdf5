"""Tasmota plugs and sensors: nested JSON with a local time without zone under tele/{topic}/SENSOR, states, and a last will."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.dialects.kit.beside import alive, extra, flat, spread
from daemon.dialects.kit.documents import documents
from daemon.dialects.kit.report import Reader, Report
from daemon.dialects.kit.stateless import Stateless
from daemon.dialects.kit.strict import Flaw

if TYPE_CHECKING:
    from daemon.core.nouns import Rejected, Sample
    from daemon.dialects import Dialect, Source

NAME = "tasmota"
TOPICS = ("tele/+/SENSOR", "tele/+/STATE", "tele/+/LWT", "stat/+/RESULT", "stat/+/POWER")

_PREFIXES = frozenset({"tele", "stat"})
_LWT = {b"Online": True, b"Offline": False}
# A member says in which unit others of the message are.
_UNITS = {"TempUnit": ("Temperature", "DewPoint"), "PressureUnit": ("Pressure", "SeaPressure"), "SpeedUnit": ("Speed",)}
_SPELT = {"C": "°C", "F": "°F"}


def open(source: Source) -> Dialect:
    """Devices by the topic Tasmota calls %topic%; values by their path (ENERGY.Power) or its last part."""
    reader = Reader.of(source)

    def decode(topic: str, payload: bytes, at: float) -> list[Sample | Rejected]:
        *path, leaf = topic.split("/")
        words = [level for level in path if level not in _PREFIXES]
        if "cmnd" in path or len(words) == len(path):
            return []
        report = Report(reader, topic, payload, at)
        if report.about("/".join(words), *words[-1:]):
            _leaf(report, leaf, payload)
        return report.done()

    return Stateless(decode)


def _leaf(report: Report, leaf: str, payload: bytes) -> None:
    if leaf == "LWT":
        if payload in _LWT:
            alive(report, None, online=_LWT[payload])
        else:
            report.refuse("a last will is Online or Offline")
    elif leaf.startswith("POWER"):
        report.value(leaf, payload[:16].decode("latin-1"), None)
    elif leaf in ("SENSOR", "STATE", "RESULT"):
        for tree in documents(payload, report.reader.source.encoding):
            _object(report, tree, sensor=leaf == "SENSOR")


def _object(report: Report, tree: Any, *, sensor: bool) -> None:  # noqa: ANN401 - a JSON tree
    values = tree if isinstance(tree, Flaw) else flat(tree) if isinstance(tree, dict) else Flaw("schema", "not an object")
    if isinstance(values, Flaw):
        report.refuse(values)
        return
    when = report.time(values.pop("Time", None))
    switches = {name: values.pop(name) for name in list(values) if name.startswith("POWER")}
    spread(report, {**switches, **_measured(values)} if sensor else switches, when)
    for name, written in () if sensor else values.items():
        extra(report, name, written, when)


def _measured(values: dict[str, Any]) -> dict[str, Any]:
    """The values, with the unit behind each number whose unit another member tells."""
    told = {word: values.pop(word) for word in _UNITS if isinstance(values.get(word), str)}
    units = {name: unit for word, unit in told.items() for name in _UNITS[word]}
    return {name: _with(written, units.get(name.rpartition(".")[2], "")) for name, written in values.items()}


def _with(written: Any, unit: str) -> Any:  # noqa: ANN401 - a JSON value
    return f"{written} {_SPELT.get(unit, unit)}" if unit and type(written) in (int, float) else written
