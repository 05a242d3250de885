"""BigQuery's functions of models, as queries that a parser of SQL understands."""

from collections.abc import Collection

import sqlglot
from sqlglot.errors import SqlglotError

from serving.catalogue.nodes import relation_path


def scores_path(path: tuple[str, ...]) -> tuple[str, ...]:
    """The name of what a model adds to rows that it is given."""
    return (*path[:-1], f"{path[-1]} of rows")


def without_model_calls(sql: str, dialect: str, scoring: Collection[str]) -> str:
    """The SQL with BigQuery's functions of models as queries of them.

    `scoring` names the functions that give the rows they are given: `ml.predict(model m, (q))` is
    read as the rows of q beside what m adds to them. Any other describes the model: its table.
    """
    tokens = sqlglot.tokenize(sql, dialect=dialect)
    words = [token.text.lower() for token in tokens]
    pieces, position, number = [], 0, 0
    while number < len(tokens):
        if words[number : number + 2] != ["ml", "."] or "(" not in words[number + 3 : number + 4]:
            number += 1
            continue
        arguments, end = _arguments(words, number + 3)
        model = _words(sql, tokens, arguments[0])
        if not model.lower().startswith("model "):
            number += 1
            continue
        path = relation_path(model[len("model ") :].strip(), dialect)
        inner = f"(select * from {_named(path)})"
        if words[number + 2] in scoring and len(arguments) > 1:
            rows = without_model_calls(_words(sql, tokens, arguments[1]), dialect, scoring)
            scores = _named(scores_path(path))
            inner = f"(select given.*, bqml.* from {rows} as given cross join {scores} as bqml)"
        pieces += [sql[position : tokens[number].start], inner]
        position = tokens[end].end + 1
        number = end + 1
    return "".join([*pieces, sql[position:]])


def _named(path: tuple[str, ...]) -> str:
    return ".".join(f"`{part}`" for part in path)


def _arguments(words: list[str], opened: int) -> tuple[list[tuple[int, int]], int]:
    """The first and last token of each argument of a call, and its closing bracket."""
    depth, start, found = 0, opened + 1, []
    for number in range(opened, len(words)):
        depth += (words[number] in "([") - (words[number] in ")]") if words[number] else 0
        if depth == 0 or (depth == 1 and words[number] == ","):
            if number > start:
                found.append((start, number - 1))
            start = number + 1
        if depth == 0:
            return found or [(opened, opened)], number
    raise SqlglotError("a bracket is not closed")


def _words(sql: str, tokens: list, bounds: tuple[int, int]) -> str:
    return sql[tokens[bounds[0]].start : tokens[bounds[1]].end + 1]
