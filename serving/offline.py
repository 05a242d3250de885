"""Where features come from: the tables that dbt builds, in DuckDB or in BigQuery.

A source gives of each entity its newest state, as the online store orders them: by event time,
known time, then the values.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa

from command_line.duckdb_files import held
from serving.definitions import Feature, FeatureView
from serving.errors import ServingError, StoreUnavailableError, UnsupportedError
from serving.stores.base import Batch
from serving.types import FeatureType, Form, Stored, stored

#: entities in one batch
BATCH_ROWS = 20_000


class DayMarks(NamedTuple):
    """By day, a mark that is another if the rows of that day are others.

    before  of the rows known up to the moment that the last materialization reached
    now     of the rows known up to this one's
    """

    before: dict[str, str]
    now: dict[str, str]

    @classmethod
    def of_rows(cls, rows: Iterable[Sequence[Any]]) -> "DayMarks":
        """Of rows (day, count and sum of hashes before, count and sum of hashes now)."""
        marks = cls({}, {})
        for day, *numbers in rows:
            for found, (count, total) in zip(marks, (numbers[:2], numbers[2:]), strict=True):
                if count:
                    found[str(day)] = f"{count}:{total}"
        return marks


class Source(Protocol):
    """A warehouse that holds feature views."""

    def newest_known(self, view: FeatureView, since_us: int | None, until_us: int) -> int | None:
        """The greatest known time (microseconds) of the rows from `since_us` to `until_us`, both
        inclusive; None if there is no such row."""

    def newest_states(
        self, view: FeatureView, since_us: int | None, until_us: int
    ) -> Iterator[Batch]:
        """Of these rows, for each entity the greatest."""

    def day_marks(self, view: FeatureView, since_us: int | None, until_us: int) -> DayMarks:
        """What the rows of each day, of event times, are like."""

    def close(self) -> None: ...


class DuckDBSource:
    """The tables of a DuckDB file, opened to be read only."""

    def __init__(self, path: str | os.PathLike) -> None:
        import duckdb

        self._duckdb = duckdb
        self._path = Path(path)
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'")
        self._attached: set[str] = set()

    def newest_known(self, view: FeatureView, since_us: int | None, until_us: int) -> int | None:
        sql = newest_known_sql(view, since_us, until_us, _DUCKDB)
        [newest] = self._execute(view, sql).fetchone()
        return newest

    def newest_states(
        self, view: FeatureView, since_us: int | None, until_us: int
    ) -> Iterator[Batch]:
        result = self._execute(view, newest_states_sql(view, since_us, until_us, _DUCKDB))
        for rows in result.to_arrow_reader(BATCH_ROWS):
            yield batch_of_arrow(view, rows)

    def day_marks(self, view: FeatureView, since_us: int | None, until_us: int) -> DayMarks:
        sql = day_marks_sql(view, since_us, until_us, _DUCKDB)
        return DayMarks.of_rows(self._execute(view, sql).fetchall())

    def close(self) -> None:
        self._connection.close()

    def _execute(self, view: FeatureView, sql: str) -> Any:
        # the manifest names the database as dbt attached it
        match = re.match(r'"((?:[^"]|"")+)"\.', view.relation)
        database = match[1] if match else "azekura"
        try:
            if database not in self._attached:
                path = str(self._path).replace("'", "''")
                self._connection.execute(f"attach '{path}' as \"{database}\" (read_only)")
                self._attached.add(database)
            return self._connection.execute(sql)
        except self._duckdb.Error as error:
            raise self._told(view, str(error)) from None

    def _told(self, view: FeatureView, said: str) -> ServingError:
        if "does not exist" in said and "database" in said.lower() and not self._path.exists():
            return StoreUnavailableError(
                f"There is no DuckDB file {self._path}: run `dbt build`, or set AZEKURA_DUCKDB."
            )
        sentence = held(self._path, said, "materialize when it has finished")
        return StoreUnavailableError(sentence) if sentence else _not_built(view, said)


class BigQuerySource:
    """The tables of a BigQuery project; `client` is google-cloud-bigquery's."""

    def __init__(self, client: Any | None = None) -> None:
        self._client = client or _bigquery_client()

    def newest_known(self, view: FeatureView, since_us: int | None, until_us: int) -> int | None:
        sql = newest_known_sql(view, since_us, until_us, _BIGQUERY)
        [row] = self._query(view, sql)
        return row[0]

    def newest_states(
        self, view: FeatureView, since_us: int | None, until_us: int
    ) -> Iterator[Batch]:
        rows = self._query(view, newest_states_sql(view, since_us, until_us, _BIGQUERY))
        for part in rows.to_arrow_iterable():
            yield batch_of_arrow(view, part)

    def day_marks(self, view: FeatureView, since_us: int | None, until_us: int) -> DayMarks:
        rows = self._query(view, day_marks_sql(view, since_us, until_us, _BIGQUERY))
        return DayMarks.of_rows(tuple(row) for row in rows)

    def close(self) -> None:
        self._client.close()

    def _query(self, view: FeatureView, sql: str) -> Any:
        from google.api_core.exceptions import GoogleAPIError
        from google.auth.exceptions import GoogleAuthError
        from google.cloud.bigquery import QueryJobConfig

        limit = os.environ.get("AZEKURA_BIGQUERY_MAXIMUM_BYTES_BILLED") or 100 * 2**30
        try:
            options = QueryJobConfig(maximum_bytes_billed=int(limit))
            return self._client.query(sql, job_config=options).result()
        except (GoogleAPIError, GoogleAuthError) as error:
            raise _not_built(view, str(error)) from None


def open_source(name: str) -> Source:
    """`duckdb` (the file in AZEKURA_DUCKDB) or `bigquery` (set by AZEKURA_BIGQUERY_…)."""
    if name == "duckdb":
        return DuckDBSource(os.environ.get("AZEKURA_DUCKDB") or "azekura.duckdb")
    if name == "bigquery":
        return BigQuerySource()
    raise UnsupportedError(f"There is no warehouse {name!r}: it is duckdb or bigquery.")


@dataclass(frozen=True)
class _Dialect:
    """How one engine writes what differs, and what it does otherwise."""

    quote: str
    moment_of: str
    micros_of: str
    nan_is_least: bool
    orders_arrays: bool
    two_scans: bool
    hash_of: str

    def name(self, column: str) -> str:
        return f"{self.quote}{column}{self.quote}"

    def moment(self, us: int) -> str:
        return self.moment_of.format(us)

    def micros(self, column: str) -> str:
        return self.micros_of.format(column)

    def greatest_first(self, feature: Feature) -> str:
        """An order: NaN, then values from the greatest, then NULL."""
        column = self.name(feature.name)
        if self.nan_is_least and feature.type.name == "FLOAT64":
            return f"ifnull(is_nan({column}), false) desc, {column} desc nulls last"
        if not self.orders_arrays and feature.type.element is not None:
            column = f"to_json_string({column})"
        return f"{column} desc nulls last"


_DUCKDB = _Dialect(
    quote='"',
    moment_of="make_timestamp({})",
    micros_of="epoch_us({})",
    nan_is_least=False,
    orders_arrays=True,
    two_scans=True,
    hash_of="hash({})",
)
_BIGQUERY = _Dialect(
    quote="`",
    moment_of="timestamp_micros({})",
    micros_of="unix_micros({})",
    nan_is_least=True,
    orders_arrays=False,
    # what is scanned is paid for
    two_scans=False,
    # small enough for the sum of millions
    hash_of="mod(farm_fingerprint(to_json_string(struct({}))), 1099511627776)",
)


def newest_known_sql(
    view: FeatureView, since_us: int | None, until_us: int, dialect: _Dialect
) -> str:
    newest = dialect.micros(f"max({dialect.name(view.known_time)})")
    return f"select {newest} as newest\n{_from(view, since_us, until_us, dialect)}"


def day_marks_sql(view: FeatureView, since_us: int | None, until_us: int, dialect: _Dialect) -> str:
    """One row for each day: count and sum of hashes, of the rows before and of all."""
    name = dialect.name
    times = (view.event_time, view.known_time)
    deleted = [view.is_deleted] if view.is_deleted else []
    columns = [*view.key_names, *times, *deleted, *view.feature_names]
    row_hash = dialect.hash_of.format(", ".join(map(name, columns)))
    moment = dialect.moment(until_us if since_us is None else since_us)
    before = f"{name(view.known_time)} <= {moment}"
    return (
        f"select cast({name(view.event_time)} as date) as event_day,"
        f" count(case when {before} then 1 end) as rows_before,"
        f" sum(case when {before} then {row_hash} end) as hashes_before,"
        f" count(*) as rows_now, sum({row_hash}) as hashes_now\n"
        f"{_from(view, None, until_us, dialect)}\ngroup by 1"
    )


def newest_states_sql(
    view: FeatureView, since_us: int | None, until_us: int, dialect: _Dialect
) -> str:
    """One row for each entity: keys, event time, known time, deleted, features."""
    name = dialect.name
    keys = ", ".join(map(name, view.key_names))
    deleted = f"ifnull({name(view.is_deleted)}, false)" if view.is_deleted else "false"
    order = [f"{name(view.event_time)} desc", f"{name(view.known_time)} desc"]
    order += [dialect.greatest_first(feature) for feature in view.tie_order]
    if view.is_deleted:
        order.append(f"{deleted} desc")
    columns = [
        keys,
        name(view.event_time),
        name(view.known_time),
        f"{deleted} as is_deleted_",
        *[name(feature) for feature in view.feature_names],
    ]
    seen = _from(view, since_us, until_us, dialect)
    newest = ""
    if dialect.two_scans:
        # the newest event first: ranking what is left costs a quarter of ranking everything
        event = name(view.event_time)
        newest = f"\nand ({keys}, {event}) in (select {keys}, max({event}) {seen} group by {keys})"
    return (
        f"select {', '.join(columns)}\n"
        f"{seen}{newest}\n"
        f"qualify row_number() over (partition by {keys} order by {', '.join(order)}) = 1"
    )


def _from(view: FeatureView, since_us: int | None, until_us: int, dialect: _Dialect) -> str:
    """The rows that can be seen: no NULL in a key or a time."""
    known = dialect.name(view.known_time)
    conditions = [
        f"{dialect.name(column)} is not null" for column in (*view.key_names, view.event_time)
    ]
    conditions.append(f"{known} <= {dialect.moment(until_us)}")
    if since_us is not None:
        conditions.append(f"{known} >= {dialect.moment(since_us)}")
    return f"from {view.relation}\nwhere {' and '.join(conditions)}"


def batch_of_arrow(view: FeatureView, rows: pa.RecordBatch) -> Batch:
    """Rows as `newest_states_sql` selects them, in stored form.

    Raises:
        ServingError: if a column of the warehouse is not of the type that the contract says.
    """
    count = len(view.keys)
    columns = rows.columns
    return Batch(
        keys=[_stored(view, key, column) for key, column in zip(view.keys, columns, strict=False)],
        event_us=_microseconds(columns[count]),
        known_us=_microseconds(columns[count + 1]),
        deleted=columns[count + 2].cast(pa.int64()).to_pylist(),
        features=[
            _stored(view, feature, column)
            for feature, column in zip(view.features, columns[count + 3 :], strict=True)
        ],
    )


def _microseconds(column: pa.Array) -> list[int | None]:
    return _as_us(column).cast(pa.int64()).to_pylist()


def _as_us(column: pa.Array) -> pa.Array:
    return column.cast(pa.timestamp("us", tz=column.type.tz))


def _stored(view: FeatureView, feature: Feature, column: pa.Array) -> list[Stored | None]:
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    type_ = feature.type
    is_right, convert = _FROM_ARROW[type_.name if type_.element is None else "ARRAY"]
    if not (is_right(column.type) or pa.types.is_null(column.type)):
        raise ServingError(
            f"{view.label}.{feature.name} is {column.type} in {view.relation}, and {type_} in its"
            " contract: build the model again."
        )
    try:
        return convert(column, type_, f"{view.label}.{feature.name}")
    except pa.ArrowInvalid as error:
        raise ServingError(
            f"{view.label}.{feature.name} holds what {type_} does not: {error}."
        ) from None


def _cast(arrow_type: pa.DataType):
    return lambda column, type_, name: column.cast(arrow_type).to_pylist()


def _numerics(column: pa.Array, type_: FeatureType, name: str) -> list[bytes | None]:
    """16 bytes each, most significant first, sign bit flipped: the offset form."""
    filled = column.cast(pa.decimal128(38, 9)).fill_null(0)
    little = np.frombuffer(filled.buffers()[1], np.uint8).reshape(-1, 16)
    big = little[filled.offset : filled.offset + len(filled), ::-1].copy()
    big[:, 0] ^= 0x80
    data = big.tobytes()
    return _with_nulls([data[at : at + 16] for at in range(0, len(data), 16)], column)


def _arrays(column: pa.Array, type_: FeatureType, name: str) -> list[bytes | None]:
    element = type_.element
    if element.name not in ("INT64", "FLOAT64"):
        return [stored(value, type_, name) for value in column.to_pylist()]
    values = column.flatten()
    if values.null_count:
        raise ServingError(f"{name} holds a NULL in an ARRAY, which BigQuery cannot store.")
    numbers = values.cast(pa.int64() if element.name == "INT64" else pa.float64()).to_numpy()
    bits = numbers.view(np.uint64)
    flipped = np.uint64(1 << 63)
    if element.form is Form.REAL:
        flipped = np.where(bits >> np.uint64(63), np.uint64(0xFFFFFFFFFFFFFFFF), flipped)
    bits = bits ^ flipped
    if element.form is Form.REAL:
        bits[np.isnan(numbers)] = 0xFFFFFFFFFFFFFFFF
    data = bits.astype(">u8").tobytes()
    lengths = column.value_lengths().fill_null(0).to_numpy()
    ends = np.cumsum(lengths) * 8
    cut = [data[start:end] for start, end in zip(ends - lengths * 8, ends, strict=True)]
    return _with_nulls(cut, column)


def _with_nulls(values: list, column: pa.Array) -> list:
    if column.null_count:
        for index in np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False)):
            values[index] = None
    return values


_types = pa.types
_FROM_ARROW = {
    "INT64": (_types.is_integer, _cast(pa.int64())),
    "FLOAT64": (lambda t: _types.is_floating(t), _cast(pa.float64())),
    "BOOL": (_types.is_boolean, _cast(pa.int64())),
    "STRING": (lambda t: str(t) in ("string", "large_string", "string_view"), _cast(pa.string())),
    "BYTES": (lambda t: str(t) in ("binary", "large_binary", "binary_view"), _cast(pa.binary())),
    "DATE": (
        _types.is_date,
        lambda column, *_: column.cast(pa.date32()).cast(pa.int32()).to_pylist(),
    ),
    "DATETIME": (_types.is_timestamp, lambda column, *_: _microseconds(column)),
    "TIMESTAMP": (_types.is_timestamp, lambda column, *_: _microseconds(column)),
    "TIME": (
        _types.is_time,
        lambda column, *_: column.cast(pa.time64("us")).cast(pa.int64()).to_pylist(),
    ),
    "NUMERIC": (lambda t: _types.is_decimal(t) or _types.is_integer(t), _numerics),
    "ARRAY": (lambda t: _types.is_list(t) or _types.is_large_list(t), _arrays),
}


def _not_built(view: FeatureView, said: str) -> ServingError:
    first = said.strip().splitlines()[0].rstrip(".")
    return ServingError(
        f"{view.label} cannot be read from {view.relation}: {first}; run"
        f" `dbt build --select {view.name}` first."
    )


def _bigquery_client() -> Any:
    """A client as dbt's profile has it: the same variables of the environment."""
    project = os.environ.get("AZEKURA_BIGQUERY_PROJECT")
    if not project:
        raise ServingError("Set AZEKURA_BIGQUERY_PROJECT to read features from BigQuery.")
    import google.auth
    from google.auth import impersonated_credentials
    from google.auth.exceptions import GoogleAuthError
    from google.cloud import bigquery
    from google.oauth2 import service_account

    scopes = ["https://www.googleapis.com/auth/cloud-platform"]
    try:
        if os.environ.get("AZEKURA_BIGQUERY_METHOD") == "service-account":
            credentials = service_account.Credentials.from_service_account_file(
                os.environ.get("AZEKURA_BIGQUERY_KEYFILE", ""), scopes=scopes
            )
        else:
            credentials, _ = google.auth.default(scopes=scopes)
    except (GoogleAuthError, OSError, ValueError) as error:
        raise StoreUnavailableError(f"BigQuery cannot be asked: {error}.") from None
    if principal := os.environ.get("AZEKURA_BIGQUERY_IMPERSONATE"):
        credentials = impersonated_credentials.Credentials(credentials, principal, scopes)
    return bigquery.Client(
        project=os.environ.get("AZEKURA_BIGQUERY_EXECUTION_PROJECT") or project,
        location=os.environ.get("AZEKURA_BIGQUERY_LOCATION") or "US",
        credentials=credentials,
    )
