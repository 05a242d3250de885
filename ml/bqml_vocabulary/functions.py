"""The table of BigQuery ML's functions (`functions.json`): what each takes and what it gives.

Types and columns are text in BigQuery's words. In the columns of a table function

    {label} {label_type}            the label column and its type, FLOAT64 for a regression
    {metrics}                       one FLOAT64 column per metric of the model type
    {components} {latent_columns}   one FLOAT64 column per component
    {series_keys}                   the columns that tell the series of a model apart
    {holiday_effects}               one FLOAT64 column per holiday that the model knows
    {attributions}                  one FLOAT64 column per feature
    {timestamp} {data}              the columns of a series' points in time and of its values

stand for what the model was trained with; a text that ends up empty is left out.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from types import MappingProxyType
from typing import Any

from bqml_vocabulary.errors import ModelError, nearest
from bqml_vocabulary.model_types import ANY, KINDS, MODEL_TYPES, keys_of, listed, named


@dataclass(frozen=True)
class TableFunction:
    """A function in FROM."""

    name: str
    """Without ML."""
    arguments: Mapping[str, str]
    """By the keys of model types, in their order, `?` if one may be left out: model, data,
    settings, numbers (an array), and named, which are settings, too, each `name => value`."""
    columns: Mapping[str, str]
    """By model type, group or kind of them; in the order in which a refusal names them."""
    columns_if: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Other columns where a setting has a value: {"perform_aggregation = false": columns}."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """The fields that the STRUCT may have, and their types."""
    needs: str = ""
    """What the data must hold: `features`, or `features label`, of the model, and the columns of
    its series; of these, with `moment`, not the values."""
    holds: tuple[Mapping[str, str], ...] = ()
    """The columns, with their types, that the data of each data argument must hold."""
    keeps: Mapping[str, str] = field(default_factory=dict)
    """Columns of the first data that follow, by the keys of `columns`: `all`; `others`, all but the
    features unless the setting keep_original_columns says so; `beside`, all that have no role; or
    `transformed`, what TRANSFORM makes, and then those that it does not read."""

    def arguments_of(self, model_type: str | None) -> str:
        """Those for a model of this type; without one, of the most."""
        return _nearest(self.arguments, model_type) or next(iter(self.arguments.values()))

    def takes(self, kinds: list[str], model_type: str | None = None) -> bool:
        """Whether these kinds of arguments, in their order, are what it takes: for a model of this
        type, or for any."""
        forms = [self.arguments_of(model_type)] if model_type else self.arguments.values()
        return any(_takes(form, kinds) for form in forms)

    def columns_of(
        self, model_type: str | None, settings: Mapping[str, Any] = MappingProxyType({})
    ) -> str | None:
        """The columns for a model of this type, or without a model, with these settings; None if it
        is not for it."""
        if model_type and self.name in MODEL_TYPES[model_type].without:
            return None
        given = [f"{name} = {json.dumps(value, default=str)}" for name, value in settings.items()]
        for condition in (one for one in given if one in self.columns_if):
            if found := _nearest(self.columns_if[condition], model_type):
                return found
        return _nearest(self.columns, model_type)

    def keeps_of(self, model_type: str | None) -> str:
        """What of the data follows for a model of this type: "" for nothing."""
        return _nearest(self.keeps, model_type) or ""


def _takes(form: str, kinds: list[str]) -> bool:
    waiting = list(kinds)
    for argument in form.split(", "):
        if waiting and waiting[0] == argument.removesuffix("?"):
            waiting.pop(0)
            while argument == "named?" and waiting and waiting[0] == "named":
                waiting.pop(0)
        elif not argument.endswith("?"):
            return False
    return not waiting


def _nearest(table: Mapping[str, str], model_type: str | None) -> str | None:
    return next((table[key] for key in keys_of(model_type) if key in table), None)


@dataclass(frozen=True)
class Function:
    """A function in an expression; an analytic one takes an empty OVER ()."""

    signatures: tuple[tuple[tuple[str, ...], str], ...]
    """(types of the arguments, `?` behind one that may be left out; the type returned)"""
    is_analytic: bool = False
    words: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """The words that the argument of a number, from 0, may be."""
    fields: str = ""
    """The STRUCT it returns has a field per combination of the argument's: `cross` of their texts,
    `expand` of their powers."""


def split(columns: str) -> Iterator[tuple[str, str]]:
    """Names and types of `a INT64, b STRUCT<x INT64, y INT64>`."""
    depth, start = 0, 0
    for position, sign in enumerate(columns + ","):
        depth += (sign == "<") - (sign == ">")
        if sign == "," and depth == 0:
            if columns[start:position].strip():
                name, _, type_name = columns[start:position].strip().partition(" ")
                yield name, type_name
            start = position + 1


def _metrics(key: str) -> str:
    """The columns that {metrics} stands for under a key that is a model type or a kind."""
    kind = KINDS[key if key in KINDS else MODEL_TYPES[key].kind]
    return ", ".join(f"{name} FLOAT64" for name in kind["metrics"])


def _table_function(name: str, row: Mapping[str, Any]) -> TableFunction:
    columns = {
        key: text.replace("{metrics}", _metrics(key)) if "{metrics}" in text else text
        for key, text in row["columns"].items()
    }
    given = row["arguments"]
    arguments = {ANY: given} if isinstance(given, str) else given
    rest = {key: row[key] for key in row if key not in ("columns", "holds", "arguments")}
    holds = tuple(row.get("holds", ()))
    return TableFunction(name, arguments, columns, holds=holds, **rest)


def _function(row: Mapping[str, Any]) -> Function:
    return Function(
        tuple((tuple(one["arguments"]), one["gives"]) for one in row["signatures"]),
        row.get("is_analytic", False),
        {int(number): tuple(words) for number, words in row.get("words", {}).items()},
        row.get("fields", ""),
    )


def _content() -> dict[str, Any]:
    file = resources.files("bqml_vocabulary").joinpath("functions.json")
    return json.loads(file.read_text("utf-8"))


TABLE_FUNCTIONS: dict[str, TableFunction] = {
    name: _table_function(name, row) for name, row in _content()["table_functions"].items()
}
"""The functions in FROM, by their names without ML."""

FUNCTIONS: dict[str, Function] = {
    name: _function(row) for name, row in _content()["functions"].items()
}
"""The functions in expressions, by their names without ML."""


def require_function(name: str, model_type: str) -> None:
    """ModelError unless the function of this name is for models of this type."""
    function = TABLE_FUNCTIONS.get(name)
    if function is None:
        raise ModelError(f"there is no function ML.{name}; {nearest(name, TABLE_FUNCTIONS)}")
    if function.columns_of(model_type) is None:
        types = listed(named(function.columns)) or "no model type of this version"
        if name in MODEL_TYPES[model_type].without:
            raise ModelError(
                f"ml_{name.lower()} is for {types}, but not for {model_type}; give a model of "
                "another type"
            )
        raise ModelError(
            f"ml_{name.lower()} is for {types}, and the model is {model_type}; give a model of "
            "that type"
        )


_SETTING_CHECKS = {
    "BOOL": (lambda value: isinstance(value, bool), "true or false"),
    "INT64": (lambda value: isinstance(value, int) and not isinstance(value, bool), "a number"),
    "FLOAT64": (
        lambda value: isinstance(value, int | float) and not isinstance(value, bool),
        "a number",
    ),
    "STRING": (lambda value: isinstance(value, str), "a text"),
}


def checked_settings(name: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings of a function of this name; ModelError if it has no such setting, or its value
    is of another type."""
    known = TABLE_FUNCTIONS[name].settings
    for setting, value in given.items():
        if setting not in known:
            choice = f"use {' or '.join(map(repr, known))}" if known else "remove it"
            raise ModelError(f"setting '{setting}' is not valid for ML.{name}; {choice}")
        is_valid, words = _SETTING_CHECKS.get(known[setting], (lambda _: True, ""))
        if not is_valid(value):
            raise ModelError(f"setting '{setting}' must be {words}, not {value!r}")
    return given
