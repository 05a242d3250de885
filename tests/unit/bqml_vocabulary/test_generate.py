"""What is generated from the tables says what they say, and is up to date."""

import json

import jinja2
import pytest
from bqml_vocabulary.functions import TABLE_FUNCTIONS
from bqml_vocabulary.generate import FILES, PROJECT
from bqml_vocabulary.model_types import MODEL_TYPES
from bqml_vocabulary.options import OPTIONS


def returned(macro: str) -> dict:
    """What a generated macro returns to dbt."""
    found = []
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals["return"] = lambda value: found.append(value) or ""
    text = FILES[f"macros/ml/vocabulary/{macro}.sql"]()
    assert text.startswith("{#- generated")
    environment.from_string(text + f"{{{{ {macro}() }}}}").render()
    return found[0]


@pytest.mark.parametrize("path", FILES)
def test_what_is_generated_is_up_to_date(path):
    assert (PROJECT / path).read_text() == FILES[path](), f"{path}: run 'make vocabulary'"


def test_the_macro_of_options_returns_their_table():
    assert returned("ml_option_table") == json.loads(json.dumps(OPTIONS))


def test_the_macro_of_model_types_returns_their_table():
    table = returned("ml_model_type_table")
    assert list(table) == list(MODEL_TYPES)
    for name, row in MODEL_TYPES.items():
        assert table[name]["goes_by"] == list(row.keys)
        assert list(table[name]["metrics"]) == [metric.name for metric in row.metrics]


def test_the_macro_of_functions_returns_names_and_types():
    table = returned("ml_function_table")
    assert list(table) == list(TABLE_FUNCTIONS)
    assert table["CENTROIDS"]["for"] == "KMEANS"
    assert table["TRAINING_INFO"]["columns"]["clustering"][-1] == [
        "cluster_info",
        "ARRAY<STRUCT<centroid_id INT64, cluster_radius FLOAT64, cluster_size INT64>>",
        [{"centroid_id": "BIGINT", "cluster_radius": "DOUBLE", "cluster_size": "BIGINT"}],
    ]


def test_each_row_of_the_pages_has_the_cells_of_its_table():
    for path in ("docs/model_options.md", "docs/model_types.md"):
        head = ""
        for line in FILES[path]().splitlines():
            if line.startswith("|"):
                head = head or line
                assert line.count("|") == head.count("|"), f"{path}: {line}"
            else:
                head = ""
