"""What DuckDB says when a function of this package fails."""

import re


def sentence(message: str) -> str:
    """The sentence of the ModelError in what DuckDB says when a function fails; else `message`."""
    found = re.search(r"executing the UDF: ModelError: (.*?)(?:\n\nAt:|\Z)", message, re.DOTALL)
    return found[1] if found else message
