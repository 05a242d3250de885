"""The calls of BigQuery ML's functions in a statement.

What such a function returns depends on the model, the settings and the columns of the data: no
signature of GoogleSQL says it. So each call gets a function of its own, written in SQL: the model's
columns, then those of the data. What is no data (model, settings) is checked here and blanked out.
"""

import difflib
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bqml_vocabulary.functions import FUNCTIONS, TABLE_FUNCTIONS, TableFunction, split
from bqml_vocabulary.holidays import names_of
from bqml_vocabulary.model_types import MODEL_TYPES, named
from bqml_vocabulary.options import (
    SERIES_DATA,
    SERIES_KEY,
    SERIES_TIMESTAMP,
    columns_in_role,
)
from google.protobuf.message import Message
from zetasql.wasi._pb2.zetasql.public import function_pb2

from googlesql import messages, types
from googlesql.edits import Edits, Span
from googlesql.service import Catalog, Refused
from googlesql.tokens import Token, arguments, line_at, tokens
from googlesql.types import Type

_ENUMS = function_pb2.FunctionEnums
_KINDS = function_pb2.SignatureArgumentKind

# what GoogleSQL says of `* except (...)`, and what is then known of the data
NOTHING_LEFT = "zero columns after applying EXCEPT"
NOT_THERE = "in SELECT * EXCEPT list does not exist"


# what an option that is tuned may be instead of a value
_SEARCH_SPACES = {
    "hparam_range": tuple(((type_, type_), type_) for type_ in ("INT64", "FLOAT64")),
    "hparam_candidates": tuple(
        ((f"ARRAY<{type_}>",), type_) for type_ in ("INT64", "FLOAT64", "STRING", "BOOL")
    ),
}


def option_value(expression: Message) -> object:
    """The value of an option of CREATE MODEL: a constant, or a search space as a mapping."""
    node = messages.innermost(expression)
    if node.DESCRIPTOR.name == "ResolvedFunctionCallProto":
        name = messages.field(node, "function").name.split(":")[-1].lower()
        if name in _SEARCH_SPACES:
            given = messages.value(expression)
            return {name: given if name == "hparam_range" else given[0]}
    return messages.value(expression)


@dataclass(frozen=True)
class Model:
    """What is known of a model once it has been created."""

    path: str
    model_type: str
    features: dict[str, Type]  # what data must hold
    label: str | None = None
    label_type: Type | None = None
    transformed: dict[str, Type] = field(default_factory=dict)  # the columns TRANSFORM makes
    options: dict[str, object] = field(default_factory=dict)
    series: dict[str, Type] = field(default_factory=dict)  # its columns of time series

    def series_columns(self, role: str) -> dict[str, Type]:
        """Those of a role."""
        names = columns_in_role(role, self.options)
        return {name: self.series[name] for name in names if name in self.series}


@dataclass
class Surroundings:
    """What a call is checked against."""

    model: Callable[[list[str]], Model | None]
    expression: Callable[[str], Message]  # without columns, resolved
    type_named: Callable[[str], Type]
    nothing_left: bool = False  # no column of the data is left once the model's are taken away
    has_label: bool = True  # data to transform holds the label


def library(catalog: Catalog, type_named: Callable[[str], Type]) -> Catalog:
    """BigQuery ML's functions of expressions, in the catalog `ml` of `catalog`, and its search
    spaces beside them."""
    for name, signatures in _SEARCH_SPACES.items():
        _add_function(catalog, name, signatures, type_named)
    ml = catalog.catalog.add(name="ml")
    for name, function in FUNCTIONS.items():
        if not function.fields:
            _add_function(ml, name.lower(), function.signatures, type_named, function.is_analytic)
    return ml


def resolve(sql: str, catalog: Catalog, around: Surroundings) -> str:
    """The statement with each ML call turned into one of a function put into `catalog`."""
    found = tokens(sql)
    edits = Edits(sql)
    ml = next(child for child in catalog.catalog if child.name == "ml")
    for number, name, opening in _calls(found):
        spans, closing = arguments(sql, found, opening)
        call = _Call(sql, found, name, spans, line_at(sql, found[number].start))
        try:
            if name in TABLE_FUNCTIONS:
                _resolve_table_function(call, f"{name.lower()}__{number}", ml, edits, around)
                edits.replace(_span(sql, found[opening - 1]), f"{name.lower()}__{number}")
            elif name in FUNCTIONS:
                _check_function(call, closing)
                if FUNCTIONS[name].fields:
                    given = f"{name.lower()}__{number}"
                    _add_structured(call, given, ml, around)
                    edits.replace(_span(sql, found[opening - 1]), given)
        except Refused as refused:
            raise Refused(f"ML.{name}: {refused.reason}", call.line) from None
    return edits.text()


def _span(sql: str, token: Token) -> Span:
    return Span.of(sql, token.start, token.end)


def in_words(reason: str) -> str:
    """What GoogleSQL says of the functions made here, in words of those that were called."""
    called = re.match(r"Invalid table-valued function ml\.(\w+?)__\d+; ", reason, re.IGNORECASE)
    if called is None:
        return re.sub(r"\bml[.:](\w+?)(__\d+)?\b", lambda name: f"ML.{name[1].upper()}", reason)
    cause = reason.split("; ")[-1]
    if missing := re.search(r"Name (\S+) not found inside input_rows", cause):
        cause = f"the data has no column {missing[1]}"
    elif wrong := re.search(r"function ML[:.]`?FEATURE_(\S+?)__\w+?__\d+", cause, re.IGNORECASE):
        cause = f"the feature {wrong[1].lower()} is not of the type it was trained with"
    return f"ML.{called[1].upper()}: {cause}"


def _calls(found: list[Token]) -> Iterator[tuple[int, str, int]]:
    """Each `ml.name(`: the numbers of its first token and of its bracket, and the name."""
    for number in range(len(found) - 3):
        ml, dot, name, bracket = found[number : number + 4]
        follows_dot = number > 0 and found[number - 1].text == "."
        if ml.is_word("ml") and not follows_dot and (dot.text, bracket.text) == (".", "("):
            yield number, name.text.upper(), number + 3


@dataclass(frozen=True)
class _Call:
    sql: str
    found: list[Token]
    name: str
    spans: list[tuple[int, int]]
    line: int

    def text(self, number: int) -> str:
        start, end = self.spans[number]
        return self.sql[start:end]

    def kind(self, number: int) -> str:
        first, *rest = tokens(self.text(number))
        if [token.text for token in rest[:2]] == ["=", ">"] or (rest and rest[0].text == "=>"):
            return "named"
        for kind, words in (("model", ("model",)), ("data", ("table",)), ("settings", ("struct",))):
            if first.kind == "word" and first.text.lower() in words:
                return kind
        return "data" if first.text == "(" else "numbers"


def _resolve_table_function(
    call: _Call, given_name: str, ml: Catalog, edits: Edits, around: Surroundings
) -> None:
    signature = TABLE_FUNCTIONS[call.name]
    kinds = [call.kind(number) for number in range(len(call.spans))]
    if not signature.takes(kinds):
        raise Refused(f"takes ({signature.arguments_of(None)}), not ({', '.join(kinds)})")
    model = _model(call, kinds, around)
    if model and not signature.takes(kinds, model.model_type):
        taken = signature.arguments_of(model.model_type)
        raise Refused(f"takes ({taken}) for {model.model_type}, not ({', '.join(kinds)})")
    settings = _settings(call, kinds, signature, around)
    columns = _columns(signature, model, settings)
    relations = [number for number, kind in enumerate(kinds) if kind == "data"]
    names = [f"input_rows_{number}" for number in relations]

    body = [f"cast(null as {type_name}) as {column}" for column, type_name in columns]
    needed: dict[str, Type] = {}
    if names and model and signature.needs:
        needed = dict(model.features) | model.series
        if "moment" in signature.needs:  # the values are what is asked for
            for name in model.series_columns(SERIES_DATA):
                needed.pop(name)
        if "label" in signature.needs and model.label and model.label_type:
            needed[model.label] = model.label_type
    if names and signature.keeps_of(model and model.model_type):
        body += _kept(signature, model, settings, names[0], around)
    checks = []
    for column, type_ in needed.items():
        check = f"feature_{column}__{given_name}"
        _add_function(ml, check, (((types.text(type_),), "BOOL"),), around.type_named)
        checks.append(f"ml.`{check}`({names[0]}.`{column}`)")
    for rows, columns_held in zip(names, signature.holds, strict=False):
        for column, type_name in columns_held.items():
            check = f"feature_{column}__{rows}__{given_name}"
            _add_function(ml, check, (((type_name,), "BOOL"),), around.type_named)
            held = f"ml.`{check}`({rows}.`{column}`)"
            checks.append(
                held if rows == names[0] else f"exists(select 1 from {rows} where {held})"
            )
    sql = f"select {', '.join(body)}"
    if names:
        sql += f" from {names[0]}" + (f" where {' and '.join(checks)}" if checks else "")

    function = ml.custom_tvf.add(
        name_path=[given_name], type=_ENUMS.TEMPLATED_SQL_TVF, argument_name=names
    )
    for _ in names:
        argument = function.signature.argument.add(
            kind=_KINDS.ARG_TYPE_RELATION, num_occurrences=-1
        )
        argument.options.cardinality = _ENUMS.REQUIRED
    function.signature.return_type.kind = _KINDS.ARG_TYPE_RELATION
    function.signature.return_type.num_occurrences = -1
    function.parse_resume_location.input = sql

    for number, kind in enumerate(kinds):
        if kind != "data":
            edits.blank(Span.of(call.sql, *call.spans[number]))
    for number, (before, after) in enumerate(itertools.pairwise(call.spans), start=1):
        is_between = number in relations[1:]
        span = Span.of(call.sql, before[1], after[0])
        edits.blank(span, keep="," if is_between else "")


def _model(call: _Call, kinds: list[str], around: Surroundings) -> Model | None:
    if "model" not in kinds:
        return None
    words = tokens(call.text(kinds.index("model")))[1:]
    path = [word.text.strip("`") for word in words if word.kind in ("word", "quoted")]
    model = around.model(path)
    if model is None:
        raise Refused(f"Model not found: {'.'.join(path)}")
    return model


def _settings(
    call: _Call, kinds: list[str], signature: TableFunction, around: Surroundings
) -> dict[str, object]:
    """The settings given, by name; each is known and has its type."""
    named = [call.text(number) for number, kind in enumerate(kinds) if kind == "named"]
    if "settings" in kinds:
        text = call.text(kinds.index("settings"))
    elif named:
        pairs = [text.split("=>", 1) for text in named]
        text = f"struct({', '.join(f'{value} as {name}' for name, value in pairs)})"
    else:
        return {}
    resolved = around.expression(text)
    fields = messages.field(resolved, "type").struct_type.field
    for given in fields:
        name = given.field_name.lower()
        wanted = signature.settings.get(name)
        if wanted is None:
            near = difflib.get_close_matches(name, signature.settings, n=1)
            hint = (
                f"did you mean '{near[0]}'?" if near else f"it has {', '.join(signature.settings)}"
            )
            raise Refused(f"unsupported setting '{name}'; {hint}")
        if not _fits(types.text(given.field_type), wanted):
            found = types.text(given.field_type)
            raise Refused(f"setting '{name}' must be {wanted}, not {found}")
    if named:
        return {}  # the moment may be any expression, and no column depends on the others
    names = [given.field_name.lower() for given in fields]
    return dict(zip(names, messages.value(resolved), strict=True))


def _fits(given: str, wanted: str) -> bool:
    is_number = given in ("INT64", "NUMERIC", "BIGNUMERIC", "FLOAT64")
    return given == wanted or (wanted == "FLOAT64" and is_number)


def _columns(
    signature: TableFunction, model: Model | None, settings: dict[str, object]
) -> list[tuple[str, str]]:
    """The model's columns: names and types."""
    model_type = model and model.model_type
    declared = signature.columns_of(model_type, settings)
    if declared is None:
        is_left_out = signature.name in MODEL_TYPES[str(model_type)].without
        stop = "but not for" if is_left_out else "not"
        raise Refused(f"is for {', '.join(named(signature.columns))}, {stop} {model_type}")
    return list(split(declared.format(**_meanings(model, settings)) if model else declared))


def _meanings(model: Model, settings: dict[str, object]) -> dict[str, str]:
    options = model.options
    count = options.get("num_principal_components") or len(model.features)
    label_type = types.text(model.label_type) if model.label_type else "FLOAT64"
    return {
        "label": model.label or "",
        "label_type": label_type,
        "components": ", ".join(f"principal_component_{n + 1} FLOAT64" for n in range(count)),
        "latent_columns": ", ".join(f"latent_col_{n + 1} FLOAT64" for n in range(count)),
        "series_keys": ", ".join(
            f"`{key}` {types.text(type_)}"
            for key, type_ in model.series_columns(SERIES_KEY).items()
        ),
        "holiday_effects": ", ".join(
            f"holiday_effect_{name} FLOAT64" for name in names_of(_regions(options))
        ),
        "attributions": ", ".join(f"`attribution_{name}` FLOAT64" for name in model.features),
        "timestamp": next(iter(model.series_columns(SERIES_TIMESTAMP)), ""),
        "data": next(iter(model.series_columns(SERIES_DATA)), ""),
        "class_label": "" if label_type == "BOOL" else "class_label STRING",
        "explained_class": "class_label STRING" if settings.get("class_level_explain") else "",
    }


def _regions(options: dict[str, object]) -> list[str]:
    given = options.get("holiday_region") or []
    return [given] if isinstance(given, str) else list(given)


def _kept(
    signature: TableFunction,
    model: Model | None,
    settings: dict[str, object],
    rows: str,
    around: Surroundings,
) -> list[str]:
    """What of the data follows the model's columns."""
    if model is None:
        return [f"{rows}.*"]
    keeps, made = signature.keeps_of(model.model_type), []
    if keeps == "transformed":
        if not model.transformed:
            raise Refused(f"the model {model.path} has no TRANSFORM clause")
        made = [
            f"cast(null as {types.text(type_)}) as `{name}`"
            for name, type_ in model.transformed.items()
            if around.has_label or name != model.label
        ]
    elif keeps == "all" or settings.get("keep_original_columns"):
        return [f"{rows}.*"]
    if around.nothing_left:
        return made
    taken = list(model.series if keeps == "beside" else model.features)
    if made and around.has_label and model.label:
        taken.append(model.label)
    return [*made, f"{rows}.* except ({', '.join(f'`{name}`' for name in taken)})"]


def _check_function(call: _Call, closing: int) -> None:
    function = FUNCTIONS[call.name]
    for number, words in function.words.items():
        if number >= len(call.spans):
            continue
        given = tokens(call.text(number))
        if len(given) == 1 and given[0].kind == "string":
            word = given[0].text.strip("'\"")
            if word.lower() not in [allowed.lower() for allowed in words]:
                raise Refused(f"'{word}' is none of {', '.join(words)}")
    after = [token.text.lower() for token in call.found[closing + 1 : closing + 4]]
    if function.is_analytic and after != ["over", "(", ")"]:
        raise Refused("needs an empty OVER () behind it")


def _add_structured(call: _Call, name: str, ml: Catalog, around: Surroundings) -> None:
    """FEATURE_CROSS and POLYNOMIAL_EXPAND: a field per combination of the argument's fields."""
    function = FUNCTIONS[call.name]
    names = _field_names(call.text(0))
    degree = int(call.text(1)) if len(call.spans) > 1 else 2
    made = _expanded(names, degree) if function.fields == "expand" else _crossed(names, degree)
    gives = function.signatures[0][1]
    _add_function(ml, name, (), around.type_named)
    signature = ml.custom_function[-1].signature.add()
    for optional in (False, True):
        argument = signature.argument.add(kind=_KINDS.ARG_TYPE_ARBITRARY, num_occurrences=-1)
        argument.options.cardinality = _ENUMS.OPTIONAL if optional else _ENUMS.REQUIRED
    fields = ", ".join(f"`{one}` {gives}" for one in made)
    _return(signature, around.type_named(f"STRUCT<{fields}>"))


def _field_names(struct: str) -> list[str]:
    found = tokens(struct)
    if len(found) < 2 or not found[0].is_word("struct"):
        raise Refused("takes a STRUCT written in place")
    return [tokens(struct[a:b])[-1].text.strip("`") for a, b in arguments(struct, found, 1)[0]]


def _expanded(names: list[str], degree: int, before: tuple[str, ...] = ()) -> list[str]:
    """Combinations with repetition, each before those that it begins."""
    made = []
    for number, name in enumerate(names):
        here = (*before, name)
        made.append("_".join(here))
        if len(here) < degree:
            made += _expanded(names[number:], degree, here)
    return made


def _crossed(names: list[str], degree: int) -> list[str]:
    sizes = range(2, degree + 1)
    return ["_".join(some) for size in sizes for some in itertools.combinations(names, size)]


def _add_function(
    ml: Catalog,
    name: str,
    signatures: tuple[tuple[tuple[str, ...], str], ...],
    type_named: Callable[[str], Type],
    is_analytic: bool = False,
) -> None:
    function = ml.custom_function.add(name_path=[name], group="ml", mode=_ENUMS.SCALAR)
    if is_analytic:
        function.mode = _ENUMS.ANALYTIC
        function.options.supports_over_clause = True
        function.options.window_ordering_support = _ENUMS.ORDER_OPTIONAL
    for argument_types, returned in signatures:
        signature = function.signature.add()
        for argument_type in argument_types:
            argument = signature.argument.add(kind=_KINDS.ARG_TYPE_FIXED, num_occurrences=-1)
            argument.type.CopyFrom(type_named(argument_type.removesuffix("?")))
            is_optional = argument_type.endswith("?")
            argument.options.cardinality = _ENUMS.OPTIONAL if is_optional else _ENUMS.REQUIRED
        _return(signature, type_named(returned))


def _return(signature, type_: Type) -> None:
    signature.return_type.kind = _KINDS.ARG_TYPE_FIXED
    signature.return_type.num_occurrences = -1
    signature.return_type.type.CopyFrom(type_)
