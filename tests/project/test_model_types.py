"""A model type is a row of a table: nobody beside the engine knows one by name."""

import re

import pytest
from bqml_vocabulary.functions import TABLE_FUNCTIONS
from bqml_vocabulary.generate import FILES
from bqml_vocabulary.model_types import ANY, KINDS, MODEL_TYPES
from bqml_vocabulary.options import OPTIONS
from duckdb_bqml.algorithms import ALGORITHMS, algorithm_of

PLACES = ("macros/", "ml/bqml_proxy/", "analyzer/", "cost/", "serving/", "googlesql/")
# one of the methods that a class offers where the table says that a function is for its type
OFFERS = {
    "PREDICT": {"predict", "predict_values"},
    "EVALUATE": {"evaluate"},
    "EXPLAIN_PREDICT": {"explain"},
    "DETECT_ANOMALIES": {"anomalies"},
}
DESCRIBING = (
    "WEIGHTS",
    "ADVANCED_WEIGHTS",
    "CENTROIDS",
    "PRINCIPAL_COMPONENTS",
    "PRINCIPAL_COMPONENT_INFO",
    "FEATURE_IMPORTANCE",
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
    promised = [f for f in DESCRIBING if TABLE_FUNCTIONS[f].columns_of(model_type) is not None]
    assert sorted(promised) == sorted(getattr(algorithm, "describes", ()))
