"""The one error a user of this package sees."""

import re
from collections.abc import Iterator
from contextlib import contextmanager


class ModelError(ValueError):
    """One sentence: what is wrong, with which option or column, and what to do.

    Code that does not know the model's name raises the bare sentence; `about` puts the name
    in front of it at the border of the package.
    """


@contextmanager
def about(model_name: str) -> Iterator[None]:
    """Put `model_name` in front of every ModelError that leaves the block."""
    try:
        yield
    except ModelError as error:
        raise ModelError(f"{model_name}: {error}") from None


def sentence(message: str) -> str:
    """The sentence of the ModelError in what DuckDB says when a function fails; else `message`."""
    found = re.search(r"executing the UDF: ModelError: (.*?)(?:\n\nAt:|\Z)", message, re.DOTALL)
    return found[1] if found else message
