"""The emulator as BigQuery ML needs it: queries, loads and drops, over the emulator's REST API."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq
from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import GoogleAPICallError, NotFound, RetryError
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from bqml_proxy.errors import BigQueryError

# seconds between two questions whether a load job is done; Google's client waits for whole seconds
_PAUSE = 0.02


class RestEmulator:
    """Queries, loads and drops tables of an emulator at `address`, through Google's own client."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._own = threading.local()  # a client is one thread's

    def query(self, sql: str, project: str, default_dataset: str | None) -> pa.Table:
        """The rows of a query, typed as BigQuery types them: INT64 int64, FLOAT64 double, NUMERIC
        decimal128(38, 9), DATE date32, TIMESTAMP timestamp[us, UTC], DATETIME timestamp[us],
        ARRAY list, STRUCT struct.

        `default_dataset` is `dataset` or `project.dataset`. Raises BigQueryError with what the
        emulator says of the query.
        """
        options = bigquery.QueryJobConfig()
        if default_dataset:
            parts = [project, *default_dataset.split(".")]
            options.default_dataset = ".".join(parts[-2:])
        with _told():
            rows = self._client(project).query_and_wait(sql, job_config=options, job_retry=None)
            return rows.to_arrow(create_bqstorage_client=False)

    def load(self, table: str, rows: pa.Table) -> None:
        """Create or replace `project.dataset.table`, and its dataset if there is none.

        A load job of Parquet, without a schema: the types are those of the rows.
        """
        project, dataset, _ = table.split(".")
        client = self._client(project)
        content = io.BytesIO()
        pq.write_table(rows, content)
        with _told():
            try:
                self._load(client, table, content)
            except NotFound:
                client.create_dataset(dataset, exists_ok=True)
                self._load(client, table, content)

    def drop(self, table: str) -> None:
        """Drop `project.dataset.table`, if it is there."""
        with _told():
            self._client(table.partition(".")[0]).delete_table(table, not_found_ok=True)

    def _load(self, client: bigquery.Client, table: str, content: io.BytesIO) -> None:
        parquet = bigquery.ParquetOptions()
        parquet.enable_list_inference = True
        options = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.PARQUET,
            write_disposition=bigquery.WriteDisposition.WRITE_TRUNCATE,
            parquet_options=parquet,
        )
        job = client.load_table_from_file(
            content, table, rewind=True, size=content.getbuffer().nbytes, job_config=options
        )
        pause = threading.Event()
        while not job.done():
            pause.wait(_PAUSE)
        job.result()

    def _client(self, project: str) -> bigquery.Client:
        clients = self._own.__dict__.setdefault("clients", {})
        if project not in clients:
            clients[project] = bigquery.Client(
                project,
                credentials=AnonymousCredentials(),
                client_options=ClientOptions(api_endpoint=self._address),
            )
        return clients[project]


@contextmanager
def _told() -> Iterator[None]:
    """Raise the client's errors as BigQueryError."""
    try:
        yield
    except GoogleAPICallError as error:
        details = error.errors[0] if error.errors else {}
        message = details.get("message") or error.message
        raise BigQueryError(error.code or 400, details.get("reason", "invalid"), message) from error
    except RetryError as error:
        raise BigQueryError(503, "backendError", f"The emulator fails: {error.cause}") from error
