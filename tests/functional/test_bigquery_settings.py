"""What is set for BigQuery does nothing on DuckDB, and says so where that is not enough."""

import pytest

SETTINGS = """
{{ config(
    partition_by={'field': 'day', 'data_type': 'date'}, cluster_by=['shop'],
    require_partition_filter=true, labels={'layer': 'marts'}, kms_key_name='k',
    persist_docs={'relation': true, 'columns': true},
    grants={'roles/bigquery.dataViewer': ['user:ann@example.com']}
) }}
select date '2013-01-01' as day, 'a' as shop
"""
DESCRIBED = """
models:
  - name: sales
    description: "One row per day."
    columns:
      - name: shop
        description: The shop.
        policy_tags: [projects/p/locations/us/taxonomies/1/policyTags/2]
"""
SOURCE = """
sources:
  - name: shop
    tables:
      - name: orders
        config: {{meta: {{lake: {lake}}}}}
        columns:
          - {{name: order_id, data_type: int64}}
          - {{name: event_at, data_type: timestamp}}
          - {{name: ingested_at, data_type: timestamp}}
"""
READING = "select * from {{ lake_records('shop', 'orders') }} as lake_records"


@pytest.fixture(scope="module")
def project(tiny):
    return tiny()


def declare(project, lake: str) -> None:
    (project.root / "models" / "sources.yml").write_text(SOURCE.format(lake=lake))
    project.model("orders", READING)


def test_settings_of_bigquery_change_nothing(project):
    project.model("sales", SETTINGS)
    (project.root / "models" / "sales.yml").write_text(DESCRIBED)
    for _ in range(2):
        project.dbt("--warn-error", "run", "--select", "sales").succeeded()
    comments = "select comment from duckdb_columns() where comment is not null"
    assert project.query(f"{comments} union all {comments.replace('columns', 'tables')}") == []


def test_no_external_tables_are_made(project, capsys):
    declare(project, "{format: parquet, key: [order_id], max_lateness_days: 1}")
    project.dbt("run-operation", "create_external_tables").succeeded()
    assert "Nothing to do: duckdb reads the files" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lake", "words"),
    [
        (
            "{format: avro, key: [order_id], max_lateness_days: 1}",
            ["shop.orders", "format avro", "land them as parquet"],
        ),
        (
            "{format: excel, key: [order_id], max_lateness_days: 1}",
            ["shop.orders", "'excel' is unknown", "parquet, avro, orc, ndjson, csv, datastore"],
        ),
        ("{format: datastore}", ["shop.orders", "lacks 'export'"]),
        (
            "{format: datastore, export: a/a.export_metadata}",
            ["Model orders", "shop.orders is one export without days", "source()"],
        ),
        ("{format: parquet, key: [order_id]}", ["shop.orders", "lacks 'max_lateness_days'"]),
    ],
)
def test_a_format_that_duckdb_cannot_read_is_named(project, lake, words):
    declare(project, lake)
    project.dbt("run", "--select", "orders").failed_saying(*words)
