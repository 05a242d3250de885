"""BigQuery's options of tables, external tables and columns, from its documentation of DDL.

GoogleSQL takes any option of any type: which there are is the engine's to say.
"""

import re
from typing import Any

from google.protobuf.message import Message

from googlesql import messages, types
from googlesql.service import Refused

TABLE = {
    "default_rounding_mode": "STRING",
    "description": "STRING",
    "enable_change_history": "BOOL",
    "enable_fine_grained_mutations": "BOOL",
    "expiration_timestamp": "TIMESTAMP",
    "file_format": "STRING",
    "friendly_name": "STRING",
    "kms_key_name": "STRING",
    "labels": "ARRAY<STRUCT<STRING, STRING>>",
    "max_staleness": "INTERVAL",
    "partition_expiration_days": "FLOAT64",
    "require_partition_filter": "BOOL",
    "storage_uri": "STRING",
    "table_format": "STRING",
    "tags": "ARRAY<STRUCT<STRING, STRING>>",
}
# without labels
EXTERNAL = {
    "allow_jagged_rows": "BOOL",
    "allow_quoted_newlines": "BOOL",
    "bigtable_options": "STRING",
    "compression": "STRING",
    "decimal_target_types": "ARRAY<STRING>",
    "description": "STRING",
    "enable_list_inference": "BOOL",
    "enable_logical_types": "BOOL",
    "encoding": "STRING",
    "enum_as_string": "BOOL",
    "expiration_timestamp": "TIMESTAMP",
    "field_delimiter": "STRING",
    "file_set_spec_type": "STRING",
    "format": "STRING",
    "hive_partition_uri_prefix": "STRING",
    "ignore_unknown_values": "BOOL",
    "json_extension": "STRING",
    "max_bad_records": "INT64",
    "max_staleness": "INTERVAL",
    "metadata_cache_mode": "STRING",
    "null_marker": "STRING",
    "object_metadata": "STRING",
    "preserve_ascii_control_characters": "BOOL",
    "projection_fields": "STRING",
    "quote": "STRING",
    "reference_file_schema_uri": "STRING",
    "require_hive_partition_filter": "BOOL",
    "sheet_range": "STRING",
    "skip_leading_rows": "INT64",
    "uris": "ARRAY<STRING>",
}
COLUMN = {"description": "STRING", "rounding_mode": "STRING"}

# those of files in Cloud Storage
_FORMATS = ("AVRO", "CSV", "DATASTORE_BACKUP", "NEWLINE_DELIMITED_JSON", "ORC", "PARQUET")
_LABEL_KEY, _LABEL_VALUE = re.compile(r"[a-z][a-z0-9_-]{0,62}"), re.compile(r"[a-z0-9_-]{0,63}")


def checked(option_list: Any, known: dict[str, str]) -> dict[str, Any]:
    """The options by name; Refused if one is none of `known`, or of another type or form.

    The value of one that is no literal is None.
    """
    found = {}
    for option in option_list:
        name = option.name.lower()
        if name not in known:
            raise Refused(f"option '{name}' is unknown here; there are {', '.join(sorted(known))}")
        expression = messages.innermost(option.value)
        type_name = types.text(messages.field(expression, "type"))
        if type_name != known[name] and (type_name, known[name]) != ("INT64", "FLOAT64"):
            raise Refused(f"option '{name}' must be {known[name]}, not {type_name}")
        found[name] = _value(expression)
    longest = 1024 if known is COLUMN else 16384
    if len(found.get("description") or "") > longest:
        raise Refused(f"option 'description' is too long: {longest} characters at most")
    for key, value in found.get("labels") or []:
        if not _LABEL_KEY.fullmatch(key) or not _LABEL_VALUE.fullmatch(value):
            raise Refused(f"option 'labels' holds {key}={value}, which is no label")
    return found


def check_files(options: dict[str, Any], is_partitioned: bool, is_connected: bool) -> None:
    """What BigQuery says of the files of an external table; Refused if it would say no."""
    if options.get("format") not in _FORMATS:
        raise Refused(f"option 'format' has no value '{options.get('format')}'")
    uris = options.get("uris") or []
    if not uris or not all(re.fullmatch(r"gs://[^*/]+/[^*]*\*?[^*]*", uri) for uri in uris):
        raise Refused("option 'uris' takes files of Cloud Storage, with one * in each at most")
    if options["format"] == "DATASTORE_BACKUP" and (len(uris) > 1 or "*" in uris[0]):
        raise Refused("option 'uris' takes one file of an export, without *")
    prefix = options.get("hive_partition_uri_prefix")
    if is_partitioned != (prefix is not None):
        raise Refused("partition columns and option 'hive_partition_uri_prefix' go together")
    if prefix and not all(uri.startswith(prefix + "/") for uri in uris):
        raise Refused("option 'hive_partition_uri_prefix' is no prefix of 'uris'")
    if "max_staleness" in options and not is_connected:
        raise Refused("option 'max_staleness' needs a connection")
    if ("max_staleness" in options) != ("metadata_cache_mode" in options):
        raise Refused("options 'max_staleness' and 'metadata_cache_mode' go together")


def _value(expression: Message) -> Any:
    kinds = ("ResolvedLiteralProto", "ResolvedMakeStructProto")
    return messages.value(expression) if expression.DESCRIPTOR.name in kinds else None
