"""Writes Sparkplug payloads with protobuf itself, after the public schema: what the reader is tried on."""

from __future__ import annotations

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

# The public schema's fields with its own types (texts as texts, DataSet as a message), declared apart from the code under test.
KINDS = {"double": 1, "float": 2, "uint64": 4, "bool": 8, "string": 9, "message": 11, "bytes": 12, "uint32": 13}
SCHEMA = {
    "DataSet": "num_of_columns:1:uint64 columns:2:string*",
    "MetaData": "is_multi_part:1:bool content_type:2:string size:3:uint64 description:8:string",
    "Metric": (
        "name:1:string alias:2:uint64 timestamp:3:uint64 datatype:4:uint32 is_historical:5:bool is_transient:6:bool "
        "is_null:7:bool metadata:8:MetaData int_value:10:uint32 long_value:11:uint64 float_value:12:float double_value:13:double "
        "boolean_value:14:bool string_value:15:string bytes_value:16:bytes dataset_value:17:DataSet"
    ),
    "Payload": "timestamp:1:uint64 metrics:2:Metric* seq:3:uint64 uuid:4:string body:5:bytes",
}


def published():
    """The class of the schema's payload."""
    file = descriptor_pb2.FileDescriptorProto(name="published.proto", package="published", syntax="proto2")
    for name, fields in SCHEMA.items():
        declared = file.message_type.add(name=name)
        if name == "Metric":
            declared.oneof_decl.add(name="value")
        for field_name, number, kind in (field.split(":") for field in fields.split()):
            field = declared.field.add(name=field_name, number=int(number), label=3 if kind.endswith("*") else 1)
            field.type = KINDS.get(kind.rstrip("*"), 11)
            if field.type == 11:
                field.type_name = f".published.{kind.rstrip('*')}"
            if name == "Metric" and int(number) >= 10:
                field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("published.Payload"))


PAYLOAD = published()


def sent(*metrics, **members):
    """The bytes of a payload with these metrics."""
    return PAYLOAD(metrics=metrics, **members).SerializeToString()
