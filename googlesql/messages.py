"""GoogleSQL's trees as it sends them: messages in messages."""

from typing import Any

from google.protobuf.message import Message


def innermost(message: Message) -> Message:
    """GoogleSQL's messages say `any node` by one wrapped in another; this is the node."""
    while "node" in message.DESCRIPTOR.oneofs_by_name and message.WhichOneof("node"):
        message = getattr(message, message.WhichOneof("node"))
    return message


def field(message: Message, name: str) -> Any:
    """A field of a node, or of the node it extends."""
    while name not in message.DESCRIPTOR.fields_by_name:
        message = message.parent
    return getattr(message, name)


def walk(message: Message):
    """A message and all messages below it."""
    yield message
    for descriptor, value in message.ListFields():
        if descriptor.message_type is not None:
            for item in value if descriptor.is_repeated else [value]:
                yield from walk(item)


def value(expression: Message) -> Any:
    """A resolved literal, or an array or struct of such, as Python has it; structs are lists."""
    node = innermost(expression)
    if node.DESCRIPTOR.name == "ResolvedLiteralProto":
        return _literal(node.value.value)
    if node.DESCRIPTOR.name == "ResolvedMakeStructProto":
        return [value(item) for item in node.field_list]
    return [value(item) for item in field(node, "argument_list")]


def _literal(held: Message) -> Any:
    held_as = held.WhichOneof("value")
    if held_as == "array_value":
        return [_literal(item) for item in held.array_value.element]
    if held_as == "struct_value":
        return [_literal(item) for item in held.struct_value.field]
    if held_as == "timestamp_value":
        return held.timestamp_value.ToJsonString()
    return getattr(held, held_as) if held_as else None
