"""How a model is changed at random: arrays, JSON, SQL and bytes, by dice that a seed decides.

An artifact that is changed gets a checksum that is right again: it is what a stranger would write.
"""

import copy
import hashlib
import json
import random
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from duckdb_bqml.artifact import sealed, unsealed

ODD: Sequence[Any] = (
    None, True, False, 0, 1, -1, 2, 3, 7, 255, 2**31 - 1, 2**31, -(2**31), 2**53 + 1, 2**63,
    10**30, 0.5, -0.0, 1e308, -1e308, 5e-324, "", "k1", "a\ud800", "x" * 5_000,
    "'; drop table forged; --", '"', [], [[]], {}, {"kind": "number"}, [None], ["a", "a"],
    [1.0, 2.0], "vector", "set", "category", "number", "lookup", "one_hot", "gbtree", "dart",
    "COSINE", "ARRAY<INT64>", "TIMESTAMP", "FLOAT64", "ARRAY<STRUCT<INT64, FLOAT64>>",
    "STRUCT(a INTEGER)", "VARCHAR", "DECIMAL(38, 9)[]", "INTEGER[3]",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2, 3, 5, 127, 2**31 - 1, -(2**31), 2**62, -(2**63), 2**63 - 1)
FLOATS = (0.0, -0.0, 1.0, -1.0, 1e-300, 3e38, 1e308, -1e308, np.nan, np.inf, -np.inf)
SQL = (
    "(select 1)", "(select content from read_text('/etc/hosts'))", "; drop table forged", "--",
    "/*", "nextval('s')", "getenv('HOME')", "cast(1 as INT)", "bqml_row.nope", "bqml_row.x",
    "bqml_row", "bqml_statistics.s0", "*", ",", ")", "(", "sum(1)", "avg(1) over ()",
    "unnest([1, 2])", "'", '"', "as z", "from range(9)", "repeat('x', 9)", "query('select 1')",
    "?", "$1", "#1", "[1]", "::INT", "lambda x: x", "case when", "not", "null",
    "bqml_predict('a', 'b', {})", "main.lower('A')", "(" * 3_000, "-" * 900 + "1", "[" * 400,
    "1" + "+1" * 900, "length(" * 400, "\x00", "é",
)  # fmt: skip


def changed_json(value: Any, dice: random.Random) -> Any:
    """The value with one place in it changed: another value, one more, one less, one twice."""
    value = copy.deepcopy(value)
    places: list[tuple[Any, Any]] = []

    def walk(inner: Any) -> None:
        for key in inner if isinstance(inner, dict) else range(len(inner)):
            places.append((inner, key))
            if isinstance(inner[key], dict | list):
                walk(inner[key])

    if isinstance(value, dict | list):
        walk(value)
    if not places:
        return dice.choice(ODD)
    where, key = dice.choice(places)
    way = dice.randrange(8)
    if way < 4:
        where[key] = dice.choice(ODD)
    elif way == 4:
        del where[key]
    elif way == 5:
        _, other = dice.choice(places), dice.choice(places)
        where[key] = copy.deepcopy(other[0][other[1]])
    elif way == 6 and isinstance(where, list):
        where.extend(where[: dice.choice((1, 2, 1_000))])
    elif way == 6:
        where[dice.choice(("kind", "name", "more", "width", "categories"))] = dice.choice(ODD)
    else:
        where[key] = nested(where[key], dice.choice((3, 200, 3_000)))
    return value


def nested(value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = [value]
    return value


def json_of(value: Any) -> str:
    """JSON of a value however deep, now and then of a number that JSON lacks."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(50_000)
    try:
        return json.dumps(value)
    finally:
        sys.setrecursionlimit(limit)


def changed_array(array: np.ndarray, dice: random.Random) -> np.ndarray:
    way = dice.randrange(10)
    if way < 6 and array.size:
        array = array.copy()
        flat = array.reshape(-1)
        for _ in range(dice.choice((1, 1, 1, 2, 20))):
            place = dice.randrange(array.size)
            if dice.random() < 0.4:
                flat[place] = flat[dice.randrange(array.size)]
            elif array.dtype.kind == "f":
                with np.errstate(over="ignore"):
                    flat[place] = np.float64(dice.choice(FLOATS))
            elif array.dtype.kind == "b":
                flat[place] = not flat[place]
            else:
                bounds = np.iinfo(array.dtype)
                near = int(flat[place]) + dice.choice((-1, 1))
                number = dice.choice((near, dice.randrange(array.size), *NUMBERS))
                flat[place] = min(max(number, bounds.min), bounds.max)
        return array
    if way == 6:
        return array[: dice.randrange(len(array) + 1)]
    if way == 7:
        return np.repeat(array, dice.choice((2, 3, 50)), axis=dice.randrange(array.ndim))
    if way == 8:
        return dice.choice((array.T, array.ravel(), array[None], array[..., None], array[:0]))
    return array.astype(dice.choice(("<f4", "<f8", "<i4", "<i8", "|u1", "|b1")))


def changed_parts(artifact: bytes, dice: random.Random) -> bytes:
    parts = unsealed(artifact)
    for _ in range(dice.choice((1, 1, 1, 2))):
        name = dice.choice(sorted(parts)) if parts else "model"
        way = dice.randrange(14)
        if way == 0:
            parts.pop(name, None)
        elif way == 1:
            parts[dice.choice(("model", "more", "trees/left", "scores"))] = dice.choice(
                (np.zeros(3), {}, b"\x00", 1, parts.get(name))
            )
        elif isinstance(parts.get(name), np.ndarray):
            with np.errstate(invalid="ignore"):
                parts[name] = changed_array(parts[name], dice)
        else:
            parts[name] = Raw(json_of(changed_json(parts.get(name), dice)).encode())
    return sealed_anew(parts)


class Raw(bytes):
    """JSON that is written already."""


def sealed_anew(parts: dict[str, Any]) -> bytes:
    """An artifact even of what `sealed` refuses to write."""
    plain = {name: bytes(part) if isinstance(part, Raw) else part for name, part in parts.items()}
    line, body = taken_apart(sealed(plain))
    for row in line["parts"]:
        if isinstance(parts[row["name"]], Raw):
            row["kind"] = "json"
    return forged(line, body)


def taken_apart(artifact: bytes) -> tuple[dict[str, Any], bytes]:
    """The line of an artifact and what follows it."""
    line, _, body = artifact.partition(b"\n")
    return json.loads(line), body


def forged(line: dict[str, Any], body: bytes) -> bytes:
    """An artifact with a right checksum."""
    return json_of({**line, "sha256": hashlib.sha256(body).hexdigest()}).encode() + b"\n" + body


def changed_bytes(artifact: bytes, dice: random.Random) -> bytes:
    """Bits, splices and cuts anywhere; the sizes of the parts are right again, mostly."""
    line, body = taken_apart(artifact)
    new, rows, start = b"", line["parts"], 0
    hit = dice.randrange(len(rows)) if rows else None
    for number, row in enumerate(rows):
        content = bytearray(body[start : start + row["size"]])
        start += row["size"]
        if number == hit:
            for _ in range(dice.choice((1, 1, 2, 8))):
                place, way = dice.randrange(len(content) + 1), dice.randrange(4)
                if way < 2 and place < len(content):
                    content[place] ^= 1 << dice.randrange(8)
                elif way == 2:
                    source = dice.randrange(len(body) + 1)
                    content[place : place + dice.choice((0, 8))] = body[source : source + 8]
                else:
                    del content[place : place + dice.choice((1, 4, 8))]
            row["size"] = len(content)
        new += content
    if dice.random() < 0.2:
        line["parts"] = changed_json(rows, dice)
    return forged(line, new)


def changed_line(artifact: bytes, dice: random.Random) -> bytes:
    line, body = taken_apart(artifact)
    return forged({**line, "parts": changed_json(line["parts"], dice)}, body)


def changed_sql(text: str, dice: random.Random) -> str:
    tokens = re.findall(r"\w+|\W", text)
    for _ in range(dice.choice((1, 1, 2, 3))):
        place = dice.randrange(len(tokens) + 1)
        tokens[place : place + dice.randrange(3)] = [dice.choice((*SQL, *tokens))]
    return "".join(tokens)


def changed_clause(clause: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    clause = copy.deepcopy(clause)
    way = dice.randrange(5)
    if way == 0:
        clause["replay"] = changed_sql(clause["replay"], dice)
    elif way == 1 and clause["inputs"]:
        column = dice.choice(clause["inputs"])
        column["duckdb_type"] = changed_sql(column["duckdb_type"], dice)
    elif way == 2:
        clause["statistics"] = json_of(changed_json(json.loads(clause["statistics"]), dice))
    elif way == 3 and (types := json.loads(clause["statistics"]))["types"]:
        name = dice.choice(sorted(types["types"]))
        types["types"][name] = changed_sql(types["types"][name], dice)
        clause["statistics"] = json.dumps(types)
    else:
        clause = changed_json(clause, dice)
    return clause


WAYS: Sequence[Callable[[bytes, random.Random], bytes]] = (
    changed_parts, changed_parts, changed_parts, changed_bytes, changed_line,
)  # fmt: skip
