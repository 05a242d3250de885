"""What BigQuery says that a statement would scan: a dry run, which is free and changes nothing."""

from collections.abc import Iterable, Iterator

from dbt.adapters.base import BaseAdapter
from dbt.adapters.factory import get_adapter, register_adapter, reset_adapters
from dbt.config.runtime import RuntimeConfig
from dbt.flags import get_flags
from dbt.mp_context import get_mp_context
from dbt_common.exceptions import DbtDatabaseError

from cost.scans import reads_temporary
from cost.statements import Sent

# what BigQuery says where the project was not built yet
_NOT_THERE = "Not found"


def dry_run(statements: Iterable[Sent]) -> Iterator[int | None]:
    """Bytes of each statement by a dry run, right after dbt has recorded them.

    None where there is none to be had: for a statement on a table that only the build makes, or on
    one that is not there yet; and where none is needed, for one that reads no table. What else
    BigQuery refuses is raised, as DbtDatabaseError.
    """
    adapter = _adapter()
    with adapter.connection_named("cost"):
        for sent in statements:
            yield _bytes(adapter, sent)


def _bytes(adapter: BaseAdapter, sent: Sent) -> int | None:
    if not sent.reads.scans or reads_temporary(sent):
        return None
    try:
        job, _ = adapter.connections.raw_execute(sent.sql, dry_run=True)
    except DbtDatabaseError as error:
        if _NOT_THERE in str(error):
            return None
        raise
    return int(job.total_bytes_processed)


def _adapter() -> BaseAdapter:
    """dbt's adapter for BigQuery, with the account of the profile that dbt was last run with."""
    reset_adapters()
    config = RuntimeConfig.from_args(get_flags())
    register_adapter(config, get_mp_context())
    return get_adapter(config)
