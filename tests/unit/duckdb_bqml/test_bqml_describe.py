"""bqml_describe of every model type: the columns of the table of functions, or one sentence."""

import json

import duckdb
import pytest
from bqml_vocabulary.functions import TABLE_FUNCTIONS, split
from bqml_vocabulary.model_types import MODEL_TYPES

DATA = """
    select i % 7 as x, 'k' || i % 3 as kind, i % 5 as z,
           i % 7 + i % 3 / 10.0 as amount, i % 2 as flag, date '2024-01-01' + i::int as day
    from range(60) t(i)
"""
OPTIONS = {
    "KMEANS": {"num_clusters": 2},
    "PCA": {"num_principal_components": 2},
    "ARIMA_PLUS": {"time_series_timestamp_col": "day", "time_series_data_col": "amount"},
    "ARIMA_PLUS_XREG": {"time_series_timestamp_col": "day", "time_series_data_col": "amount"},
    "TRANSFORM_ONLY": {"transform": ["x - avg(x) over () as x", "kind"]},
}
P_VALUES = {"calculate_p_values": True, "category_encoding_method": "dummy_encoding"}
# what is kept for the macros is of another shape than the columns of these
MAKING = ("FORECAST", "EXPLAIN_FORECAST")
OTHERWISE = ("CONFUSION_MATRIX", "ROC_CURVE", "TRANSFORM")
DESCRIBED = [
    name
    for name, function in TABLE_FUNCTIONS.items()
    if (
        function.arguments_of(None) in ("model", "model, settings?")
        and name not in ("TRIAL_INFO", *MAKING)
    )
    or name in ("EVALUATE", *OTHERWISE)
]


@pytest.fixture(scope="module")
def models(shared):
    """A database with a model `m_<type>` of every type."""
    for name, row in MODEL_TYPES.items():
        options = {"model_type": name, **OPTIONS.get(name, {})}
        columns = [] if name == "ARIMA_PLUS" else ["x", "kind", "z"]
        columns += ["day", "amount"] if row.kind == "time_series" else []
        if row.is_supervised:
            label = "amount" if row.label == "number" else "flag"
            columns.append(label)
            options |= {"input_label_cols": [label], "enable_global_explain": True}
        if "LINEAR_MODELS" in row.groups:
            options |= P_VALUES
        shared.train(f"m_{name}", f"select {', '.join(columns)} from ({DATA})", **options)
    return shared


def refused(db, model, function, settings="{}"):
    with pytest.raises(duckdb.Error, match=f"ModelError: {model}: ") as error:
        db.describe(model, function, settings)
    return str(error.value).partition("ModelError: ")[2].partition("\n")[0]


@pytest.mark.parametrize("model_type", MODEL_TYPES)
@pytest.mark.parametrize("function", TABLE_FUNCTIONS)
def test_every_function_gives_its_columns_or_says_whom_it_is_for(models, model_type, function):
    model, row = f"m_{model_type}", TABLE_FUNCTIONS[function]
    columns = row.columns_of(model_type)
    if columns is None:
        message = refused(models, model, function)
        assert message.startswith(f"{model}: ml_{function.lower()} is for ")
        assert "is for ," not in message and "is for and" not in message
        return
    if function not in DESCRIBED:
        refused(models, model, function)
        return
    if function == "TRANSFORM" and model_type != "TRANSFORM_ONLY":
        assert "was trained without option 'transform'" in refused(models, model, function)
        return
    rows = models.describe(model, function)
    assert rows == models.describe(model, function.lower())
    assert rows or "time_series" in MODEL_TYPES[model_type].keys or model_type == "TRANSFORM_ONLY"
    if function in OTHERWISE:
        return
    expected = {name for name, _ in split(columns) if not name.startswith("{")}
    for found in rows:
        assert expected <= set(found)
        assert set(found) - expected <= {"class_label", "details", "learning_rate", "eval_loss"} | {
            "loss"
        }


@pytest.mark.parametrize(
    ("function", "settings", "message"),
    [
        ("WEIGHTS", '{"standardise": true}', "setting 'standardise' is not valid for ML.WEIGHTS"),
        ("WEIGHTS", '{"standardize": 1}', "setting 'standardize' must be true or false, not 1"),
        ("WEIGHTS", '{"standardize": null}', "setting 'standardize' must be true or false, not"),
        ("FEATURE_INFO", '{"x": 1}', "setting 'x' is not valid for ML.FEATURE_INFO; remove it"),
        ("EVALUATE", '{"threshold": "a"}', "setting 'threshold' must be a number, not 'a'"),
        (
            "EVALUATE",
            '{"threshold": 0.9}',
            "setting 'threshold' changes nothing of what training kept; remove it",
        ),
        ("WEIGHTS", "[]", "argument 'settings' must be the text of a JSON object, not '[]'"),
        ("WEIGHTS", "", "argument 'settings' must be the text of a JSON object, not ''"),
        ("WEIGHT", "{}", "there is no function ML.WEIGHT; did you mean 'WEIGHTS'?"),
        ("", "{}", "there is no function ML.; "),
        ("PREDICT", "{}", "ml_predict does not describe a model; call it with rows"),
    ],
)
def test_a_wrong_question_is_one_sentence(models, function, settings, message):
    assert message in refused(models, "m_LINEAR_REG", function, settings)


def test_null_settings_or_function_are_one_sentence(models):
    for arguments in ("'WEIGHTS', null", "null, '{}'"):
        with pytest.raises(duckdb.Error, match="ModelError: m_PCA: "):
            models.rows(f"select bqml_describe('m_PCA', model_version, {arguments}) from m_PCA")


def test_standardized_weights_are_asked_for_by_a_setting(models):
    for function in ("WEIGHTS", "ADVANCED_WEIGHTS"):
        plain = models.describe("m_LINEAR_REG", function)
        assert plain == models.describe("m_LINEAR_REG", function, '{"standardize": false}')
        assert plain != models.describe("m_LINEAR_REG", function, '{"standardize": true}')


def test_what_training_measured_is_described(models):
    model = "m_LOGISTIC_REG"
    [metrics] = models.describe(model, "EVALUATE")
    assert list(metrics) == [metric.name for metric in MODEL_TYPES["LOGISTIC_REG"].metrics]
    counts = models.describe(model, "CONFUSION_MATRIX")
    right, total = counts[0][0] + counts[1][1], sum(map(sum, counts))
    assert (total, metrics["accuracy"]) == (60, pytest.approx(right / 60))
    points = models.describe(model, "ROC_CURVE")
    assert list(points[0]) == ["score", "positives", "negatives"]
    assert sum(point["positives"] + point["negatives"] for point in points) == 60
    info = models.describe(model, "FEATURE_INFO")
    assert [row["input"] for row in info] == ["x", "kind", "z"]


def test_without_an_explanation_there_is_none_to_describe(line):
    assert refused(line, "line", "GLOBAL_EXPLAIN") == (
        "line: the model was not explained when it was trained; train it with enable_global_explain"
    )


def test_a_roc_curve_needs_two_classes(db):
    db.train("m", "select range as x, range % 3 as label from range(60)", model_type="logistic_reg")
    assert len(db.describe("m", "CONFUSION_MATRIX")) == 3
    assert "needs a binary classifier" in refused(db, "m", "ROC_CURVE")


def test_the_details_of_earlier_runs_stay_as_they_were(db):
    for run in (0, 1, 2):
        options = {"model_type": "linear_reg", "warm_start": run > 0}
        warm = ", 'm', any_value(o.model_version)" if run else ""
        db.connection.execute(
            f"create or replace table m as select unnest(bqml_train('m', ?, list(r){warm})) from "
            f"(select range as x, range * 2.0 as label from range(60)) r"
            + (" cross join m as o" if run else ""),
            [json.dumps(options)],
        )
    rows = db.value("select training_info from m")
    assert {row["training_run"] for row in rows} == {0, 1, 2}
    assert {row["details"] for row in rows} == {None}
    assert all(list(row) == list(rows[0]) for row in db.describe("m", "TRAINING_INFO")[:1])


# ---- functions of models of another kind


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("bqml_predict('m', v, {x: 1})", "m: ml_predict is for .*, and the model is TRANSFORM_O"),
        ("bqml_predict_values('m', v, {x: 1})", "m: .*TRANSFORM_ONLY"),
        ("bqml_predict_values('line', l, {x: 1})", "line: .*bqml_predict"),
        ("bqml_evaluate('m', v, '{}', [{x: 1}])", "m: ml_evaluate is for .* is TRANSFORM_ONLY"),
        ("bqml_explain_predict('m', v, '{}', {x: 1})", "m: ml_explain_predict is for .* is TRANS"),
        (
            "bqml_parts('line', l, 'RECONSTRUCTION_LOSS', '{}')",
            "line: ml_reconstruction_loss is for no",
        ),
        ("bqml_parts('line', l, 'WEIGHTS', '{}')", "line: ml_weights makes no rows of a model of"),
        ("bqml_parts('line', l, 'x', '{}')", "line: there is no function ML.X; "),
        ("bqml_parts('line', l, null, '{}')", "line: there is no function ML"),
        ("bqml_rows('line', l, 'WEIGHTS', '{}', 0)", "line: ml_weights makes no rows of a model "),
        ("bqml_rows('line', l, null, '{}', 0)", "line: there is no function ML"),
    ],
)
def test_a_function_for_another_kind_of_model_is_one_sentence(line, call, message):
    line.train("m", "select range as x from range(9)", model_type="transform_only", transform=["x"])
    with pytest.raises(duckdb.Error, match=f"ModelError: {message}"):
        line.rows(
            f"select {call} from "
            "(select m.model_version as v, line.model_version as l from m, line)"
        )
