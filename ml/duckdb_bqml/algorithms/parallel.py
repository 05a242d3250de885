"""Columns side by side: numpy lets go of Python's lock while it works on a long array."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item, Result = TypeVar("Item"), TypeVar("Result")

LONG = 50_000


def each(function: Callable[[Item], Result], items: Iterable[Item], rows: int) -> list[Result]:
    """[function(item) for item in items], by all cores at once if there are many `rows`.

    The results do not depend on how many cores there are.
    """
    if rows < LONG:
        return [function(item) for item in items]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, items))
