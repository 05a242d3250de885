"""Every function of the engine returns BigQuery's columns, in their order and of their types."""

from decimal import Decimal

import pyarrow as pa
import pytest
from bqml_proxy.macros import parameters
from bqml_vocabulary.functions import TABLE_FUNCTIONS

_INPUT = (
    "flight_id INT64, carrier STRING, miles FLOAT64, wind FLOAT64, minutes FLOAT64, is_late BOOL,"
    " band STRING, flight_date DATE, event_at TIMESTAMP, price NUMERIC, words ARRAY<STRING>"
)
_METRICS = TABLE_FUNCTIONS["EVALUATE"].columns
_EXPLAINED = (
    "top_feature_attributions ARRAY<STRUCT<feature STRING, attribution FLOAT64>>,"
    " baseline_prediction_value FLOAT64, prediction_value FLOAT64, approximation_error FLOAT64"
)
_PARTS = (
    "feature STRING, numerical_value FLOAT64, categorical_value"
    " ARRAY<STRUCT<category STRING, value FLOAT64>>"
)


def _without(*names: str) -> str:
    return ", ".join(x for x in _INPUT.split(", ") if x.split()[0] not in names)


def _as_declared(function: str, kind: str) -> str:
    return TABLE_FUNCTIONS[function].columns[kind]


def _of_alone(function: str) -> str:
    return _as_declared(function, "time_series").replace("{series_keys}, ", "")


def _of_series(function: str) -> str:
    return _as_declared(function, "time_series").replace("{series_keys}", "carrier STRING")


_LATER = "(select wind, band, date_add(flight_date, interval 120 day) as flight_date from flights)"
_ANOMALY = "is_anomaly BOOL, lower_bound FLOAT64, upper_bound FLOAT64, anomaly_probability FLOAT64"
_STATES = "(select carrier as entity_id, miles, event_at as feature_timestamp from flights)"
_STATE = "entity_id STRING, miles FLOAT64, feature_timestamp TIMESTAMP"

CALLS = {
    "predict(model linear, table flights)": f"predicted_minutes FLOAT64, {_INPUT}",
    "predict(model transformed, table flights)": f"predicted_minutes FLOAT64, {_INPUT}",
    "predict(model logistic, table flights, struct(0.3 as threshold))": (
        "predicted_is_late BOOL, predicted_is_late_probs ARRAY<STRUCT<label BOOL, prob FLOAT64>>, "
        + _INPUT
    ),
    "predict(model multiclass, (select * from flights))": (
        "predicted_band STRING, predicted_band_probs ARRAY<STRUCT<label STRING, prob FLOAT64>>, "
        + _INPUT
    ),
    "predict(model clusters, table flights)": (
        "CENTROID_ID INT64, NEAREST_CENTROIDS_DISTANCE"
        f" ARRAY<STRUCT<CENTROID_ID INT64, DISTANCE FLOAT64>>, {_INPUT}"
    ),
    "predict(model components, table flights)": (
        "principal_component_1 FLOAT64, principal_component_2 FLOAT64, "
        + _without("miles", "carrier", "wind")
    ),
    "predict(model components, table flights, struct(true as keep_original_columns))": (
        f"principal_component_1 FLOAT64, principal_component_2 FLOAT64, {_INPUT}"
    ),
    "predict(model boosted, table flights)": f"predicted_minutes FLOAT64, {_INPUT}",
    "predict(model forest, table flights)": f"predicted_minutes FLOAT64, {_INPUT}",
    "predict(model boosted_classes, table flights)": (
        "predicted_band STRING, predicted_band_probs ARRAY<STRUCT<label STRING, prob FLOAT64>>, "
        + _INPUT
    ),
    "predict(model forest_classes, table flights)": (
        "predicted_is_late BOOL, predicted_is_late_probs ARRAY<STRUCT<label BOOL, prob FLOAT64>>, "
        + _INPUT
    ),
    "evaluate(model linear)": _METRICS["regression"],
    "evaluate(model linear, table flights)": _METRICS["regression"],
    "evaluate(model logistic, table flights, struct(0.4 as threshold))": (
        _METRICS["classification"]
    ),
    "evaluate(model clusters, table flights)": _METRICS["clustering"],
    "evaluate(model components)": _METRICS["dimensionality_reduction"],
    f"forecast(model featured, struct(3 as horizon), {_LATER})": _of_alone("FORECAST"),
    f"explain_forecast(model featured, struct(3 as horizon), {_LATER})": (
        _of_alone("EXPLAIN_FORECAST").replace(
            "{holiday_effects}", "attribution_wind FLOAT64, attribution_band FLOAT64"
        )
    ),
    "arima_coefficients(model featured)": (
        _of_alone("ARIMA_COEFFICIENTS") + ", processed_input STRING, weight FLOAT64,"
        " category_weights ARRAY<STRUCT<category STRING, weight FLOAT64>>"
    ),
    "forecast(model series)": _of_series("FORECAST"),
    "forecast(model alone, struct(2 as horizon, 0.8 as confidence_level))": _of_alone("FORECAST"),
    "explain_forecast(model alone, struct(2 as horizon))": (
        _of_alone("EXPLAIN_FORECAST").replace(", {holiday_effects}", "")
    ),
    "explain_forecast(model series)": (
        _of_series("EXPLAIN_FORECAST").replace(", {holiday_effects}", "")
    ),
    "arima_evaluate(model series)": _of_series("ARIMA_EVALUATE"),
    "arima_evaluate(model alone, struct(false as show_all_candidate_models))": (
        _of_alone("ARIMA_EVALUATE")
    ),
    "arima_coefficients(model series)": _of_series("ARIMA_COEFFICIENTS"),
    "holiday_info(model alone)": _of_alone("HOLIDAY_INFO"),
    "evaluate(model series, (select carrier, miles, date_add(flight_date, interval 120 day) as"
    " flight_date from flights))": _of_series("EVALUATE"),
    "evaluate(model alone, table flights, struct(false as perform_aggregation))": (
        "event_at TIMESTAMP, miles FLOAT64, forecasted_miles FLOAT64, lower_bound FLOAT64,"
        " upper_bound FLOAT64, absolute_error FLOAT64, absolute_percentage_error FLOAT64"
    ),
    "detect_anomalies(model alone)": f"event_at TIMESTAMP, miles FLOAT64, {_ANOMALY}",
    "detect_anomalies(model series, struct(0.9 as anomaly_prob_threshold), table flights)": (
        f"carrier STRING, flight_date TIMESTAMP, miles FLOAT64, {_ANOMALY}, "
        + _without("carrier", "flight_date", "miles")
    ),
    "confusion_matrix(model logistic)": "expected_label BOOL, false INT64, true INT64",
    "confusion_matrix(model multiclass, table flights)": (
        "expected_label STRING, late INT64, on time INT64, very late INT64"
    ),
    "roc_curve(model logistic)": _as_declared("ROC_CURVE", "classification"),
    "roc_curve(model logistic, table flights, generate_array(0.2, 0.8, 0.2))": (
        _as_declared("ROC_CURVE", "classification")
    ),
    "training_info(model linear)": _as_declared("TRAINING_INFO", "regression"),
    "training_info(model clusters)": _as_declared("TRAINING_INFO", "clustering"),
    "training_info(model components)": _as_declared("TRAINING_INFO", "dimensionality_reduction"),
    "feature_info(model transformed)": _as_declared("FEATURE_INFO", "ANY"),
    "weights(model linear)": _as_declared("WEIGHTS", "LINEAR_REG"),
    "weights(model multiclass, struct(true as standardize))": (
        _as_declared("WEIGHTS", "LINEAR_REG") + ", class_label STRING"
    ),
    "advanced_weights(model linear)": _as_declared("ADVANCED_WEIGHTS", "LINEAR_MODELS"),
    "centroids(model clusters, struct(true as standardize))": f"centroid_id INT64, {_PARTS}",
    "principal_components(model components)": f"principal_component_id INT64, {_PARTS}",
    "principal_component_info(model components)": _as_declared(
        "PRINCIPAL_COMPONENT_INFO", "dimensionality_reduction"
    ),
    "generate_embedding(model components, table flights)": (
        f"ml_generate_embedding_result ARRAY<FLOAT64>, {_INPUT}"
    ),
    "detect_anomalies(model clusters, struct(0.1 as contamination), table flights)": (
        f"is_anomaly BOOL, normalized_distance FLOAT64, centroid_id INT64, {_INPUT}"
    ),
    "detect_anomalies(model components, struct(0.1 as contamination), table flights)": (
        f"is_anomaly BOOL, mean_squared_error FLOAT64, {_INPUT}"
    ),
    "explain_predict(model linear, table flights, struct(2 as top_k_features))": (
        f"predicted_minutes FLOAT64, {_EXPLAINED}, {_INPUT}"
    ),
    "explain_predict(model multiclass, table flights)": (
        f"predicted_band STRING, probability FLOAT64, {_EXPLAINED}, {_INPUT}"
    ),
    "global_explain(model linear)": "feature STRING, attribution FLOAT64",
    "global_explain(model multiclass, struct(true as class_level_explain))": (
        "class_label STRING, feature STRING, attribution FLOAT64"
    ),
    "feature_importance(model boosted)": _as_declared("FEATURE_IMPORTANCE", "TREES"),
    "transform(model transforming, (select miles, carrier, wind from flights))": (
        "distance STRING, carrier STRING, wind FLOAT64"
    ),
    "validate_data_drift(table flights, (select * from flights where flight_id > 50),"
    " struct(0.2 as numerical_default_threshold, [('miles', 0.1)] as thresholds))": _as_declared(
        "VALIDATE_DATA_DRIFT", "ANY"
    ),
    "validate_data_drift(table flights, table flights)": _as_declared("VALIDATE_DATA_DRIFT", "ANY"),
    "validate_data_drift(table flights, table flights, struct(true as enable_visualization_link,"
    " 0.1 as numerical_default_threshold), model linear)": (
        _as_declared("VALIDATE_DATA_DRIFT", "ANY") + ", visualization_link STRING"
    ),
    "validate_data_skew(model linear, table flights, struct(false as enable_visualization_link))": (
        _as_declared("VALIDATE_DATA_SKEW", "ANY")
    ),
    "validate_data_skew(model linear, table flights)": _as_declared("VALIDATE_DATA_SKEW", "ANY"),
    "validate_data_skew(model transformed, table flights,"
    " struct('JENSEN_SHANNON_DIVERGENCE' as categorical_metric_type))": _as_declared(
        "VALIDATE_DATA_SKEW", "ANY"
    ),
    "describe_data(table flights, struct(3 as top_k))": _as_declared(
        "DESCRIBE_DATA", "ANY"
    ).replace("`", ""),
    f"features_at_time({_STATES}, time => timestamp '2024-01-03', num_rows => 2)": _STATE,
    f"entity_features_at_time({_STATES}, (select carrier as entity_id, event_at as time from"
    " flights), ignore_feature_nulls => true)": _STATE,
}


@pytest.mark.parametrize("call", CALLS)
def test_columns_are_those_of_bigquery(trained, call):
    table = trained.table(f"select * from ml.{call}")
    assert ", ".join(f"{x.name} {_type(x.type)}" for x in table.schema) == CALLS[call]
    assert table.num_rows > 0 or "holiday_info" in call


def test_every_macro_of_a_table_function_is_called_here():
    functions = {name.lower() for name in TABLE_FUNCTIONS}
    with_macro = {name for name in functions if parameters(f"ml_{name}") is not None}
    assert {call.partition("(")[0] for call in CALLS} == with_macro


def test_predictions_are_those_of_the_model(trained):
    [(count, error)] = trained.rows(
        "select count(*), max(abs(predicted_minutes - minutes)) from ml.predict(model linear,"
        " table flights)"
    )
    assert count == 120
    assert error < 1e-9


def test_settings_arrive(trained):
    sql = (
        "select count(*) from ml.predict(model logistic, table flights, struct({} as threshold))"
        " where predicted_is_late"
    )
    assert trained.rows(sql.format("0.0")) == [(120,)]
    assert trained.rows(sql.format("numeric '1'")) == [(0,)]


def test_columns_that_the_model_does_not_know_keep_their_values(trained):
    assert trained.rows(
        "select flight_id, flight_date, event_at, price, words, is_late"
        " from ml.predict(model linear, table flights) order by flight_id"
    ) == trained.rows(
        "select flight_id, flight_date, event_at, price, words, is_late from flights"
        " order by flight_id"
    )


@pytest.mark.parametrize(
    ("call", "code", "words"),
    [
        ("predict(model nothing, table flights)", 404, "Not found: Model p:d.nothing"),
        ("predict(model linear, table nothing)", 400, "nothing"),
        ("predict(model linear, (select miles from flights))", 400, "carrier"),
        ("predict(model linear)", 400, "ML.PREDICT takes (model, data, settings?), not (model)"),
        ("predict(table flights, model linear)", 400, "not (data, model)"),
        ("predict(model linear, table flights, struct(0.5 as threshold))", 400, "threshold"),
        (
            "predict(model logistic, table flights, struct(0.5 as treshold))",
            400,
            "unsupported setting 'treshold'; did you mean 'threshold'?",
        ),
        ("predict(model linear, table flights, struct(0.5))", 400, "every setting needs a name"),
        (
            "predict(model linear, table flights, struct(1 as trial_id))",
            400,
            "'trial_id' is not available",
        ),
        (
            "predict(model logistic, table flights, struct(wind as threshold))",
            400,
            "must be a constant: Unrecognized name: wind",
        ),
        ("centroids(model linear)", 400, "KMEANS"),
        ("predict(model linear, table flights, struct(1 as data))", 400, "unsupported setting"),
        ("roc_curve(model logistic, struct([0.5] as thresholds))", 400, "unsupported setting"),
        ("features_at_time(table flights)", 400, "entity_id"),
        (
            "features_at_time((select flight_id as entity_id, event_at as feature_timestamp from"
            " flights))",
            400,
            "entity_id must be STRING; cast it",
        ),
        (
            f"features_at_time({_STATES}, num_row => 2)",
            400,
            "unsupported setting 'num_row'; did you mean 'num_rows'?",
        ),
        (
            "validate_data_skew(model linear, table flights, struct(2.0 as"
            " numerical_default_threshold))",
            400,
            "'numerical_default_threshold' must be a number from 0 to below 1, got 2.0",
        ),
        ("describe_data(table flights, struct(0 as top_k))", 400, "from 1 to 10000, got 0"),
        ("recommend(model linear)", 400, "ML.RECOMMEND is not available here"),
        ("nonsense(model linear)", 400, "ML.NONSENSE is not available here"),
    ],
)
def test_a_wrong_call_is_refused(trained, call, code, words):
    refused = trained.refusal(f"select * from ml.{call}")
    assert (refused.code, refused.reason) == (
        code,
        "notFound" if code == 404 else "invalidQuery",
    )
    assert words in refused.message


@pytest.mark.parametrize(
    "column",
    [
        pa.array([Decimal("1.5")], pa.decimal256(76, 38)),
        pa.array([None], pa.month_day_nano_interval()),
    ],
)
def test_types_that_cannot_be_handed_over(trained, monkeypatch, column):
    rows = pa.table({"miles": [1.0], "carrier": ["AA"], "wide": column})
    monkeypatch.setattr(trained.emulator, "query", lambda *_: rows)
    refused = trained.refusal("select * from ml.predict(model linear, table flights)")
    assert refused.message.startswith("The column wide is a BIGNUMERIC or an INTERVAL")


def _type(arrow: pa.DataType) -> str:
    """BigQuery's name of the type that a client loads this as."""
    if pa.types.is_list(arrow):
        return f"ARRAY<{_type(arrow.value_type)}>"
    if pa.types.is_struct(arrow):
        return f"STRUCT<{', '.join(f'{x.name} {_type(x.type)}' for x in arrow)}>"
    return {
        pa.int64(): "INT64",
        pa.float64(): "FLOAT64",
        pa.bool_(): "BOOL",
        pa.string(): "STRING",
        pa.date32(): "DATE",
        pa.timestamp("us", "UTC"): "TIMESTAMP",
        pa.decimal128(38, 9): "NUMERIC",
    }[arrow]
