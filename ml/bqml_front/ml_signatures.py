"""BigQuery ML's functions as one table: what each takes, and the columns or the type it gives.

Types and columns are text in BigQuery's words. In the columns of a table function

    {label} {label_type}            the label column and its type, FLOAT64 for a regression
    {components} {latent_columns}   one FLOAT64 column per component
    {series_keys} {timestamp} {data} {data_type}   the columns of a time series

stand for what the model was trained with; a text that ends up empty is left out.
"""

from dataclasses import dataclass, field

ANY = "ANY"  # every model type
TREE = "TREE"
KINDS = {
    "LINEAR_REG": "REGRESSION",
    "LOGISTIC_REG": "CLASSIFICATION",
    "BOOSTED_TREE_REGRESSOR": "REGRESSION",
    "BOOSTED_TREE_CLASSIFIER": "CLASSIFICATION",
    "RANDOM_FOREST_REGRESSOR": "REGRESSION",
    "RANDOM_FOREST_CLASSIFIER": "CLASSIFICATION",
    "DNN_REGRESSOR": "REGRESSION",
    "DNN_CLASSIFIER": "CLASSIFICATION",
    "DNN_LINEAR_COMBINED_REGRESSOR": "REGRESSION",
    "DNN_LINEAR_COMBINED_CLASSIFIER": "CLASSIFICATION",
    "AUTOML_REGRESSOR": "REGRESSION",
    "AUTOML_CLASSIFIER": "CLASSIFICATION",
    "ARIMA_PLUS": "TIME_SERIES",
    "ARIMA_PLUS_XREG": "TIME_SERIES",
}


def kinds_of(model_type: str) -> list[str]:
    """The keys of `TableFunction.columns` that a model type goes by, the nearest first."""
    tree = [TREE] if "TREE" in model_type or "FOREST" in model_type else []
    return [model_type, *tree, *([KINDS[model_type]] if model_type in KINDS else []), ANY]


@dataclass(frozen=True)
class TableFunction:
    """A function in FROM."""

    arguments: str
    """In their order, `?` if it may be left out: model, data, settings, numbers (an array), and
    named, which are settings, too, each written `name => value`."""
    columns: dict[str, str]
    """By model type, or a kind of them."""
    settings: dict[str, str] = field(default_factory=dict)
    """The fields that the STRUCT may have, and their types."""
    needs: str = ""
    """What the data must hold: `features`, or `features label`, of the model."""
    holds: tuple[dict[str, str], ...] = ()
    """The columns, with their types, that the data of each data argument must hold."""
    keeps: str = ""
    """Columns of the first data that follow: `all` (of a PCA, all but the features, unless its
    setting says so); or `transformed`, what TRANSFORM makes, and then those that it does not
    read."""

    def takes(self, kinds: list[str]) -> bool:
        """Whether these kinds of arguments, in their order, are what it takes."""
        waiting = list(kinds)
        for argument in self.arguments.split(", "):
            if waiting and waiting[0] == argument.removesuffix("?"):
                waiting.pop(0)
                while argument == "named?" and waiting and waiting[0] == "named":
                    waiting.pop(0)
            elif not argument.endswith("?"):
                return False
        return not waiting


_METRICS = {
    "REGRESSION": "mean_absolute_error FLOAT64, mean_squared_error FLOAT64, mean_squared_log_error"
    " FLOAT64, median_absolute_error FLOAT64, r2_score FLOAT64, explained_variance FLOAT64",
    "CLASSIFICATION": "precision FLOAT64, recall FLOAT64, accuracy FLOAT64, f1_score FLOAT64,"
    " log_loss FLOAT64, roc_auc FLOAT64",
    "KMEANS": "davies_bouldin_index FLOAT64, mean_squared_distance FLOAT64",
    "PCA": "total_explained_variance_ratio FLOAT64",
    "AUTOENCODER": "mean_absolute_error FLOAT64, mean_squared_error FLOAT64, mean_squared_log_error"
    " FLOAT64",
    "TIME_SERIES": "{series_keys}, mean_absolute_error FLOAT64, mean_squared_error FLOAT64,"
    " root_mean_squared_error FLOAT64, mean_absolute_percentage_error FLOAT64,"
    " symmetric_mean_absolute_percentage_error FLOAT64",
}
_FEATURE_WEIGHTS = "feature STRING, numerical_value FLOAT64, categorical_value"
_CATEGORIES = "ARRAY<STRUCT<category STRING, value FLOAT64>>"
_EXPLAINED = (
    "top_feature_attributions ARRAY<STRUCT<feature STRING, attribution FLOAT64>>,"
    " baseline_prediction_value FLOAT64, prediction_value FLOAT64, approximation_error FLOAT64"
)
_INTERVALS = (
    "standard_error FLOAT64, confidence_level FLOAT64, prediction_interval_lower_bound FLOAT64,"
    " prediction_interval_upper_bound FLOAT64"
)
_DRIFT = "input STRING, metric STRING, threshold FLOAT64, value FLOAT64, is_anomaly BOOL"
_THRESHOLDS = {
    "categorical_default_threshold": "FLOAT64",
    "categorical_metric_type": "STRING",
    "numerical_default_threshold": "FLOAT64",
    "numerical_metric_type": "STRING",
    "thresholds": "ARRAY<STRUCT<STRING, FLOAT64>>",
    "enable_visualization_link": "BOOL",
}
_STATES = {"entity_id": "STRING", "feature_timestamp": "TIMESTAMP"}
_OF_ENTITIES = {"num_rows": "INT64", "ignore_feature_nulls": "BOOL"}
_HISTOGRAMS = {
    "num_histogram_buckets": "INT64",
    "num_quantiles_histogram_buckets": "INT64",
    "num_values_histogram_buckets": "INT64",
    "num_rank_histogram_buckets": "INT64",
}

TABLE_FUNCTIONS = {
    "PREDICT": TableFunction(
        "model, data, settings?",
        {
            "REGRESSION": "predicted_{label} FLOAT64",
            "CLASSIFICATION": "predicted_{label} {label_type}, predicted_{label}_probs"
            " ARRAY<STRUCT<label {label_type}, prob FLOAT64>>",
            "KMEANS": "CENTROID_ID INT64, NEAREST_CENTROIDS_DISTANCE"
            " ARRAY<STRUCT<CENTROID_ID INT64, DISTANCE FLOAT64>>",
            "PCA": "{components}",
            "AUTOENCODER": "{latent_columns}",
        },
        {"threshold": "FLOAT64", "keep_original_columns": "BOOL", "trial_id": "INT64"},
        needs="features",
        keeps="all",
    ),
    "EVALUATE": TableFunction(
        "model, data?, settings?",
        _METRICS,
        {
            "threshold": "FLOAT64",
            "trial_id": "INT64",
            "perform_aggregation": "BOOL",
            "horizon": "INT64",
            "confidence_level": "FLOAT64",
        },
        needs="features label",
    ),
    # the columns of the classes are named after what the label holds: no analysis can know them
    "CONFUSION_MATRIX": TableFunction(
        "model, data?, settings?",
        {"CLASSIFICATION": "expected_label {label_type}"},
        {"threshold": "FLOAT64", "trial_id": "INT64"},
        needs="features label",
    ),
    "ROC_CURVE": TableFunction(
        "model, data?, numbers?, settings?",
        {
            "CLASSIFICATION": "threshold FLOAT64, recall FLOAT64, false_positive_rate FLOAT64,"
            " true_positives INT64, false_positives INT64, true_negatives INT64,"
            " false_negatives INT64"
        },
        {"trial_id": "INT64"},
        needs="features label",
    ),
    "TRAINING_INFO": TableFunction(
        "model",
        {
            "KMEANS": "training_run INT64, iteration INT64, loss FLOAT64, duration_ms INT64,"
            " cluster_info ARRAY<STRUCT<centroid_id INT64, cluster_radius FLOAT64,"
            " cluster_size INT64>>",
            "PCA": "training_run INT64, iteration INT64, duration_ms INT64",
            "TIME_SERIES": "training_run INT64, iteration INT64, duration_ms INT64",
            ANY: "training_run INT64, iteration INT64, loss FLOAT64, eval_loss FLOAT64,"
            " learning_rate FLOAT64, duration_ms INT64",
        },
    ),
    "FEATURE_INFO": TableFunction(
        "model",
        {
            ANY: "input STRING, min FLOAT64, max FLOAT64, mean FLOAT64, median FLOAT64,"
            " stddev FLOAT64, category_count INT64, null_count INT64, dimension INT64"
        },
    ),
    "TRIAL_INFO": TableFunction(
        "model",
        {
            ANY: "trial_id INT64, training_loss FLOAT64, eval_loss FLOAT64, status STRING,"
            " error_message STRING, is_optimal BOOL"
        },
    ),
    # a column class_label follows if there are more than two classes
    "WEIGHTS": TableFunction(
        "model, settings?",
        {
            "LINEAR_REG": "processed_input STRING, weight FLOAT64, category_weights"
            " ARRAY<STRUCT<category STRING, weight FLOAT64>>",
            "LOGISTIC_REG": "processed_input STRING, weight FLOAT64, category_weights"
            " ARRAY<STRUCT<category STRING, weight FLOAT64>>, {class_label}",
            "MATRIX_FACTORIZATION": "processed_input STRING, feature STRING, factor_weights"
            " ARRAY<STRUCT<factor INT64, weight FLOAT64>>, intercept FLOAT64",
        },
        {"standardize": "BOOL"},
    ),
    "ADVANCED_WEIGHTS": TableFunction(
        "model, settings?",
        dict.fromkeys(
            ("LINEAR_REG", "LOGISTIC_REG"),
            "processed_input STRING, category STRING, weight FLOAT64, standard_error FLOAT64,"
            " p_value FLOAT64",
        ),
        {"standardize": "BOOL"},
    ),
    "CENTROIDS": TableFunction(
        "model, settings?",
        {"KMEANS": f"centroid_id INT64, {_FEATURE_WEIGHTS} {_CATEGORIES}"},
        {"standardize": "BOOL"},
    ),
    "PRINCIPAL_COMPONENTS": TableFunction(
        "model", {"PCA": f"principal_component_id INT64, {_FEATURE_WEIGHTS} {_CATEGORIES}"}
    ),
    "PRINCIPAL_COMPONENT_INFO": TableFunction(
        "model",
        {
            "PCA": "principal_component_id INT64, eigenvalue FLOAT64, explained_variance_ratio"
            " FLOAT64, cumulative_explained_variance_ratio FLOAT64"
        },
    ),
    "RECONSTRUCTION_LOSS": TableFunction(
        "model, data",
        {"AUTOENCODER": _METRICS["AUTOENCODER"]},
        needs="features",
        keeps="all",
    ),
    "GENERATE_EMBEDDING": TableFunction(
        "model, data, settings?",
        dict.fromkeys(("PCA", "AUTOENCODER"), "ml_generate_embedding_result ARRAY<FLOAT64>"),
        {"trial_id": "INT64"},
        needs="features",
        keeps="all",
    ),
    "DETECT_ANOMALIES": TableFunction(
        "model, settings, data",
        {
            "KMEANS": "is_anomaly BOOL, normalized_distance FLOAT64, centroid_id INT64",
            "PCA": "is_anomaly BOOL, mean_squared_error FLOAT64",
            "AUTOENCODER": "is_anomaly BOOL, mean_squared_error FLOAT64",
        },
        {"contamination": "FLOAT64"},
        needs="features",
        keeps="all",
    ),
    "EXPLAIN_PREDICT": TableFunction(
        "model, data, settings?",
        {
            "REGRESSION": f"predicted_{{label}} FLOAT64, {_EXPLAINED}",
            "CLASSIFICATION": "predicted_{label} {label_type}, probability FLOAT64,"
            f" {_EXPLAINED}",
        },
        {
            "top_k_features": "INT64",
            "threshold": "FLOAT64",
            "integrated_gradients_num_steps": "INT64",
            "approx_feature_contrib": "BOOL",
        },
        needs="features",
        keeps="all",
    ),
    "GLOBAL_EXPLAIN": TableFunction(
        "model, settings?",
        {
            "REGRESSION": "feature STRING, attribution FLOAT64",
            "CLASSIFICATION": "{explained_class}, feature STRING, attribution FLOAT64",
        },
        {"class_level_explain": "BOOL"},
    ),
    "FEATURE_IMPORTANCE": TableFunction(
        "model",
        {
            TREE: "feature STRING, importance_weight FLOAT64, importance_gain FLOAT64,"
            " importance_cover FLOAT64"
        },
    ),
    "TRANSFORM": TableFunction("model, data", {ANY: ""}, needs="features", keeps="transformed"),
    "FORECAST": TableFunction(
        "model, settings?, data?",
        {
            "TIME_SERIES": "{series_keys}, forecast_timestamp TIMESTAMP, forecast_value FLOAT64,"
            f" {_INTERVALS}, confidence_interval_lower_bound FLOAT64,"
            " confidence_interval_upper_bound FLOAT64"
        },
        {"horizon": "INT64", "confidence_level": "FLOAT64"},
    ),
    "EXPLAIN_FORECAST": TableFunction(
        "model, settings?, data?",
        {
            "TIME_SERIES": "{series_keys}, time_series_timestamp TIMESTAMP, time_series_type"
            f" STRING, time_series_data FLOAT64, time_series_adjusted_data FLOAT64, {_INTERVALS},"
            " trend FLOAT64, seasonal_period_yearly FLOAT64, seasonal_period_quarterly FLOAT64,"
            " seasonal_period_monthly FLOAT64, seasonal_period_weekly FLOAT64,"
            " seasonal_period_daily FLOAT64, holiday_effect FLOAT64, spikes_and_dips FLOAT64,"
            " step_changes FLOAT64, residual FLOAT64"
        },
        {"horizon": "INT64", "confidence_level": "FLOAT64"},
    ),
    "ARIMA_EVALUATE": TableFunction(
        "model, settings?",
        {
            "TIME_SERIES": "{series_keys}, non_seasonal_p INT64, non_seasonal_d INT64,"
            " non_seasonal_q INT64, has_drift BOOL, log_likelihood FLOAT64, AIC FLOAT64,"
            " variance FLOAT64, seasonal_periods ARRAY<STRING>, has_holiday_effect BOOL,"
            " has_spikes_and_dips BOOL, has_step_changes BOOL, error_message STRING"
        },
        {"show_all_candidate_models": "BOOL"},
    ),
    "ARIMA_COEFFICIENTS": TableFunction(
        "model",
        {
            "ARIMA_PLUS": "{series_keys}, ar_coefficients ARRAY<FLOAT64>, ma_coefficients"
            " ARRAY<FLOAT64>, intercept_or_drift FLOAT64"
        },
    ),
    "HOLIDAY_INFO": TableFunction(
        "model",
        {
            "TIME_SERIES": "region STRING, holiday_name STRING, primary_date DATE,"
            " preholiday_days INT64, postholiday_days INT64"
        },
    ),
    "VALIDATE_DATA_DRIFT": TableFunction(
        "data, data, settings, model?", {ANY: _DRIFT}, {**_HISTOGRAMS, **_THRESHOLDS}
    ),
    "VALIDATE_DATA_SKEW": TableFunction("model, data, settings?", {ANY: _DRIFT}, _THRESHOLDS),
    "DESCRIBE_DATA": TableFunction(
        "data, settings?",
        {
            ANY: "name STRING, num_rows INT64, num_values INT64, num_nulls INT64, num_zeros INT64,"
            " min STRING, max STRING, mean FLOAT64, stddev FLOAT64, median FLOAT64, quantiles"
            " ARRAY<FLOAT64>, `unique` INT64, avg_string_length FLOAT64, top_values"
            " ARRAY<STRUCT<value STRING, count INT64>>, min_array_length INT64, max_array_length"
            " INT64, avg_array_length FLOAT64, total_array_length INT64, array_length_quantiles"
            " ARRAY<INT64>, dimension INT64"
        },
        {"num_quantiles": "INT64", "num_array_length_quantiles": "INT64", "top_k": "INT64"},
    ),
    "FEATURES_AT_TIME": TableFunction(
        "data, named?",
        {ANY: ""},
        {"time": "TIMESTAMP", **_OF_ENTITIES},
        holds=(_STATES,),
        keeps="all",
    ),
    "ENTITY_FEATURES_AT_TIME": TableFunction(
        "data, data, named?",
        {ANY: ""},
        _OF_ENTITIES,
        holds=(_STATES, {"entity_id": "STRING", "time": "TIMESTAMP"}),
        keeps="all",
    ),
    "TFDV_DESCRIBE": TableFunction(
        "data, settings?", {ANY: "dataset_feature_statistics_list JSON"}, _HISTOGRAMS
    ),
}


@dataclass(frozen=True)
class Function:
    """A function in an expression; an analytic one takes an empty OVER ()."""

    signatures: tuple[tuple[tuple[str, ...], str], ...]
    """(types of the arguments, `?` behind one that may be left out; the type returned)"""
    is_analytic: bool = False
    words: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """The words that the argument of a number, from 0, may be."""
    fields: str = ""
    """The STRUCT it returns has a field per combination of the argument's: `cross` of their texts,
    `expand` of their powers."""


def _of(*arguments: str, gives: str) -> tuple[tuple[str, ...], str]:
    return arguments, gives


_FORMATS = ("bucket_names", "bucket_ranges", "bucket_ranges_json")
_SPARSE = "ARRAY<STRUCT<index INT64, value FLOAT64>>"
_VECTORS = ("ARRAY<FLOAT64>", "ARRAY<INT64>", "ARRAY<NUMERIC>")
_SCALER = (_of("FLOAT64", gives="FLOAT64"),)
_TERMS = (_of("ARRAY<STRING>", "INT64?", "INT64?", gives=_SPARSE),)
_SPARSE_VECTORS = tuple(
    f"ARRAY<STRUCT<{key}, {number}>>"
    for key in ("INT64", "STRING")
    for number in ("FLOAT64", "INT64")
)

FUNCTIONS = {
    "BUCKETIZE": Function(
        tuple(_of("FLOAT64", points, "BOOL?", "STRING?", gives="STRING") for points in _VECTORS),
        words={3: _FORMATS},
    ),
    "QUANTILE_BUCKETIZE": Function(
        (_of("FLOAT64", "INT64", "STRING?", gives="STRING"),), is_analytic=True, words={2: _FORMATS}
    ),
    "HASH_BUCKETIZE": Function((_of("STRING", "INT64", gives="INT64"),)),
    "FEATURE_CROSS": Function((_of("STRUCT", "INT64?", gives="STRING"),), fields="cross"),
    "POLYNOMIAL_EXPAND": Function((_of("STRUCT", "INT64?", gives="FLOAT64"),), fields="expand"),
    "STANDARD_SCALER": Function(_SCALER, is_analytic=True),
    "MIN_MAX_SCALER": Function(_SCALER, is_analytic=True),
    "MAX_ABS_SCALER": Function(_SCALER, is_analytic=True),
    "ROBUST_SCALER": Function(
        tuple(
            _of("FLOAT64", points, "BOOL?", "BOOL?", gives="FLOAT64")
            for points in ("ARRAY<INT64>?", "ARRAY<FLOAT64>?")
        ),
        is_analytic=True,
    ),
    "NORMALIZER": Function(
        tuple(_of(vector, "FLOAT64?", gives="ARRAY<FLOAT64>") for vector in _VECTORS)
    ),
    "IMPUTER": Function(
        (_of("FLOAT64", "STRING", gives="FLOAT64"), _of("STRING", "STRING", gives="STRING")),
        is_analytic=True,
        words={1: ("mean", "median", "most_frequent")},
    ),
    "LABEL_ENCODER": Function(
        (_of("STRING", "INT64?", "INT64?", gives="INT64"),), is_analytic=True
    ),
    "ONE_HOT_ENCODER": Function(
        (_of("STRING", "STRING?", "INT64?", "INT64?", gives=_SPARSE),),
        is_analytic=True,
        words={1: ("none", "most_frequent")},
    ),
    "MULTI_HOT_ENCODER": Function(_TERMS, is_analytic=True),
    "NGRAMS": Function((_of("ARRAY<STRING>", "ARRAY<INT64>", "STRING?", gives="ARRAY<STRING>"),)),
    "BAG_OF_WORDS": Function(_TERMS, is_analytic=True),
    "TF_IDF": Function(_TERMS, is_analytic=True),
    "DISTANCE": Function(
        tuple(
            _of(vector, vector, "STRING?", gives="FLOAT64")
            for vector in (*_VECTORS, *_SPARSE_VECTORS)
        ),
        words={2: ("EUCLIDEAN", "MANHATTAN", "COSINE")},
    ),
    "LP_NORM": Function(tuple(_of(vector, "FLOAT64", gives="FLOAT64") for vector in _VECTORS)),
    "TFDV_VALIDATE": Function(
        (
            _of(
                "JSON",
                "JSON",
                "STRING?",
                "FLOAT64?",
                "STRING?",
                "FLOAT64?",
                "STRING?",
                gives="JSON",
            ),
        ),
        words={2: ("SKEW", "DRIFT")},
    ),
}
