"""Turns the protobuf payload of Sparkplug B into metrics with names or aliases, times and plain values.

The few fields needed are declared here with the numbers of the public schema (Eclipse Tahu, sparkplug_b.proto): protobuf skips
what is not declared, so properties, metadata and extensions cost nothing. Integers travel unsigned; the datatype, which DATA
messages may leave out, says how many bits they have and whether the highest is a sign (Sparkplug 3.0, chapter 6.4.16).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory

from daemon.dialects.kit.strict import Flaw, text_flaw
from daemon.dialects.kit.text import inflate

Value = float | bool | str
_DOUBLE, _FLOAT, _UINT64, _BOOL, _MESSAGE, _BYTES, _UINT32 = 1, 2, 4, 8, 11, 12, 13  # FieldDescriptorProto.Type
# Texts are declared as bytes, which are the same on the wire: a broken one then spoils its own metric and not the message.
_METRIC = (
    ("name", 1, _BYTES), ("alias", 2, _UINT64), ("timestamp", 3, _UINT64), ("datatype", 4, _UINT32), ("is_historical", 5, _BOOL),
    ("is_null", 7, _BOOL), ("int_value", 10, _UINT32), ("long_value", 11, _UINT64), ("float_value", 12, _FLOAT),
    ("double_value", 13, _DOUBLE), ("boolean_value", 14, _BOOL), ("string_value", 15, _BYTES), ("bytes_value", 16, _BYTES),
    ("dataset_value", 17, _BYTES), ("template_value", 18, _BYTES), ("extension_value", 19, _BYTES),
)  # fmt: skip
_PAYLOAD = (("timestamp", 1, _UINT64), ("seq", 3, _UINT64), ("uuid", 4, _BYTES), ("body", 5, _BYTES))
_COMPRESSED = b"SPBV1.0_COMPRESSED"  # the uuid of a message whose body is another one, packed by gzip or deflate
_LATEST = 10**14  # ms: the year 5138
_WHOLE = {"Int8": 8, "Int16": 16, "Int32": 32, "Int64": 64, "UInt8": 8, "UInt16": 16, "UInt32": 32, "UInt64": 64, "DateTime": 64}
_PLAIN = {
    "Float": (float, int), "Double": (float, int), "Boolean": (bool,), "String": (str,), "Text": (str,), "UUID": (str,),
}  # fmt: skip
_TYPES = (
    "Unknown", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float", "Double", "Boolean", "String",
    "DateTime", "Text", "UUID", "DataSet", "Bytes", "File", "Template", "PropertySet", "PropertySetList",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Metric:
    """One value as sent. `name` "" and `alias` None where not given; `ts` epoch s or None; `kind` the datatype's name, "" unsaid;
    `raw` the number, text or truth on the wire, or why there is none: `valued` makes of it what the datatype says."""

    name: str
    alias: int | None
    ts: float | None
    kind: str
    raw: Value | Flaw
    historical: bool = False


@dataclass(frozen=True, slots=True)
class Payload:
    """One message. `seq` 0 to 255, None where not given."""

    ts: float | None
    seq: int | None
    metrics: list[Metric]


def parse(payload: bytes) -> Payload | Flaw:
    """The message in these bytes, or why they are none."""
    told = _read(payload)
    if not isinstance(told, Flaw) and told.uuid == _COMPRESSED:
        plain = inflate(told.body)
        told = plain if isinstance(plain, Flaw) else _read(plain)
    if isinstance(told, Flaw):
        return told
    ts = _time(told)
    if isinstance(ts, Flaw):
        return ts
    return Payload(
        ts=ts,
        seq=told.seq if told.HasField("seq") and told.seq < 256 else None,
        metrics=[_metric(metric) for metric in told.metrics],
    )


def _read(payload: bytes) -> Any:  # noqa: ANN401 - a protobuf message made at start, or a flaw
    told = _Payload()
    try:
        told.ParseFromString(payload)
    except message.DecodeError:
        return Flaw("schema", "not a protobuf payload of Sparkplug B")
    return told


def valued(raw: Value | Flaw, kind: str) -> Value | Flaw:
    """The value of a metric whose datatype is `kind`; without one a whole number may be signed or not: refused."""
    if isinstance(raw, Flaw):
        return raw
    if kind in _WHOLE:
        return _whole(raw, _WHOLE[kind], signed=kind.startswith("I"))
    if not kind:
        return raw if type(raw) is not int else Flaw("schema", "a whole number without its datatype: signed or not is unknown")
    if kind not in _PLAIN:
        return Flaw("schema", f"a metric of type {kind} is no single value")
    return raw if type(raw) in _PLAIN[kind] else Flaw("value", f"{raw!r:.40} is not of the type {kind}")


def _whole(raw: Value, bits: int, *, signed: bool) -> int | Flaw:
    """Some senders put a negative number into as many bits as its type has, others into 32 or 64: all give the same."""
    if type(raw) is not int or not -(1 << 63) <= raw < 1 << 64:
        return Flaw("value", f"{raw!r:.40} is no whole number")
    if not signed:
        return raw if 0 <= raw < 1 << bits else Flaw("number", f"{raw} does not fit {bits} bits without a sign")
    width = next(width for width in (bits, 32, 64) if raw < 1 << width)
    number = raw - (1 << width) if raw > 0 and raw >> width - 1 else raw
    return number if -(1 << bits - 1) <= number < 1 << bits - 1 else Flaw("number", f"{raw} does not fit {bits} bits with a sign")


def _metric(told: Any) -> Metric:  # noqa: ANN401 - a protobuf message made at start
    name, ts = _text(told.name), _time(told)
    wrong = next((one for one in (name, ts) if isinstance(one, Flaw)), None)
    return Metric(
        name="" if isinstance(name, Flaw) else name,
        alias=told.alias if told.HasField("alias") else None,
        ts=None if isinstance(ts, Flaw) else ts,
        kind=(_TYPES[told.datatype] if told.datatype < len(_TYPES) else "array") if told.datatype else "",
        raw=wrong or _raw(told),
        historical=told.is_historical,
    )


def _time(told: Any) -> float | Flaw | None:  # noqa: ANN401 - a protobuf message made at start
    """Milliseconds, always."""
    if not told.HasField("timestamp"):
        return None
    return told.timestamp / 1000 if told.timestamp < _LATEST else Flaw("time", f"{told.timestamp} ms is no time")


def _raw(told: Any) -> Value | Flaw:  # noqa: ANN401 - a protobuf message made at start
    field = told.WhichOneof("value")
    if told.is_null or field is None:
        return Flaw("value", "no value (null)")
    if field == "string_value":
        return _text(told.string_value)
    if field in ("bytes_value", "dataset_value", "template_value", "extension_value"):
        return Flaw("schema", f"no single value but a {field.removesuffix('_value')}")
    return getattr(told, field)  # type: ignore[no-any-return]


def _text(written: bytes) -> str | Flaw:
    try:
        told = written.decode("utf-8")
    except UnicodeDecodeError:
        return Flaw("unicode", "a text that is not UTF-8")
    return text_flaw(told) or told


def _declared() -> Any:  # noqa: ANN401 - a class made at start
    """The class of the payload, made of the fields above in a pool of its own: the process may know the real schema too."""
    file = descriptor_pb2.FileDescriptorProto(name="sparkplug.proto", package="sparkplug", syntax="proto2")
    metric = file.message_type.add(name="Metric")
    metric.oneof_decl.add(name="value")
    for name, number, kind in _METRIC:
        field = metric.field.add(name=name, number=number, type=kind, label=1)
        if number >= 10:
            field.oneof_index = 0
    payload = file.message_type.add(name="Payload")
    for name, number, kind in _PAYLOAD:
        payload.field.add(name=name, number=number, type=kind, label=1)
    payload.field.add(name="metrics", number=2, type=_MESSAGE, type_name=".sparkplug.Metric", label=3)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("sparkplug.Payload"))


_Payload = _declared()
