"""BOOSTED_TREE_* and RANDOM_FOREST_*: XGBoost, started and bounded as BigQuery does it."""
