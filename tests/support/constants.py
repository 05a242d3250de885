"""What the project writes down once, as a macro that returns it: tests read the same."""

from pathlib import Path
from typing import Any

from dbt_common.clients.jinja import get_template
from dbt_common.exceptions import MacroReturn
from dbt_common.utils.jinja import get_dbt_macro_name

MACROS = Path(__file__).parents[2] / "macros"


def constant(file: str) -> Any:
    """What the macro returns that a file below macros/ is named after; it calls no other."""
    path = MACROS / file
    template = get_template(path.read_text(), {"return": _return})
    try:
        getattr(template.make_module(), get_dbt_macro_name(path.stem))()
    except MacroReturn as returned:
        return returned.value
    raise AssertionError(f"macro {path.stem} returns nothing")


def _return(value: Any) -> None:
    raise MacroReturn(value)


ENGINES: list[str] = constant("cross_db/_engines.sql")
