"""A model is read from its table, or refused in one sentence: by every function alike."""

import json

import duckdb
import numpy as np
import pytest
from bqml_vocabulary.model_types import MODEL_TYPES
from duckdb_bqml.algorithms import ALGORITHMS
from duckdb_bqml.algorithms.linear.regression import LinearRegression
from duckdb_bqml.artifact import FORMAT, sealed, unsealed
from duckdb_bqml.model_table import TRAINED_COLUMNS

EARLIER = "line: the model was trained by an earlier version of the engine; train it again"
DAMAGED = "line: the artifact of the model is damaged; train the model again"

CALLS = {
    "bqml_predict": "bqml_predict('line', model_version, {x: 1})",
    "bqml_evaluate": "bqml_evaluate('line', model_version, '{}', [{x: 1, label: 1}])",
    "bqml_describe": "bqml_describe('line', model_version, 'WEIGHTS', '{}')",
    "bqml_explain_predict": "bqml_explain_predict('line', model_version, '{}', {x: 1})",
}


def refused(line, call):
    """The sentence by which a function refuses the model `line`."""
    with pytest.raises(duckdb.Error, match="ModelError") as error:
        line.rows(f"select {CALLS[call]} from line")
    return str(error.value).partition("ModelError: ")[2].partition("\n")[0]


@pytest.mark.parametrize("call", CALLS)
def test_a_model_that_is_sound_answers(line, call):
    assert line.rows(f"select {CALLS[call]} from line")[0][0]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"artifact": lambda artifact: artifact[:20]}, DAMAGED),
        ({"artifact": lambda artifact: artifact[:-1]}, DAMAGED),
        ({"artifact": lambda artifact: artifact + b"?"}, DAMAGED),
        ({"artifact": lambda _: None}, DAMAGED),
        ({"artifact": lambda _: b'{"format": 1, "sha256": ""}\n{}'}, EARLIER),
        (
            {"artifact": lambda _: b'{"format": %d, "sha256": ""}\n' % (FORMAT + 1)},
            "line: the model was trained by a newer version of the engine; upgrade",
        ),
        (
            {"model_type": lambda _: "ORACLE"},
            "line: ORACLE is no model type of this version of the engine; upgrade, or train the "
            "model again",
        ),
    ],
)
def test_a_model_that_cannot_be_opened_is_one_sentence(line, call, changes, message):
    for column, change in changes.items():
        line.connection.execute(
            f"update line set {column} = ?", [change(line.value(f"select {column} from line"))]
        )
    assert refused(line, call) == message


# A model table as it was before `details`: other columns, and other types of them.
EARLIER_TABLE = """
    create or replace table line as
    select
        * exclude (outputs, details) replace (evaluation[1].metrics as evaluation),
        [[1]] as confusion_matrix,
        null::struct(score double, positives bigint, negatives bigint)[] as score_points,
        null::struct(class_label varchar, feature varchar, attribution double)[]
            as global_explanation
    from line
"""


@pytest.mark.parametrize("call", CALLS)
def test_a_model_table_of_an_earlier_layout_is_refused(line, call):
    line.execute(EARLIER_TABLE)
    assert refused(line, call) == EARLIER


@pytest.mark.parametrize("column", sorted({*TRAINED_COLUMNS} - {"model_version"}))
def test_a_model_table_that_lacks_a_column_is_of_an_earlier_layout(line, column):
    line.execute(f"create or replace table line as select * exclude ({column}) from line")
    assert refused(line, "bqml_predict") == EARLIER


def test_a_model_table_may_hold_more_columns_in_any_order(line):
    columns = ", ".join(reversed(TRAINED_COLUMNS))
    line.execute(f"create or replace table line as select now() as trained_at, {columns} from line")
    assert line.predict("line", "select 3 as x") == [[pytest.approx(7)]]


def test_the_same_weights_measured_on_other_rows_are_another_version(db):
    """A connection that has asked the earlier one is told of the later one."""
    found = []
    for errors in ([0, 1], [0, 1], [2, 3]):
        held_out = ", ".join(f"({10 + n}, {2 * (10 + n) + e}, true)" for n, e in enumerate(errors))
        db.train(
            "m",
            "select x, 2 * x as label, false as held from range(9) t(x) "
            f"union all values {held_out}",
            model_type="linear_reg",
            data_split_method="custom",
            data_split_col="held",
        )
        [metrics] = db.rows(
            "select json_extract(bqml_describe('m', model_version, 'EVALUATE', '{}'), "
            "'$[0].mean_absolute_error')::double, model_version, md5(artifact) from m"
        )
        found.append(metrics)
    first, again, other = found
    assert first == again
    assert first[2] == other[2]
    assert first[1] != other[1]
    assert [first[0], other[0]] == pytest.approx([0.5, 2.5])


def test_a_warm_start_from_an_earlier_layout_is_refused(line):
    line.execute(EARLIER_TABLE)
    options = json.dumps({"model_type": "linear_reg", "warm_start": True})
    with pytest.raises(duckdb.Error, match="m: the model was trained by an earlier version"):
        line.connection.execute(
            "select bqml_train('m', ?, list({x: x, label: x}), 'line', any_value(model_version)) "
            "from range(9) t(x), line",
            [options],
        )


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("part", ["model", "coefficients", "intercept"])
def test_an_artifact_that_lacks_a_part_is_damaged(line, call, part):
    parts = unsealed(line.value("select artifact from line"))
    del parts[part]
    line.connection.execute("update line set artifact = ?", [sealed(parts)])
    assert refused(line, call) == DAMAGED


def test_an_artifact_of_another_model_type_is_damaged(line):
    line.execute("update line set model_type = 'KMEANS'")
    assert refused(line, "bqml_predict") == DAMAGED


# ---- columns of a stranger's table


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("model_type", "'LOGISTIC_REG'"),
        ("options", "'[1]'"),
        ("options", "'{'"),
        ("options", f"'{'[' * 100_000}'"),
        ("options", "'{\"a\": NaN}'"),
        ("features", "null"),
        ("features", "[]"),
        ("features", "[null]"),
        ("features", "1"),
        ("features", "'x'"),
        ("features", "[{name: 'x', data_type: null}]"),
        ("features", "[{name: 'x', data_type: 'NUMBER'}]"),
        ("features", "[{name: 'x', data_type: 'STRING'}]"),
        ("features", "[{name: 'x', data_type: 'ARRAY<INT64>'}]"),
        ("features", "[{name: 'x', data_type: 'INT64'}, {name: 'y', data_type: 'INT64'}]"),
        ("label", "null"),
        ("label", "{name: 'label', data_type: 'STRING'}"),
        ("label", "{name: 'label', data_type: 'NUMBER'}"),
        ("label", "{name: null, data_type: 'INT64'}"),
        ("statistics", "[null]"),
        ("training_info", "[null]"),
        ("training_info", "'none'"),
        ("training_info", "[{training_run: null, details: null}]"),
        ("training_info", "[{training_run: 0, details: '[]'}]"),
        ("evaluation", "[null]"),
        ("evaluation", "[{keys: null, metrics: null}]"),
        ("details", "'null'"),
        ("details", "'[]'"),
        ("details", """'{"confusion_matrix": [[1, 2]]}'"""),
        ("details", """'{"confusion_matrix": [[1, -2], [0, 1]]}'"""),
        ("details", """'{"score_points": [1]}'"""),
        ("details", """'{"global_explanation": {}}'"""),
        ("artifact", "'text'"),
    ],
)
def test_a_column_that_holds_something_else_is_damage(line, call, column, value):
    line.execute(
        f"create or replace table line as select * replace ({value} as {column}) from line"
    )
    assert refused(line, call) == DAMAGED


@pytest.mark.parametrize("classes", ["['a']", "['a', 'b', 'c']", "7"])
def test_the_classes_of_the_table_are_as_many_as_those_of_the_model(db, classes):
    db.train("m", "select range as x, range % 2 as label from range(40)", model_type="logistic_reg")
    db.execute(f"create or replace table m as select * replace ({classes} as label_classes) from m")
    with pytest.raises(duckdb.Error, match="ModelError: m: the artifact of the model is damaged"):
        db.predict("m", "select 1 as x")


def test_a_classifier_without_its_confusion_matrix_says_so(db):
    db.train("m", "select range as x, range % 2 as label from range(40)", model_type="logistic_reg")
    db.execute("update m set details = '{}'")
    with pytest.raises(duckdb.Error, match="m: the model keeps no confusion matrix; train"):
        db.describe("m", "CONFUSION_MATRIX")


def test_a_table_may_hold_its_columns_as_other_types_that_say_the_same(line):
    line.execute(
        "create or replace table line as select * replace (to_json(features) as features, "
        "options::varchar as options, to_json(training_info) as training_info) from line"
    )
    assert line.predict("line", "select 3 as x") == [[pytest.approx(7)]]


def test_a_training_whose_numbers_have_no_bounds_is_refused(line, monkeypatch):
    to_parts = LinearRegression.to_parts
    endless = {"intercept": np.array([np.inf])}
    monkeypatch.setattr(LinearRegression, "to_parts", lambda self: to_parts(self) | endless)
    before = line.rows("from line")
    with pytest.raises(duckdb.Error) as error:
        line.train(
            "line", "select range as x, range as label from range(9)", model_type="linear_reg"
        )
    assert (
        "ModelError: line: the training ended in a model that cannot be kept (intercept: NaN or "
        "infinite); make the numbers of the query or the steps of the training smaller\n"
    ) in str(error.value)
    assert line.rows("from line") == before


def test_the_engine_trains_every_model_type_of_the_table_and_no_other():
    assert set(ALGORITHMS) == set(MODEL_TYPES)
