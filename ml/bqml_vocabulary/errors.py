"""The one error that a wrong model, option or setting is."""

import difflib
from collections.abc import Collection, Iterator
from contextlib import contextmanager


class ModelError(ValueError):
    """One sentence: what is wrong, with which option or column, and what to do.

    Code that does not know the model's name raises the bare sentence. `about` puts the name in
    front of it at the border of the package.
    """


@contextmanager
def about(model_name: str) -> Iterator[None]:
    """Put `model_name` in front of every ModelError that leaves the block."""
    try:
        yield
    except ModelError as error:
        raise ModelError(f"{model_name}: {error}") from None


def nearest(name: str, names: Collection[str]) -> str:
    """What a reader may have meant by a name that is none of `names`: the end of a sentence."""
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean '{close[0]}'?" if close else f"choose one of {', '.join(names)}"
