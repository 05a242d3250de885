"""BigQuery ML before an emulator of BigQuery that has none: its statements run on duckdb_bqml."""
