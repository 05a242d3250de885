"""GoogleSQL's types, and BigQuery's names of them."""

from zetasql.wasi._pb2.zetasql.public import type_pb2

Type = type_pb2.TypeProto

_NAMES = {
    "INT64": "INT64",
    "DOUBLE": "FLOAT64",
    "BOOL": "BOOL",
    "STRING": "STRING",
    "BYTES": "BYTES",
    "DATE": "DATE",
    "DATETIME": "DATETIME",
    "TIME": "TIME",
    "TIMESTAMP": "TIMESTAMP",
    "NUMERIC": "NUMERIC",
    "BIGNUMERIC": "BIGNUMERIC",
    "GEOGRAPHY": "GEOGRAPHY",
    "JSON": "JSON",
    "INTERVAL": "INTERVAL",
}


def kind(type_: Type) -> str:
    """GoogleSQL's name of a type, without what it is made of."""
    return type_pb2.TypeKind.Name(type_.type_kind).removeprefix("TYPE_")


def scalar(name: str) -> Type:
    """A type that is no array and no struct."""
    kinds = {value: key for key, value in _NAMES.items()}
    return Type(type_kind=type_pb2.TypeKind.Value(f"TYPE_{kinds[name]}"))


def text(type_: Type) -> str:
    """A type as BigQuery writes it."""
    name = kind(type_)
    if name == "ARRAY":
        return f"ARRAY<{text(type_.array_type.element_type)}>"
    if name == "STRUCT":
        fields = [f"{x.field_name} {text(x.field_type)}".strip() for x in type_.struct_type.field]
        return f"STRUCT<{', '.join(fields)}>"
    return _NAMES.get(name, name)
