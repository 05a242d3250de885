"""What the proxy refuses, it refuses in words that its user wrote: those of BigQuery."""

import re

import pytest
from bqml_proxy.errors import BigQueryError
from bqml_vocabulary.functions import FUNCTIONS, TABLE_FUNCTIONS
from bqml_vocabulary.model_types import MODEL_TYPES
from bqml_vocabulary.options import OPTIONS

FORBIDDEN = re.compile(
    r"\bml_[a-z]|\bmeta\.ml\b|\bbqml_|\bdbt\b|\bref\(|\bmacro\b|Traceback|\bUDF\b"
)
MODELS = ["linear", "logistic", "clusters", "components", "boosted", "transforming", "series"]
WRONG = {
    "STRING": "7",
    "BOOL": "'perhaps'",
    "INT64": "-1.5",
    "FLOAT64": "'much'",
    "ARRAY<STRING>": "[1]",
}


def said(proxy, sql):
    """What is refused; None for what is not."""
    try:
        proxy.rewrite(sql)
    except BigQueryError as error:
        return error.message
    return None


def calls():
    """Every table function with every model, with data that lack what they need, and without."""
    data = {
        "": "",
        "wrong": ", (select 'x' as miles, 1 as carrier, 2 as nothing)",
        "whole": ", table flights",
    }
    for name, function in TABLE_FUNCTIONS.items():
        if not function.arguments_of(None).startswith("model"):
            continue
        for model in MODELS:
            for rows in data.values():
                yield f"select * from ml.{name}(model {model}{rows})"
        for setting, type_ in function.settings.items():
            wrong = WRONG.get(type_, "7")
            for model in ("logistic", "series", "clusters"):
                for form in (
                    f"struct({wrong} as {setting}), table flights",
                    f"table flights, struct({wrong} as {setting})",
                ):
                    yield f"select * from ml.{name}(model {model}, {form})"


def preprocessing():
    for name in FUNCTIONS:
        over = " over ()" if FUNCTIONS[name].is_analytic else ""
        for arguments in (
            "",
            "miles",
            "miles, 'nonsense'",
            "carrier, -1",
            "miles, [3, 1]",
            "words",
        ):
            yield f"select ml.{name}({arguments}){over} from flights"


def options():
    for model_type in MODEL_TYPES:
        for name, option in OPTIONS[model_type].items():
            if name in ("model_type", "transform"):
                continue
            wrong = WRONG.get(option["type"].split(" | ")[0], "'x'")
            yield (
                f"create model d.m options(model_type = '{model_type}', {name} = {wrong}) as"
                " select miles, minutes as label from flights"
            )
        for more in ("", ", nonsense = 1"):
            yield f"create model d.m options(model_type = '{model_type}'{more}) as select 1 as x"


@pytest.mark.parametrize("statements", [calls, preprocessing, options])
def test_refusals_are_in_words_of_bigquery(trained, statements):
    refused = [(sql, said(trained, sql)) for sql in statements()]
    messages = [(sql, message) for sql, message in refused if message is not None]
    assert len(messages) > len(refused) / 3
    wrong = [f"{sql}\n    {message}" for sql, message in messages if FORBIDDEN.search(message)]
    assert not wrong, "\n".join(wrong[:20])
    assert all("\n" not in message for _, message in messages)
