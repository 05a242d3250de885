"""Options and settings as values: what GoogleSQL makes of them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bqml_vocabulary.errors import ModelError, nearest
from bqml_vocabulary.functions import checked_settings
from bqml_vocabulary.option_values import SEARCH_SPACES

from bqml_proxy.errors import invalid_query
from googlesql import types
from googlesql.edits import Edits
from googlesql.service import GoogleSQL, Refused
from googlesql.syntax import Node
from googlesql.types import kind


def constant(service: GoogleSQL, text: str, what: str) -> Any:
    """The value of an expression without columns; structs and arrays are lists."""
    return _evaluated(service, text, what)[0]


def options(service: GoogleSQL, edits: Edits, entries: Node | None) -> dict[str, Any]:
    """The options of an OPTIONS clause, by their names as written."""
    given = {}
    for entry in entries["options_entries"] if entries else []:
        name = entry["name"]["id_string"]
        if name in given:
            raise invalid_query(f"Duplicate option specified for '{name}'.")
        value = entry["value"]
        text = edits.original(value.span)
        given[name] = _search_space(service, text, name) or constant(
            service, text, f"Option {name}"
        )
    return given


def _search_space(service: GoogleSQL, text: str, name: str) -> dict[str, Any] | None:
    """HPARAM_RANGE(a, b) or HPARAM_CANDIDATES([a, b]) as the table of options has it."""
    form, _, rest = text.partition("(")
    form = form.strip().lower()
    if form not in SEARCH_SPACES:
        return None
    given = rest.rstrip().removesuffix(")")
    values = f"[{given}]" if form == "hparam_range" else given
    return {form: constant(service, values, f"Option {name}")}


def settings(service: GoogleSQL, text: str, function: str) -> dict[str, Any]:
    """The fields of a STRUCT of settings, by their names in lower case."""
    values, type_ = _evaluated(service, text, f"{function}: the settings")
    names = [field.field_name.lower() for field in type_.struct_type.field]
    if not all(names):
        raise invalid_query(f"{function}: every setting needs a name; write STRUCT(value AS name).")
    return dict(zip(names, values, strict=True))


def require_known(names: Collection[str], known: Collection[str], function: str) -> None:
    """Refuse the first name that is none of those known."""
    for name in names:
        if name not in known:
            hint = nearest(name, known)
            end = "" if hint.endswith("?") else "."
            raise invalid_query(f"{function}: unsupported setting '{name}'; {hint}{end}")


def require_types(settings: Mapping[str, Any], function: str) -> None:
    """BigQueryError unless each of the settings of ML.<function> is of its type."""
    try:
        checked_settings(function, settings)
    except ModelError as error:
        raise invalid_query(f"ML.{function}: {error}.") from None


def require_available(names: Collection[str], here: Collection[str], function: str) -> None:
    """Refuse what BigQuery takes and this engine does not."""
    for name in names:
        if name not in here:
            raise invalid_query(f"{function}: the setting '{name}' is not available; leave it out.")


def _evaluated(service: GoogleSQL, text: str, what: str) -> tuple[Any, types.Type]:
    try:
        held, type_ = service.constant(text)
    except Refused as refused:
        raise invalid_query(f"{what} must be a constant: {refused.reason}") from None
    except TypeError:
        raise invalid_query(f"{what} has a type that no option and no setting has.") from None
    if isinstance(held, datetime) and kind(type_) == "TIMESTAMP":
        held = f"{held.isoformat()}Z"
    return _plain(held), type_


def _plain(held: Any) -> Any:
    """A value as JSON has it, which is how the engine takes options."""
    if isinstance(held, tuple):
        return [_plain(item) for item in held]
    if isinstance(held, Decimal):
        return float(held)
    return held.isoformat() if isinstance(held, date) else held
