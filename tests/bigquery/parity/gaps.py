"""What GoogleSQL's reference evaluator and DuckDB are not compared in, and why.

Each gap is tried: one that the evaluator can do after all, or where both sides agree, fails its
test.
"""

_BIGQUERY_ML = "calls BigQuery ML, of which the evaluator has no function"
# the rest of feature_drift is compared: parity/macros.py gives it the bounds of its buckets
_QUANTILES = "calls APPROX_QUANTILES, which the evaluator has not"
_OF_MODELS = "reads tables that BigQuery ML makes"

# what the evaluator says of them: the function, or the table
REFUSED = r"\bml\.\w+|approx_quantiles|Table not found"

# models, by their name; all others are compared
MODELS = {
    "feature_quantiles": _QUANTILES,
    "model_catalogue": _OF_MODELS,
    "model_confusion": _BIGQUERY_ML,
    "model_forecasts": _OF_MODELS,
    "model_importance": _BIGQUERY_ML,
    "model_metrics": _OF_MODELS,
    "model_residuals": _OF_MODELS,
    "model_roc": _BIGQUERY_ML,
    "model_versions": _OF_MODELS,
    "ml_air_time__drift": _QUANTILES,
    "ml_air_time__evaluation": _BIGQUERY_ML,
    "ml_air_time__predictions": _BIGQUERY_ML,
    "ml_airport_segments__drift": _BIGQUERY_ML,
    "ml_airport_segments__evaluation": _BIGQUERY_ML,
    "ml_airport_segments__predictions": _BIGQUERY_ML,
    "ml_delay_band__drift": _QUANTILES,
    "ml_delay_band__evaluation": _BIGQUERY_ML,
    "ml_delay_band__predictions": _BIGQUERY_ML,
    "ml_departures_forecast__drift": _BIGQUERY_ML,
    "ml_departures_forecast__evaluation": _BIGQUERY_ML,
    "ml_departures_forecast__predictions": _BIGQUERY_ML,
    "ml_late_arrival__drift": _QUANTILES,
    "ml_late_arrival__evaluation": _BIGQUERY_ML,
    "ml_late_arrival__predictions": _BIGQUERY_ML,
}

# models that have no rows without candidates: their columns and types are compared, of decisions
# also the rows of their unit tests (test_promotion.py)
EMPTY = ("model_promotion_candidates", "model_promotion_decisions", "model_promotion_promises")

# columns of models that are compared but for these
COLUMNS = {
    ("feature_catalogue", "relation_name"): "each engine names a table in its own way",
    ("stg_nycflights13__rejects", "line_number"): "an external table does not know it",
}

# macros with a BigQuery side of their own, by their name; all others are compared
MACROS = {
    "_table_as_of": "FOR SYSTEM_TIME AS OF, which the evaluator's tables do not know",
    "external_table_sql": "CREATE EXTERNAL TABLE, which the evaluator does not run",
    "ml_model_sql": "CREATE MODEL, which the evaluator does not run",
    "value_at_quantile": _QUANTILES,
    **dict.fromkeys(
        (
            "_confusion_cells",
            "_greatest_category_weight",
            "ml_advanced_weights",
            "ml_arima_coefficients",
            "ml_arima_evaluate",
            "ml_bag_of_words",
            "ml_bucketize",
            "ml_centroids",
            "ml_confusion_matrix",
            "ml_describe_data",
            "ml_detect_anomalies",
            "ml_distance",
            "ml_entity_features_at_time",
            "ml_evaluate",
            "ml_explain_forecast",
            "ml_explain_predict",
            "ml_feature_cross",
            "ml_feature_importance",
            "ml_feature_info",
            "ml_features_at_time",
            "ml_forecast",
            "ml_generate_embedding",
            "ml_global_explain",
            "ml_holiday_info",
            "ml_hash_bucketize",
            "ml_imputer",
            "ml_label_encoder",
            "ml_lp_norm",
            "ml_max_abs_scaler",
            "ml_min_max_scaler",
            "ml_multi_hot_encoder",
            "ml_ngrams",
            "ml_normalizer",
            "ml_one_hot_encoder",
            "ml_polynomial_expand",
            "ml_predict",
            "ml_principal_component_info",
            "ml_principal_components",
            "ml_quantile_bucketize",
            "ml_robust_scaler",
            "ml_roc_curve",
            "ml_standard_scaler",
            "ml_tf_idf",
            "ml_training_info",
            "ml_transform",
            "ml_validate_data_drift",
            "ml_validate_data_skew",
            "ml_weights",
        ),
        _BIGQUERY_ML,
    ),
}

# macros with a BigQuery side that is no SQL, and what tries it
NO_SQL = {"_ml_copy_model": "a job copies a model: test_promotion.py"}
