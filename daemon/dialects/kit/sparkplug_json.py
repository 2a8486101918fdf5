"""Turns the JSON rendering of a Sparkplug payload, which some tools publish, into the same metrics as the protobuf."""

from __future__ import annotations

from typing import Any

from daemon.dialects.kit.documents import documents
from daemon.dialects.kit.sparkplug import Metric, Payload
from daemon.dialects.kit.strict import Flaw
from daemon.dialects.kit.times import instant

_KINDS = ("dataType", "datatype", "type")


def rendered(payload: bytes) -> Payload | Flaw:
    """The message, bare or beside its topic under `payload`."""
    tree = documents(payload)[0]
    if isinstance(tree, dict) and isinstance(tree.get("payload"), dict):
        tree = tree["payload"]
    if isinstance(tree, Flaw):
        return tree
    if not isinstance(tree, dict) or not isinstance(metrics := tree.get("metrics", []), list):
        return Flaw("schema", 'not an object with "metrics"')
    seq = tree.get("seq")
    ts = _time(tree.get("timestamp"))
    if isinstance(ts, Flaw):
        return ts
    return Payload(ts, seq if type(seq) is int and 0 <= seq < 256 else None, [_metric(metric) for metric in metrics])


def _metric(told: Any) -> Metric:  # noqa: ANN401 - a JSON value
    if not isinstance(told, dict):
        return Metric("", None, None, "", Flaw("schema", "a metric is an object"))
    name, alias, ts = told.get("name"), told.get("alias"), _time(told.get("timestamp"))
    kind = next((told[word] for word in _KINDS if isinstance(told.get(word), str)), "")
    raw = told.get("value")
    if isinstance(ts, Flaw):
        raw, ts = ts, None
    elif raw is None or told.get("isNull") is True or told.get("is_null") is True:
        raw = Flaw("value", "no value (null)")
    elif not isinstance(raw, (str, int, float, Flaw)):
        raw = Flaw("schema", "no single value but a nested one")
    return Metric(
        name if isinstance(name, str) else "", alias if type(alias) is int and 0 <= alias < 1 << 63 else None, ts, kind, raw,
        historical=True in (told.get("isHistorical"), told.get("is_historical")),
    )  # fmt: skip


def _time(written: object) -> float | Flaw | None:
    return None if written is None else instant(written)
