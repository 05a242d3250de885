"""What an emulator leaves out and a client needs, put in on the way.

A bridge is a function of its own that says what is missing and who needs it. It corrects a statement
before the emulator sees it, or a resource before the client does, and leaves all else alone.
"""

from typing import Any

Json = dict[str, Any]


def mend_sql(sql: str) -> str:
    """A statement in the form that emulators run."""
    return sql


def mend_job(job: Json) -> None:
    """Correct a Job resource in place."""
    _destination_of_created_table(job)


def _destination_of_created_table(job: Json) -> None:
    """BigQuery names the table that `create table as` made as the job's destination; local-bigquery
    does not. dbt reads the table's row count from there, and fails without."""
    query = job.get("configuration", {}).get("query")
    made = job.get("statistics", {}).get("query", {}).get("ddlTargetTable")
    if query is not None and made:
        query.setdefault("destinationTable", made)
