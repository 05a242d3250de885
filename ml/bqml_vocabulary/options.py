"""The table of options (`options.json`), and the options of one CREATE MODEL checked by it.

A row of the table holds
  name, model_types   the option and the model types, or groups of them, that it belongs to;
  type, default       BigQuery type, or several of them with | between; null means "not set";
  words               what the value must be, where the type does not say it well;
  tunable             true where a search space may stand for the value;
  role                what the column is that the option names: such a column is no feature;
  holds               what that column must hold: number or BOOL; with holds_with, {other option:
                      values}, only then;
  lasting             true where WARM_START cannot change it, as the previous weights depend on it;
  allowed             the only values (of the elements, for an array), in upper case;
  minimum, maximum, exclusive_minimum, exclusive_maximum
  only_with           {other option: values}: may only be given, and only has its default, then;
  supported, part_of  false where this engine has no such feature, and the feature's name;
  local               false where the option has a meaning on BigQuery only;
  rest, rest_words    the REST API's names of the option and of its words, where they are more than
                      the same in another case;
  clause              the clause of CREATE MODEL that the option is on BigQuery, if it is no OPTION;
  required            true where there is no model without the option;
  doc                 one sentence.
"""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from bqml_vocabulary.errors import ModelError, about, nearest
from bqml_vocabulary.model_types import MODEL_TYPES, now_named, types_of
from bqml_vocabulary.option_rules import check_combinations, resolve_approximation
from bqml_vocabulary.option_values import Option, checked_value, search_space

LABEL = "input_label_cols"
"""The option that names the label."""

SERIES_KEY = "series id column"
"""The role of the columns that tell the series of a model apart."""
SERIES_TIMESTAMP, SERIES_DATA = "timestamp column", "data column"
"""The roles of the columns that say when the values of a series were, and what they were."""


def read(content: Mapping[str, Any]) -> dict[str, dict[str, Option]]:
    """The table by model type and option name, from the content of a file like `options.json`."""
    table: dict[str, dict[str, Option]] = {}
    for row in content["options"]:
        option = {key: row[key] for key in row if key not in ("name", "model_types")}
        for key in row["model_types"]:
            for model_type in types_of(key):
                table.setdefault(model_type, {})[row["name"]] = option
    return table


def _content() -> dict[str, Any]:
    file = resources.files("bqml_vocabulary").joinpath("options.json")
    return json.loads(file.read_text("utf-8"))


OPTIONS: dict[str, dict[str, Option]] = read(_content())
"""The table by model type and option name."""


def _refused(content: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """By model type and option: what BigQuery says of an option that others have."""
    table: dict[str, dict[str, str]] = {}
    for row in content["refused"]:
        for key in row["model_types"]:
            for model_type in types_of(key):
                reason = row["reason"].format(model_type=model_type)
                table.setdefault(model_type, {})[row["name"]] = reason
    return table


REFUSED: dict[str, dict[str, str]] = _refused(_content())
"""What BigQuery says of an option that a model type lacks and a reader would expect."""


def roles_of(model_type: str) -> dict[str, str]:
    """The options of a model type that name columns, and what such a column is."""
    table = OPTIONS[model_type]
    return {name: option["role"] for name, option in table.items() if "role" in option}


def columns_named(options: Mapping[str, Any]) -> dict[str, str]:
    """The columns that the effective options of a model name, and the option that names each."""
    named = {}
    for option in roles_of(options["model_type"]):
        named |= dict.fromkeys(columns_of(option, options), option)
    return named


def columns_of(option: str, options: Mapping[str, Any]) -> list[str]:
    """The columns that one option names, by the effective options."""
    names = options.get(option) or []
    return [names] if isinstance(names, str) else list(names)


def columns_in_role(role: str, options: Mapping[str, Any]) -> list[str]:
    """The columns of a role, by the effective options of a model."""
    named = [option for option, its in roles_of(options["model_type"]).items() if its == role]
    return [name for option in named for name in columns_of(option, options)]


def is_series(option: str, options: Mapping[str, Any]) -> bool:
    """Whether the columns that the option names are what a series is made of."""
    role = roles_of(options["model_type"]).get(option)
    return role in (SERIES_KEY, SERIES_TIMESTAMP, SERIES_DATA)


def held_by(option: str, options: Mapping[str, Any]) -> str | None:
    """What a column that the option names must hold, by the effective options: "number", "BOOL" or
    None for anything."""
    row = MODEL_TYPES[options["model_type"]]
    if option == LABEL:
        return "number" if row.label == "number" else None
    rule = OPTIONS[row.name][option]
    applies = all(options.get(o) in values for o, values in rule.get("holds_with", {}).items())
    return rule.get("holds") if applies else None


def lasting_of(model_type: str) -> list[str]:
    """The options of a model type that WARM_START cannot change."""
    return [name for name, option in OPTIONS[model_type].items() if option.get("lasting")]


def json_object(text: str | None, argument: str) -> dict[str, Any]:
    """The JSON object that an argument of a function holds as text; ModelError if it does not."""
    try:
        value = json.loads(text or "")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ModelError(f"argument '{argument}' must be the text of a JSON object, not {text!r}")
    return value


def validate(
    model_name: str, options: Mapping[str, Any], is_local: bool = True
) -> tuple[dict[str, Any], list[str]]:
    """Check the options of one CREATE MODEL and complete them with defaults.

    Names and enumerated values are case-insensitive. Returns (effective options, warnings):
    names in lower case, enumerated values in upper case, unset options absent; one warning
    per given option that has no local meaning. Raises ModelError at the first fault; with
    `is_local` false, not for what BigQuery has and this engine has not.
    """
    with about(model_name):
        given = _lower_names(options)
        table = OPTIONS[_model_type(given)]
        given = by_new_names(given, table)
        for name in given:
            _require_known(name, given["model_type"], table)
        effective = {
            name: checked_value(name, given[name], option) if name in given else option["default"]
            for name, option in table.items()
        }
        _require_given(given, table)
        if is_local:
            _refuse_local_search(effective, table)
        effective = _drop_inapplicable(given, effective, table)
        check_combinations(effective)
        resolve_approximation(effective)
        if is_local:
            _refuse_unsupported(effective, table)
    warnings = [
        f"{model_name}: option '{name}' is kept for BigQuery and has no local effect"
        for name in given
        if not table[name].get("local", True)
    ]
    return {name: value for name, value in effective.items() if value is not None}, warnings


def _lower_names(options: Mapping[str, Any]) -> dict[str, Any]:
    lowered: dict[str, Any] = {}
    for name, value in options.items():
        if name.lower() in lowered:
            raise ModelError(f"option '{name.lower()}' is given twice; keep one of the two")
        lowered[name.lower()] = value
    return lowered


def by_new_names(given: Mapping[str, Any], table: Mapping[str, Option]) -> dict[str, Any]:
    """The options by the names that they have now."""
    new = {option["old_name"]: name for name, option in table.items() if "old_name" in option}
    for old, name in new.items():
        if old in given and name in given:
            raise ModelError(f"option '{old}' is the old name of '{name}'; keep one of the two")
    return {new.get(name, name): value for name, value in given.items()}


def _model_type(given: dict[str, Any]) -> str:
    """Normalize `given["model_type"]` and return it."""
    model_type = now_named(str(given.get("model_type", "")))
    if not model_type:
        raise ModelError(f"option 'model_type' is missing; set it to one of {', '.join(OPTIONS)}")
    if model_type not in OPTIONS:
        raise ModelError(
            f"option 'model_type' has no value {model_type!r}; {nearest(model_type, OPTIONS)}"
        )
    given["model_type"] = model_type
    return model_type


def _require_known(name: str, model_type: str, table: Mapping[str, Option]) -> None:
    if name in table:
        return
    if name in REFUSED.get(model_type, {}):
        raise ModelError(f"option '{name}': {REFUSED[model_type][name]}")
    owners = [owner for owner in OPTIONS if name in OPTIONS[owner]]
    if owners:
        raise ModelError(f"option '{name}' is for {', '.join(owners)}, not {model_type}; remove it")
    raise ModelError(f"option '{name}' is unknown for {model_type}; {nearest(name, table)}")


def _refuse_local_search(effective: Mapping[str, Any], table: Mapping[str, Option]) -> None:
    """ModelError where an option is searched and this engine does not tune the model type."""
    tunes = "num_trials" in table and table["num_trials"].get("supported", True)
    for name, value in effective.items():
        if search_space(value) is not None and not tunes:
            raise ModelError(
                f"option '{name}' is given a search space, which needs hyperparameter tuning, "
                "which is not available in this version; give one value"
            )


def _require_given(given: Mapping[str, Any], table: Mapping[str, Option]) -> None:
    for name, option in table.items():
        if option.get("required") and name not in given:
            raise ModelError(f"option '{name}' is required by {given['model_type']}; set it")
        if "clause" in option and given.get(name) == []:
            raise ModelError(f"option '{name}' is an empty list; give at least one expression")


def _drop_inapplicable(
    given: Mapping[str, Any], effective: Mapping[str, Any], table: Mapping[str, Option]
) -> dict[str, Any]:
    """`effective` without the defaults whose `only_with` condition does not hold."""
    kept = {}
    for name, value in effective.items():
        for other, values in table[name].get("only_with", {}).items():
            if effective[other] not in values:
                if name in given:
                    raise ModelError(
                        f"option '{name}' is only valid with {other} = "
                        f"{' or '.join(str(value).upper() for value in values)}; "
                        f"remove it or change '{other}'"
                    )
                break
        else:
            kept[name] = value
    return kept


def _refuse_unsupported(effective: Mapping[str, Any], table: Mapping[str, Option]) -> None:
    for name, value in effective.items():
        option = table[name]
        if not option.get("supported", True) and value != option["default"]:
            raise ModelError(
                f"option '{name}' needs {option['part_of']}, which is not available in this "
                "version; remove the option"
            )
