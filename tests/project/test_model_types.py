"""A model type is a row of a table: nobody beside the engine knows one by name."""

import json
import re

import pytest
from bqml_vocabulary.functions import TABLE_FUNCTIONS
from bqml_vocabulary.generate import FILES
from bqml_vocabulary.model_types import ANY, KINDS, MODEL_TYPES
from bqml_vocabulary.options import OPTIONS
from duckdb_bqml.algorithms import ALGORITHMS, algorithm_of

from cost.prices import TRAINING

PLACES = ("macros/", "ml/bqml_proxy/", "analyzer/", "cost/", "serving/", "googlesql/")
# one of the methods that a class offers where the table says that a function is for its type
OFFERS = {
    "PREDICT": {"predict", "predict_values"},
    "EVALUATE": {"evaluate", "make_rows"},
    "EXPLAIN_PREDICT": {"explain"},
    "DETECT_ANOMALIES": {"anomalies", "make_rows"},
    "FORECAST": {"make_rows"},
    "EXPLAIN_FORECAST": {"make_rows"},
}
DESCRIBING = (
    "WEIGHTS",
    "ADVANCED_WEIGHTS",
    "CENTROIDS",
    "PRINCIPAL_COMPONENTS",
    "PRINCIPAL_COMPONENT_INFO",
    "FEATURE_IMPORTANCE",
    "ARIMA_EVALUATE",
    "ARIMA_COEFFICIENTS",
    "HOLIDAY_INFO",
)


def named_types(path: str, text: str) -> list[str]:
    """The model types that stand in a file, as `path names TYPE`."""
    return [
        f"{path} names {name}: ask the tables of ml/bqml_vocabulary."
        for name in MODEL_TYPES
        if re.search(rf"(?<![A-Za-z]){name}(?![A-Za-z])", text, re.IGNORECASE)
    ]


def test_no_model_type_is_named_outside_the_tables(texts: dict[str, str]) -> None:
    problems = [
        problem
        for path, text in texts.items()
        if path.startswith(PLACES) and path not in FILES and not path.endswith(".md")
        for problem in named_types(path, text)
    ]
    assert not problems, "\n".join(problems)
    assert any(path.startswith("ml/bqml_proxy/") for path in texts)


@pytest.mark.parametrize(
    "text", ["'KMEANS'", "kmeans_init_col", "a PCA model", "{% if x == 'pca' %}"]
)
def test_a_named_type_is_found(text: str) -> None:
    assert len(named_types("x.sql", text)) == 1


@pytest.mark.parametrize("text", ["capcase", "clusters of k means", "the upca"])
def test_other_words_are_no_types(text: str) -> None:
    assert named_types("x.sql", text) == []


def unknown_words(types: list[dict], options: dict[str, list[dict]], kinds: set[str]) -> list[str]:
    """Words in the rows of model_types.json and options.json that nothing stands behind."""
    known = kinds.union(*({row["model_type"], *row["groups"]} for row in types))
    problems = [
        f"model_types.json: {row['model_type']} is without {function}, which is no function."
        for row in types
        for function in row.get("without", ())
        if function not in TABLE_FUNCTIONS
    ]
    problems += [
        f"model_types.json: {row['model_type']} is trained_by {trainer}, which has no price."
        for row in types
        for trainer in [row.get("trained_by", "bigquery")]
        if trainer not in TRAINING
    ]
    return problems + [
        f"options.json: {row['name']} is for {key}, which is no model type, group or kind."
        for rows in options.values()
        for row in rows
        for key in row["model_types"]
        if key not in known
    ]


def test_no_word_of_the_tables_is_a_slip(texts: dict[str, str]) -> None:
    types, options = (
        json.loads(texts[f"ml/bqml_vocabulary/{name}.json"]) for name in ("model_types", "options")
    )
    problems = unknown_words(types["model_types"], options, set(types["kinds"]))
    assert not problems, "\n".join(problems)


TYPE = {"model_type": "A", "groups": ["ALL"], "trained_by": "bigquery"}


@pytest.mark.parametrize(
    ("row", "key", "count"),
    [
        ({"without": ["PREDICT"]}, "ALL", 0),
        ({}, "ranking", 0),
        ({"without": ["PREDIC"]}, "A", 1),
        ({"trained_by": "vertex"}, "A", 1),
        ({}, "AL", 1),
    ],
)
def test_a_slip_is_found(row: dict, key: str, count: int) -> None:
    options = {"options": [{"name": "x", "model_types": [key]}], "refused": []}
    assert len(unknown_words([TYPE | row], options, {"ranking"})) == count


def test_every_kind_that_is_predicted_has_its_macro(macros) -> None:
    """ml_predict chooses it by its name."""
    kinds = {
        row.kind
        for row in MODEL_TYPES.values()
        if TABLE_FUNCTIONS["PREDICT"].columns_of(row.name) is not None
    }
    missing = [kind for kind in sorted(kinds) if f"_duckdb_ml_predicted_{kind}" not in macros]
    assert "regression" in kinds
    assert not missing, f"macros/ml/output lacks _duckdb_ml_predicted_<kind> of {missing}."


def test_every_key_of_the_table_of_functions_is_known() -> None:
    known = {ANY, *KINDS, *(key for row in MODEL_TYPES.values() for key in row.keys)}
    for name, function in TABLE_FUNCTIONS.items():
        assert set(function.columns) <= known, name
        assert set(function.keeps) <= known, name


def test_a_type_without_a_split_has_no_option_of_one() -> None:
    for name, row in MODEL_TYPES.items():
        assert (row.split == "none") == ("data_split_method" not in OPTIONS[name]), name


def test_every_type_has_a_class_and_every_class_a_type() -> None:
    assert set(ALGORITHMS) == set(MODEL_TYPES)


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_a_class_offers_what_the_table_promises(model_type: str) -> None:
    algorithm = algorithm_of(model_type)
    for function, methods in OFFERS.items():
        is_promised = TABLE_FUNCTIONS[function].columns_of(model_type) is not None
        assert is_promised == bool(methods & set(dir(algorithm))), function
    promised = {f for f in DESCRIBING if TABLE_FUNCTIONS[f].columns_of(model_type) is not None}
    differing = promised ^ set(getattr(algorithm, "describes", ()))
    assert not differing, (
        f"{sorted(differing)}: functions.json and the class of {model_type} differ, or the "
        "function is missing from DESCRIBING in this file."
    )
