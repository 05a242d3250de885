"""What GoogleSQL's reference evaluator and DuckDB are not compared in, and why.

Each gap is tried: one that the evaluator can do after all, or where both sides agree, fails its test.
"""

_BIGQUERY_ML = "calls BigQuery ML, of which the evaluator has no function"

# models, by their name; all others are compared
MODELS = {
    "ml_air_time__drift": _BIGQUERY_ML,
    "ml_air_time__evaluation": _BIGQUERY_ML,
    "ml_air_time__predictions": _BIGQUERY_ML,
    "ml_airport_segments__drift": _BIGQUERY_ML,
    "ml_airport_segments__evaluation": _BIGQUERY_ML,
    "ml_airport_segments__predictions": _BIGQUERY_ML,
    "ml_delay_band__drift": _BIGQUERY_ML,
    "ml_delay_band__evaluation": _BIGQUERY_ML,
    "ml_delay_band__predictions": _BIGQUERY_ML,
    "ml_late_arrival__drift": _BIGQUERY_ML,
    "ml_late_arrival__evaluation": _BIGQUERY_ML,
    "ml_late_arrival__predictions": _BIGQUERY_ML,
}

# columns of models that are compared but for these
COLUMNS = {
    ("stg_nycflights13__rejects", "line_number"): "an external table does not know it",
}
