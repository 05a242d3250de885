"""FARM_FINGERPRINT over Arrow texts."""

import duckdb
import numpy as np
import pyarrow as pa

from duckdb_bqml.algorithms.farm_hash import fingerprint64

FARM_FINGERPRINT = "bqml_farm_fingerprint"
"""The name of the DuckDB function."""


def farm_fingerprint(texts: pa.ChunkedArray) -> pa.Array:
    """The int64 fingerprint (n,) of each text's UTF-8 bytes, signed; NULL of NULL."""
    array = texts.cast(pa.large_string()).combine_chunks()
    _, offsets, data = array.buffers()
    bounds = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    content = np.frombuffer(data or b"", np.uint8)
    hashes = fingerprint64(content, bounds[:-1], bounds[1:]).view(np.int64)
    return pa.array(hashes, mask=array.is_null().to_numpy(zero_copy_only=False))


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the function to a database that has no other of this package."""
    connection.create_function(
        FARM_FINGERPRINT,
        farm_fingerprint,
        ["VARCHAR"],
        "BIGINT",
        type="arrow",
        null_handling="special",
    )
