"""BigQuery ML before any BigQuery emulator: `python -m bqml_front --emulator URL`."""
