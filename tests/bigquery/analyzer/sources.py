"""What is there before dbt: the external tables over the lake, as docs/bigquery.md has them."""

from dbt.contracts.graph.manifest import Manifest

from analyzer.warehouse import Table, Warehouse


def add_sources(warehouse: Warehouse, manifest: Manifest) -> None:
    """Parquet with the columns declared, text as one; and the day of a record's folder."""
    for source in manifest.sources.values():
        is_text = source.config.meta["lake"]["format"] != "parquet"
        declared = {name: column.data_type for name, column in source.columns.items()}
        columns = {"raw_record": "string"} if is_text else declared
        warehouse.put(
            (source.database, source.schema, source.identifier),
            Table(
                warehouse.types(**columns, ingested_date="date"),
                pseudo_columns=warehouse.types(_file_name="string"),
                kind="EXTERNAL",
            ),
        )
