"""The table of options (`options.json`) and the rules that span options.

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
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

from bqml_vocabulary.errors import ModelError, about, nearest
from bqml_vocabulary.model_types import MODEL_TYPES, types_of

Option = Mapping[str, Any]

LABEL = "input_label_cols"
"""The option that names the label."""


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
        for name in given:
            _require_known(name, given["model_type"], table)
        effective = {
            name: _value(name, given[name], option) if name in given else option["default"]
            for name, option in table.items()
        }
        _require_given(given, table)
        if is_local:
            _refuse_local_search(effective, table)
        effective = _drop_inapplicable(given, effective, table)
        _check_combinations(effective)
        _resolve_approximation(effective)
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


def _model_type(given: dict[str, Any]) -> str:
    """Normalize `given["model_type"]` and return it."""
    model_type = str(given.get("model_type", "")).upper()
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


def _is_whole(value: Any) -> bool:
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return is_integer and -(2**63) <= value < 2**63


def _is_number(value: Any) -> bool:
    is_numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return is_numeric and abs(value) <= sys.float_info.max


_SCALARS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "STRING": (lambda value: isinstance(value, str), "a STRING"),
    "BOOL": (lambda value: isinstance(value, bool), "TRUE or FALSE"),
    "INT64": (_is_whole, "a whole number"),
    "FLOAT64": (_is_number, "a finite number"),
}
_EXAMPLES = {"STRING": "['label']", "INT64": "[64, 32]", "FLOAT64": "[0.5, 0.25]"}


def _fields(type_: str) -> list[str]:
    """The types of the fields of a STRUCT."""
    return type_.removeprefix("STRUCT<").removesuffix(">").split(", ")


def _fits(value: Any, type_: str) -> bool:
    """Whether a value is of a type of the table, a STRUCT being a list of its fields."""
    if " | " in type_:
        return any(_fits(value, one) for one in type_.split(" | "))
    if type_.startswith("ARRAY<"):
        element = type_.removeprefix("ARRAY<").removesuffix(">")
        is_filled = bool(value) or not element.startswith("STRUCT")
        return isinstance(value, list) and is_filled and all(_fits(one, element) for one in value)
    if type_.startswith("STRUCT<"):
        fields = _fields(type_)
        is_whole = isinstance(value, list) and len(value) == len(fields)
        return is_whole and all(_fits(one, field) for one, field in zip(value, fields, strict=True))
    return _SCALARS[type_][0](value)


def _canonical(value: Any, type_: str) -> Any:
    """A value that fits, with a float wherever the type says so."""
    if " | " in type_:
        return _canonical(value, next(one for one in type_.split(" | ") if _fits(value, one)))
    if type_.startswith("ARRAY<"):
        element = type_.removeprefix("ARRAY<").removesuffix(">")
        return [_canonical(one, element) for one in value]
    if type_.startswith("STRUCT<"):
        return [_canonical(*pair) for pair in zip(value, _fields(type_), strict=True)]
    return float(value) if type_ == "FLOAT64" else value


def _words(type_: str) -> str:
    """What a value of a type must be."""
    if " | " in type_:
        return " or ".join(map(_words, type_.split(" | ")))
    if type_.startswith("ARRAY<"):
        element = type_.removeprefix("ARRAY<").removesuffix(">")
        example = f", for example {_EXAMPLES[element]}" if element in _EXAMPLES else ""
        return f"an array of {element}{example}"
    if type_.startswith("STRUCT<"):
        return f"a STRUCT of {', '.join(_fields(type_))}"
    return _SCALARS[type_][1]


def _numbers(value: Any) -> Iterator[float]:
    """The numbers in a value."""
    if isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif _is_number(value):
        yield value


SEARCH_SPACES = ("hparam_range", "hparam_candidates")


def search_space(value: Any) -> tuple[str, Any] | None:
    """The form and the bounds, or candidates, of a search space; None if the value is none.

    A space is {"hparam_range": [least, greatest]} or {"hparam_candidates": [value, ...]}.
    """
    if isinstance(value, Mapping) and len(value) == 1:
        [(form, given)] = value.items()
        if form in SEARCH_SPACES:
            return form, given
    return None


def _tried(value: Any) -> list[Any]:
    """The values that a search space names, or the one value."""
    space = search_space(value)
    return [value] if space is None else space[1]


def _value(name: str, value: Any, option: Option) -> Any:
    """`value` in its canonical form; ModelError if it has the wrong type or is out of range."""
    space = search_space(value)
    if space is None:
        return _checked(name, value, option)
    form, given = space
    if not option.get("tunable"):
        raise ModelError(f"option '{name}' cannot be tuned; give one value")
    if not isinstance(given, list) or not given or (form == "hparam_range" and len(given) != 2):
        raise ModelError(
            f"option '{name}' must have a least and a greatest value in HPARAM_RANGE, or at least "
            "one value in HPARAM_CANDIDATES"
        )
    if form == "hparam_range" and not (all(map(_is_number, given)) and given[0] < given[1]):
        raise ModelError(f"option '{name}' must search from a number to a greater one")
    return {form: [_checked(name, one, option) for one in given]}


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _checked(name: str, given: Any, option: Option) -> Any:
    if not _fits(given, option["type"]):
        words = option.get("words") or _words(option["type"])
        raise ModelError(f"option '{name}' must be {words}, not {json.dumps(given)}")
    value = _canonical(given, option["type"])
    if "allowed" in option:
        value = [_upper(item) for item in value] if isinstance(value, list) else _upper(value)
        items = value if isinstance(value, list) else [value]
        unknown = {item for item in items if isinstance(item, str)}.difference(option["allowed"])
        if unknown:
            raise ModelError(
                f"option '{name}' has no value {min(unknown)!r}; "
                f"choose one of {', '.join(option['allowed'])}"
            )
    for limit, holds, words in _LIMITS:
        bound = option.get(limit)
        wrong = [n for n in _numbers(value) if bound is not None and not holds(n, bound)]
        if wrong and "words" in option:
            raise ModelError(f"option '{name}' must be {option['words']}, not {json.dumps(given)}")
        if wrong:
            raise ModelError(f"option '{name}' must be {words} {bound}, not {wrong[0]}")
    return value


_LIMITS: Sequence[tuple[str, Callable[[float, float], bool], str]] = (
    ("minimum", lambda number, bound: number >= bound, "at least"),
    ("exclusive_minimum", lambda number, bound: number > bound, "greater than"),
    ("maximum", lambda number, bound: number <= bound, "at most"),
    ("exclusive_maximum", lambda number, bound: number < bound, "less than"),
)


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


# (option, the method that needs it)
_REQUIRED_COLUMNS = (
    ("data_split_col", "data_split_method"),
    ("kmeans_init_col", "kmeans_init_method"),
)


def _check_combinations(options: Mapping[str, Any]) -> None:
    """The rules that one row of the table cannot state."""
    if len(options.get("input_label_cols", ["label"])) != 1:
        raise ModelError("option 'input_label_cols' must name exactly one column")
    for name, method in _REQUIRED_COLUMNS:
        if name in options and options[name] is None:
            raise ModelError(
                f"option '{name}' is required by {method} = {options[method]}; name the column"
            )
    if options.get("optimize_strategy") == "NORMAL_EQUATION" and max(_tried(options["l1_reg"])) > 0:
        raise ModelError(
            "option 'optimize_strategy' cannot be NORMAL_EQUATION with l1_reg > 0; "
            "use BATCH_GRADIENT_DESCENT"
        )
    if options.get("optimize_strategy") == "NORMAL_EQUATION" and options["warm_start"]:
        raise ModelError(
            "option 'optimize_strategy' cannot be NORMAL_EQUATION with warm_start = true; "
            "use BATCH_GRADIENT_DESCENT"
        )
    if options.get("auto_class_weights") and options.get("class_weights"):
        raise ModelError(
            "option 'class_weights' excludes 'auto_class_weights'; remove one of the two"
        )
    if options.get("instance_weight_col") is not None:
        for other in ("auto_class_weights", "class_weights"):
            if options.get(other):
                raise ModelError(
                    f"option 'instance_weight_col' excludes '{other}'; remove one of the two"
                )
    if "colsample_bynode" in options:
        _check_column_samples(options)
    if "num_principal_components" in options:
        _check_component_count(options)
    if options.get("calculate_p_values"):
        _check_p_values(options)


def _check_column_samples(options: Mapping[str, Any]) -> None:
    """A random forest leaves features out; the exact method cannot do so at every split."""
    names = ("colsample_bytree", "colsample_bylevel", "colsample_bynode")
    is_forest = options["model_type"].startswith("RANDOM_FOREST")
    if is_forest and all(options[name] == 1 for name in names):
        raise ModelError(
            f"option '{names[0]}', '{names[1]}' or '{names[2]}' must be less than 1 for "
            f"{options['model_type']}; lower one of them"
        )
    if "EXACT" in _tried(options["tree_method"]) and min(_tried(options["colsample_bynode"])) < 1:
        raise ModelError(
            "option 'tree_method' cannot be EXACT with colsample_bynode < 1 on DuckDB; use HIST, "
            "or set colsample_bynode to 1 and another colsample option lower"
        )


def _check_component_count(options: Mapping[str, Any]) -> None:
    """PCA keeps a number of components or a share of the variance."""
    names = ("num_principal_components", "pca_explained_variance_ratio")
    given = [name for name in names if options[name] is not None]
    if not given:
        raise ModelError(f"option '{names[0]}' or '{names[1]}' is required; set one of the two")
    if len(given) == 2:
        raise ModelError(f"option '{names[0]}' excludes '{names[1]}'; remove one of the two")


def _check_p_values(options: Mapping[str, Any]) -> None:
    """The conditions of CALCULATE_P_VALUES, in BigQuery's words."""
    if options["category_encoding_method"] != "DUMMY_ENCODING":
        raise ModelError(
            "option 'calculate_p_values': Please specify CATEGORY_ENCODING_METHOD=DUMMY_ENCODING "
            "to enable p_values calculation."
        )
    if options["l1_reg"] != 0:
        raise ModelError(
            "option 'calculate_p_values': L1_REG must be zero if CALCULATE_P_VALUES=TRUE."
        )


# From how many parallel trees on global explanation approximates, by group of model types.
_MANY_PARALLEL_TREES = {"BOOSTED_TREE": 10, "RANDOM_FOREST": 50}


def _resolve_approximation(effective: dict[str, Any]) -> None:
    """The default of APPROX_GLOBAL_FEATURE_CONTRIB depends on two other options."""
    name = "approx_global_feature_contrib"
    if name in effective and effective[name] is None:
        many = _MANY_PARALLEL_TREES[effective["model_type"].rpartition("_")[0]]
        effective[name] = max(_tried(effective["num_parallel_tree"])) >= many


def _refuse_unsupported(effective: Mapping[str, Any], table: Mapping[str, Option]) -> None:
    for name, value in effective.items():
        option = table[name]
        if not option.get("supported", True) and value != option["default"]:
            raise ModelError(
                f"option '{name}' needs {option['part_of']}, which is not available in this "
                "version; remove the option"
            )
