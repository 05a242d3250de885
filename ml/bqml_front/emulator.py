"""What the machine learning half asks of the emulator, over the emulator's REST API."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq
from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import GoogleAPICallError, RetryError
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from bqml_front.errors import BigQueryError


class RestEmulator:
    """Queries, loads and drops tables of an emulator at `address`, through Google's own client."""

    def __init__(self, address: str) -> None:
        self._address = address

    def query(self, sql: str, project: str, default_dataset: str | None) -> pa.Table:
        """The rows of a query, typed as BigQuery types them: INT64 int64, NUMERIC decimal128(38, 9),
        DATE date32, TIMESTAMP timestamp[us, UTC], DATETIME timestamp[us], ARRAY list, STRUCT struct.

        Raises BigQueryError with what the emulator says of the query.
        """
        client = self._client(project)
        options = bigquery.QueryJobConfig()
        if default_dataset:
            options.default_dataset = f"{project}.{default_dataset}"
        with _told():
            job = client.query(sql, job_config=options, job_retry=None)
            return job.result(job_retry=None).to_arrow(create_bqstorage_client=False)

    def load(self, table: str, rows: pa.Table) -> None:
        """Create or replace `project.dataset.table`, and its dataset if there is none.

        A load job of Parquet, without a schema: the types are those of the rows.
        """
        project, dataset, _ = table.split(".")
        client = self._client(project)
        content = io.BytesIO()
        pq.write_table(rows, content)
        parquet = bigquery.ParquetOptions()
        parquet.enable_list_inference = True
        options = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.PARQUET,
            write_disposition=bigquery.WriteDisposition.WRITE_TRUNCATE,
            parquet_options=parquet,
        )
        with _told():
            client.create_dataset(dataset, exists_ok=True)
            client.load_table_from_file(
                content, table, rewind=True, job_config=options
            ).result()

    def drop(self, table: str) -> None:
        """Drop `project.dataset.table`, if it is there."""
        with _told():
            self._client(table.partition(".")[0]).delete_table(table, not_found_ok=True)

    def _client(self, project: str) -> bigquery.Client:
        return bigquery.Client(
            project,
            credentials=AnonymousCredentials(),
            client_options=ClientOptions(api_endpoint=self._address),
        )


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
