"""What the DAGs make, by names that are the same on DuckDB and on BigQuery."""

from airflow.sdk import Asset

LAKE = Asset("lake")
WAREHOUSE = Asset("warehouse")
MARTS = Asset("marts")
FEATURES = Asset("features")
MODELS = Asset("models")
PREDICTIONS = Asset("predictions")
CATALOGUE = Asset("catalogue")
ONLINE_STORE = Asset("online_store")
