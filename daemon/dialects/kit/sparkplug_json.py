"""Turns the JSON rendering of a Sparkplug payload, which some tools publish, into the same metrics as the protobuf."""

from __future__ import annotations

from typing import Any

from daemon.dialects.kit.documents import documents
from daemon.dialects.kit.sparkplug import Metric, Payload, Value
from daemon.dialects.kit.strict import Flaw, text_flaw
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
    name, alias, ts = told.get("name", ""), told.get("alias"), _time(told.get("timestamp"))
    wrong = Flaw("schema", "a metric's name is a text") if not isinstance(name, str) else text_flaw(name)
    return Metric(
        name="" if wrong is not None else name,
        alias=alias if type(alias) is int and 0 <= alias < 1 << 63 else None,
        ts=None if isinstance(ts, Flaw) else ts,
        kind=next((told[word] for word in _KINDS if isinstance(told.get(word), str) and text_flaw(told[word]) is None), ""),
        raw=wrong or (ts if isinstance(ts, Flaw) else _raw(told)),
        historical=True in (told.get("isHistorical"), told.get("is_historical")),
    )


def _raw(told: dict[str, Any]) -> Value | Flaw:
    raw = told.get("value")
    if raw is None or True in (told.get("isNull"), told.get("is_null")):
        return Flaw("value", "no value (null)")
    return raw if isinstance(raw, (str, int, float, Flaw)) else Flaw("schema", "no single value but a nested one")


def _time(written: object) -> float | Flaw | None:
    return None if written is None else instant(written)
