"""The history of runs on BigQuery: its statements are taken, and its table is what is described."""

from analyzer.warehouse import Warehouse


def test_the_history_of_a_run_is_accepted(build, service):
    warehouse = Warehouse(service, "demo")
    lake = ["run-operation", "create_external_tables", "--args", "{lake_uri: gs://bucket/lake}"]
    run = ["build", "--select", "stg_nycflights13__carriers", "--vars", "{run_history: true}"]
    built = build(warehouse, lake, run)
    assert built.problems == {}
    sent = [statement for statement in built.sent if "run_history" in statement.sql]
    assert [statement.refused for statement in sent] == [None] * len(sent)
    kinds = [kind for statement in sent for kind in statement.kinds]
    assert "CreateTableStmt" in kinds
    assert "InsertStmt" in kinds
