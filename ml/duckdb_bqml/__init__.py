"""BigQuery ML's vocabulary on DuckDB: train, predict and evaluate in SQL, on one machine."""

import duckdb
from bqml_vocabulary.errors import ModelError

__all__ = ["ModelError", "register"]


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the functions bqml_train, bqml_predict, bqml_evaluate and so on to a DuckDB connection.

    Registering again is harmless. The functions belong to the database, so all its connections
    can call them, as long as this one stays open. Their errors are one sentence each.

        register(db := duckdb.connect())
        db.execute("create table t as select range as x, range * 2.0 as label from range(50)")
        options = '{"model_type": "linear_reg"}'
        train = "create table m as select unnest(bqml_train('m', ?, list(r))) from t r"
        db.execute(train, [options])
        predict = "select bqml_predict('m', (select model_version from m), r)[1] from t r"
        db.sql(predict).show()
    """
    # imported here: the names of this package are to be had without the mathematics
    from duckdb_bqml import functions

    functions.register(connection)
