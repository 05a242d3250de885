"""The proxy with a DuckDB connection for an emulator: the SQL of these tests is common to both."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from bqml_proxy.errors import BigQueryError
from bqml_proxy.machine_learning import MachineLearning, Rewritten
from duckdb_bqml import register

from cost.statements import googlesql_cache
from googlesql.service import GoogleSQL
from googlesql.tokens import split_paths

FLIGHTS = """
create table p.d.flights as
select
    i as flight_id,
    ['AA', 'B6', 'UA'][i % 3 + 1] as carrier,
    (100.0 + 7 * (i % 11))::double as miles,
    (i % 5)::double as wind,
    (20.0 + 0.9 * (i % 11) + (i % 3))::double as minutes,
    (i * 7919) % 13 > 5 as is_late,
    ['on time', 'late', 'very late'][i % 7 % 3 + 1] as band,
    date '2024-01-01' + i::int as flight_date,
    timestamptz '2024-01-01 00:00:00+00' + to_hours(i) as event_at,
    case when i % 4 > 0 then i * 0.25::decimal(38, 9) end as price,
    ['x', ['AA', 'B6'][i % 2 + 1]] as words
from range(120) as numbers(i)
"""


class Emulator:
    """An emulator of two projects: `p`, and one whose name needs quotes."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("set timezone = 'UTC'")
        for project in ("p", "my-project"):
            self._connection.execute(f"attach ':memory:' as \"{project}\"")
            self._connection.execute(f'create schema "{project}".d')
        self._connection.execute("create temp macro to_json_string(held) as to_json(held)::varchar")
        self._connection.execute(FLIGHTS)
        register(self._connection)  # so that macros can be compared on the same rows
        self.queries: list[str] = []

    def query(self, sql: str, project: str, default_dataset: str | None) -> pa.Table:
        self.queries.append(sql)
        self._connection.execute(f'use "{project}"."{default_dataset or "d"}"')
        try:
            return self._connection.execute(_in_duckdb(sql)).to_arrow_table()
        except duckdb.Error as error:
            raise BigQueryError(400, "invalidQuery", str(error)) from error

    def load(self, table: str, rows: pa.Table) -> None:
        project, dataset, _ = table.split(".")
        self._connection.execute(f'create schema if not exists "{project}"."{dataset}"')
        self._connection.execute(
            f"create or replace table {_in_duckdb(f'`{table}`')} as select * from rows"
        )

    def drop(self, table: str) -> None:
        self._connection.execute(f"drop table if exists {_in_duckdb(f'`{table}`')}")

    def hidden_tables(self) -> list[str]:
        found = self._connection.execute(
            "select table_name from duckdb_tables() where schema_name = '_bqml_proxy'"
        )
        return [name for (name,) in found.fetchall()]


def _in_duckdb(sql: str) -> str:
    """The same statement with DuckDB's quotes around names."""
    return split_paths(sql).replace("`", '"')


class Proxy:
    """The proxy, and what a server does with it: run what is left, and drop what is temporary."""

    def __init__(self, emulator: Emulator, directory: Path, googlesql: GoogleSQL) -> None:
        self.emulator = emulator
        self.machine_learning = MachineLearning(emulator, directory, googlesql)

    def rewrite(self, sql: str, default_dataset: str | None = "d", **given: bool) -> Rewritten:
        return self.machine_learning.rewrite(sql, "p", default_dataset, **given)

    def table(self, sql: str, default_dataset: str | None = "d") -> pa.Table:
        rewritten = self.rewrite(sql, default_dataset)
        try:
            return self.emulator.query(rewritten.sql, "p", default_dataset)
        finally:
            for table in rewritten.temporary:
                self.emulator.drop(table)

    def rows(self, sql: str) -> list[tuple]:
        return [tuple(row.values()) for row in self.table(sql).to_pylist()]

    def refusal(self, sql: str, default_dataset: str | None = "d") -> BigQueryError:
        """Why a statement is refused; what it had loaded until then is dropped."""
        before = self.emulator.hidden_tables()
        with pytest.raises(BigQueryError) as refused:
            self.rewrite(sql, default_dataset)
        assert self.emulator.hidden_tables() == before
        return refused.value


@pytest.fixture(scope="session")
def googlesql_folder(pytestconfig: pytest.Config) -> Path:
    """Where compiled GoogleSQL is kept between runs, as `make cost` keeps it."""
    return googlesql_cache(pytestconfig.rootpath / "target")


@pytest.fixture(scope="session")
def googlesql(googlesql_folder: Path) -> GoogleSQL:
    return GoogleSQL(googlesql_folder)


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


@pytest.fixture
def open_proxy(emulator: Emulator, googlesql: GoogleSQL) -> Iterator[Callable[[Path], Proxy]]:
    """Opens a proxy on a folder, whose models it finds there."""
    opened: list[Proxy] = []

    def opens(directory: Path) -> Proxy:
        for proxy in opened:
            proxy.machine_learning.close()
        opened.append(Proxy(emulator, directory, googlesql))
        return opened[-1]

    yield opens
    for proxy in opened:
        proxy.machine_learning.close()


@pytest.fixture
def proxy(open_proxy: Callable[[Path], Proxy], tmp_path: Path) -> Proxy:
    return open_proxy(tmp_path / "models")


@pytest.fixture(scope="session")
def trained(googlesql: GoogleSQL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """A proxy with a model of each type, which a test may ask and not change."""
    proxy = Proxy(Emulator(), tmp_path_factory.mktemp("models"), googlesql)
    for statement in MODELS:
        proxy.rewrite(statement)
    yield proxy
    proxy.machine_learning.close()


MODELS = [
    """create model d.linear options(model_type = 'LINEAR_REG', input_label_cols = ['minutes'],
    category_encoding_method = 'DUMMY_ENCODING', calculate_p_values = true,
    enable_global_explain = true) as select miles, carrier, minutes from flights""",
    """create model d.logistic options(model_type = 'LOGISTIC_REG', input_label_cols = ['is_late'],
    enable_global_explain = true) as select miles, carrier, is_late from flights""",
    """create model d.multiclass options(model_type = 'LOGISTIC_REG', input_label_cols = ['band'],
    enable_global_explain = true) as select miles, carrier, wind, band from flights""",
    """create model d.clusters options(model_type = 'KMEANS', num_clusters = 3) as
    select miles, carrier, wind from flights""",
    """create model d.components options(model_type = 'PCA', num_principal_components = 2) as
    select miles, carrier, wind from flights""",
    """create model d.boosted options(model_type = 'BOOSTED_TREE_REGRESSOR', max_iterations = 3,
    input_label_cols = ['minutes']) as select miles, carrier, minutes from flights""",
    """create model d.boosted_classes options(model_type = 'BOOSTED_TREE_CLASSIFIER',
    max_iterations = 3, input_label_cols = ['band']) as select miles, wind, band from flights""",
    """create model d.forest options(model_type = 'RANDOM_FOREST_REGRESSOR', num_parallel_tree = 5,
    input_label_cols = ['minutes']) as select miles, wind, minutes from flights""",
    """create model d.forest_classes options(model_type = 'RANDOM_FOREST_CLASSIFIER',
    num_parallel_tree = 5, input_label_cols = ['is_late']) as
    select miles, wind, is_late from flights""",
    """create model d.transformed transform(ml.standard_scaler(miles) over () as distance, carrier,
    minutes) options(model_type = 'LINEAR_REG', input_label_cols = ['minutes']) as
    select miles, carrier, minutes from flights""",
    """create model d.series options(model_type = 'ARIMA_PLUS', horizon = 20,
    time_series_timestamp_col = 'flight_date', time_series_data_col = 'miles',
    time_series_id_col = ['carrier']) as select flight_date, carrier, miles from flights""",
    """create model d.alone options(model_type = 'ARIMA', horizon = 20,
    time_series_timestamp_col = 'event_at', time_series_data_col = 'miles') as
    select event_at, miles from flights""",
    """create model d.featured options(model_type = 'ARIMA_PLUS_XREG', horizon = 20,
    time_series_timestamp_col = 'flight_date', time_series_data_col = 'miles') as
    select flight_date, miles, wind, band from flights""",
    """create model d.transforming transform(ml.bucketize(miles, [120, 150]) as distance, carrier)
    options(model_type = 'TRANSFORM_ONLY') as select miles, carrier from flights""",
]
