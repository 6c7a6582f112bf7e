"""The messages that the Functions host and its Python worker exchange.

The worker's library takes the message classes from whoever runs it. These are real
protobuf classes, as strict about types as the host's own, made from the table below:
the part of the host's protocol that indexing and an HTTP trigger use.
"""

from __future__ import annotations

from types import SimpleNamespace

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

# Field: type. «[]» repeats it, «{}» makes a map from string to it, «a|b» puts the
# field into the union a.
MESSAGES = {
    "RpcException": {"message": "string", "stack_trace": "string"},
    "StatusResult": {"status": "Status", "exception": "RpcException"},
    "WorkerMetadata": {
        "runtime_name": "string",
        "runtime_version": "string",
        "worker_version": "string",
        "worker_bitness": "string",
        "custom_properties": "{}string",
    },
    "WorkerInitRequest": {
        "host_version": "string",
        "capabilities": "{}string",
        "function_app_directory": "string",
    },
    "WorkerInitResponse": {
        "capabilities": "{}string",
        "worker_metadata": "WorkerMetadata",
        "result": "StatusResult",
    },
    "BindingInfo": {
        "type": "string",
        "direction": "Direction",
        "data_type": "DataType",
    },
    "RpcRetryOptions": {"max_retry_count": "int32"},
    "RpcFunctionMetadata": {
        "name": "string",
        "directory": "string",
        "script_file": "string",
        "entry_point": "string",
        "bindings": "{}BindingInfo",
        "is_proxy": "bool",
        "language": "string",
        "raw_bindings": "[]string",
        "function_id": "string",
        "managed_dependency_enabled": "bool",
        "retry_options": "RpcRetryOptions",
        "properties": "{}string",
    },
    "FunctionMetadataResponse": {
        "function_metadata_results": "[]RpcFunctionMetadata",
        "result": "StatusResult",
        "use_default_metadata_indexing": "bool",
    },
    "FunctionLoadRequest": {
        "function_id": "string",
        "metadata": "RpcFunctionMetadata",
    },
    "FunctionLoadResponse": {"function_id": "string", "result": "StatusResult"},
    "RpcHttpCookie": {"name": "string", "value": "string"},
    "RpcHttp": {
        "method": "string",
        "url": "string",
        "headers": "{}string",
        "body": "TypedData",
        "params": "{}string",
        "status_code": "string",
        "query": "{}string",
        "enable_content_negotiation": "bool",
        "cookies": "[]RpcHttpCookie",
    },
    "TypedData": {
        "string": "data|string",
        "json": "data|string",
        "bytes": "data|bytes",
        "http": "data|RpcHttp",
        "int": "data|int64",
        "double": "data|double",
    },
    "ParameterBinding": {"name": "string", "data": "rpc_data|TypedData"},
    "RpcTraceContext": {
        "trace_parent": "string",
        "trace_state": "string",
        "attributes": "{}string",
    },
    "RetryContext": {
        "retry_count": "int32",
        "max_retry_count": "int32",
        "exception": "RpcException",
    },
    "InvocationRequest": {
        "invocation_id": "string",
        "function_id": "string",
        "input_data": "[]ParameterBinding",
        "trigger_metadata": "{}TypedData",
        "trace_context": "RpcTraceContext",
        "retry_context": "RetryContext",
    },
    "InvocationResponse": {
        "invocation_id": "string",
        "output_data": "[]ParameterBinding",
        "return_value": "TypedData",
        "result": "StatusResult",
    },
    "StreamingMessage": {
        "worker_init_request": "content|WorkerInitRequest",
        "function_load_request": "content|FunctionLoadRequest",
        "invocation_request": "content|InvocationRequest",
    },
}
ENUMS = {
    "StatusResult": {"Status": ["Failure", "Success", "Cancelled"]},
    "BindingInfo": {
        "Direction": ["in", "out", "inout"],
        "DataType": ["undefined", "string", "binary", "stream"],
    },
}
PACKAGE = "function_host"
SCALARS = {
    "string": FieldDescriptorProto.TYPE_STRING,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "int32": FieldDescriptorProto.TYPE_INT32,
    "int64": FieldDescriptorProto.TYPE_INT64,
    "double": FieldDescriptorProto.TYPE_DOUBLE,
}


def message_classes() -> SimpleNamespace:
    """Return the classes of MESSAGES as attributes of their names."""
    file = FileDescriptorProto(
        name="function_host.proto",
        package=PACKAGE,
        syntax="proto3",
        message_type=[_message(name, fields) for name, fields in MESSAGES.items()],
    )
    pool = DescriptorPool()
    pool.Add(file)
    return SimpleNamespace(
        **{
            name: GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}"))
            for name in MESSAGES
        }
    )


def _message(name: str, fields: dict[str, str]) -> DescriptorProto:
    message = DescriptorProto(name=name)
    unions: list[str] = []
    for enum, values in ENUMS.get(name, {}).items():
        described = EnumDescriptorProto(name=enum)
        for number, value in enumerate(values):
            described.value.add(name=value, number=number)
        message.enum_type.append(described)
    for number, (field, kind) in enumerate(fields.items(), start=1):
        union, _, kind = kind.rpartition("|")
        described_field = _field(field, number, kind.lstrip("[]{}"), name)
        if kind.startswith("[]"):
            described_field.label = FieldDescriptorProto.LABEL_REPEATED
        if kind.startswith("{}"):
            entry = _map_entry(field, described_field)
            message.nested_type.append(entry)
            described_field = FieldDescriptorProto(
                name=field,
                number=number,
                label=FieldDescriptorProto.LABEL_REPEATED,
                type=FieldDescriptorProto.TYPE_MESSAGE,
                type_name=f".{PACKAGE}.{name}.{entry.name}",
            )
        if union:
            if union not in unions:
                unions.append(union)
                message.oneof_decl.add(name=union)
            described_field.oneof_index = unions.index(union)
        message.field.append(described_field)
    return message


def _field(name: str, number: int, kind: str, owner: str) -> FieldDescriptorProto:
    field = FieldDescriptorProto(
        name=name, number=number, label=FieldDescriptorProto.LABEL_OPTIONAL
    )
    if kind in SCALARS:
        field.type = SCALARS[kind]
    elif kind in ENUMS.get(owner, {}):
        field.type = FieldDescriptorProto.TYPE_ENUM
        field.type_name = f".{PACKAGE}.{owner}.{kind}"
    else:
        field.type = FieldDescriptorProto.TYPE_MESSAGE
        field.type_name = f".{PACKAGE}.{kind}"
    return field


def _map_entry(field: str, value: FieldDescriptorProto) -> DescriptorProto:
    title = "".join(part.capitalize() for part in field.split("_"))
    entry = DescriptorProto(name=f"{title}Entry")
    entry.options.map_entry = True
    entry.field.append(_field("key", 1, "string", field))
    described_value = FieldDescriptorProto()
    described_value.CopyFrom(value)
    described_value.name, described_value.number = "value", 2
    entry.field.append(described_value)
    return entry
