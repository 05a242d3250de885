"""Whether a table of BigQuery's and one of DuckDB's hold the same rows."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

RELATIVE = 1e-9

# what a table cannot have the same on both engines, and why
_NAME = "each engine spells the name of a table in its own way"
_RUN = "each build is a run of its own"
LEFT_OUT = {
    "feature_catalogue": {"relation_name": _NAME},
    "model_catalogue": {"relation_name": _NAME, "trained_at": _RUN},
    "model_versions": {
        "run_id": _RUN,
        "trained_at": _RUN,
        "model_version": "BigQuery gives a model no version by its contents",
        "checksum": "each engine hashes rows by a function of its own",
    },
    "stg_nycflights13__rejects": {
        "line_number": "external tables of BigQuery do not know the line of a record",
    },
}
# a record that was no text is told as JSON, whose times the emulator writes in words of DuckDB's
_TIME = r'"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00|Z)?"'
# of a snapshot, what says when dbt ran
_RUN_TIMES = ["dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to"]


def difference(name: str, one: pa.Table, other: pa.Table) -> str | None:
    """The first difference, in words; None if the rows are the same in any order.

    Numbers that are not whole may differ by RELATIVE of their size.
    """
    one, other = _comparable(name, one), _comparable(name, other)
    if one.schema != other.schema:
        return f"columns differ: {_columns(one)} and {_columns(other)}"
    if len(one) != len(other):
        return f"{len(one)} rows and {len(other)} rows"
    one, other = _sorted(one), _sorted(other)
    for column in one.column_names:
        wrong = np.flatnonzero(_differs(one[column], other[column]))
        if wrong.size:
            row = int(wrong[0])
            return (
                f"column {column} differs in {wrong.size} of {len(one)} rows, first in"
                f" {one.slice(row, 1).to_pylist()[0]} and {other.slice(row, 1).to_pylist()[0]}"
            )
    return None


def _comparable(name: str, table: pa.Table) -> pa.Table:
    """Without what is left out, in one spelling of types."""
    if "dbt_scd_id" in table.column_names:
        until = table["dbt_valid_to"].cast(pa.timestamp("us"))
        table = table.append_column("is_current", pc.equal(pc.year(until), 9999))
        table = table.drop_columns(_RUN_TIMES)
    table = table.drop_columns(list(LEFT_OUT.get(name, {})))
    if "raw_record" in table.column_names:
        told = pc.replace_substring_regex(table["raw_record"], _TIME, r'"\1T\2Z"')
        position = table.schema.get_field_index("raw_record")
        table = table.set_column(position, "raw_record", told)
    return table.cast(pa.schema([(field.name, _plain(field.type)) for field in table.schema]))


def _plain(type_: pa.DataType) -> pa.DataType:
    """BigQuery's TIMESTAMP is one in UTC; DuckDB's are in UTC without saying so."""
    if pa.types.is_timestamp(type_):
        return pa.timestamp("us")
    return pa.string() if pa.types.is_large_string(type_) else type_


def _sorted(table: pa.Table) -> pa.Table:
    """In one order: by what is exact first."""
    exact = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    rest = [name for name in table.column_names if name not in exact]
    return table.sort_by([(name, "ascending") for name in exact + rest])


def _differs(one: pa.ChunkedArray, other: pa.ChunkedArray) -> np.ndarray:
    missing, absent = one.is_null().to_numpy(), other.is_null().to_numpy()
    if pa.types.is_floating(one.type):
        given, found = one.to_numpy(), other.to_numpy()
        same = np.isclose(given, found, rtol=RELATIVE, atol=0, equal_nan=True)
    else:
        same = pc.equal(one, other).fill_null(True).to_numpy(zero_copy_only=False)
    return (missing != absent) | ~(same | missing)


def _columns(table: pa.Table) -> str:
    return ", ".join(f"{field.name} {field.type}" for field in table.schema)
