"""The artifact of a trained model: one line of JSON, and then the model's named parts.

The line holds the format, the checksum of all that follows it, and of each part its name, its kind
and its size. A part is one of three:

    json    what JSON can say
    array   numbers, raw and little-endian, with a type and a shape
    bytes   what a library writes itself, in a format that is data, too

Reading an artifact runs nothing, and the checksum proves nothing: whoever changes a part can write
another one. Everything in the line is checked before it is used. Then the parts are checked by what
the model type says of them (algorithms/described.py), and only then a model is made of them.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from bqml_vocabulary.errors import ModelError

from duckdb_bqml.algorithms.contracts import Model
from duckdb_bqml.algorithms.described import Fault

FORMAT = 3
ARRAY_TYPES = ("<f8", "<f4", "<i8", "<i4", "<u8", "<u4", "|u1", "|b1")
"""The types that the numbers of an array may have, by numpy's names."""

MOST_DIMENSIONS = 8

Parts = Mapping[str, Any]
"""A model's parts by name: a numpy array, bytes, or anything that JSON can say."""


def opened(
    algorithm: type[Model], artifact: bytes | None, data_types: Sequence[str] | None
) -> Model:
    """The model, whose features have these types; None where nobody asks.

    ModelError if the artifact is of another version of the engine, or damaged.
    """
    parts = unsealed(artifact)
    try:
        algorithm.artifact.check(parts, data_types)
    except Fault:
        raise damaged() from None
    return algorithm.from_parts(parts)


def closed(model: Model, data_types: Sequence[str] | None) -> bytes:
    """The artifact of a model that was just trained; ModelError if it could not be opened again:
    numbers grew beyond all bounds."""
    parts = model.to_parts()
    try:
        model.artifact.check(parts, data_types)
    except Fault as fault:
        raise ModelError(
            f"the training ended in a model that cannot be kept ({fault}); make the numbers of the "
            "query or the steps of the training smaller"
        ) from None
    return sealed(parts)


def sealed(parts: Parts) -> bytes:
    """The artifact of these parts: equal for equal parts.

    ValueError if a part is nothing that JSON can say, or an array of another type than ARRAY_TYPES.
    """
    rows, contents = [], []
    for name, part in sorted(parts.items()):
        row, content = _written(part)
        rows.append({"name": name, "size": len(content), **row})
        contents.append(content)
    body = b"".join(contents)
    line = {"format": FORMAT, "sha256": hashlib.sha256(body).hexdigest(), "parts": rows}
    return json.dumps(line, sort_keys=True).encode() + b"\n" + body


def _written(part: Any) -> tuple[dict[str, Any], bytes]:
    if isinstance(part, np.ndarray):
        array = np.ascontiguousarray(part, part.dtype.newbyteorder("<"))
        if array.dtype.str not in ARRAY_TYPES:
            raise ValueError(f"an array of {array.dtype} is no part of an artifact")
        row = {"kind": "array", "type": array.dtype.str, "shape": list(part.shape)}
        return row, array.tobytes()
    if isinstance(part, bytes):
        return {"kind": "bytes"}, part
    try:
        return {"kind": "json"}, json.dumps(part, sort_keys=True, allow_nan=False).encode()
    except TypeError as error:
        raise ValueError(f"no part of an artifact: {error}") from None


def unsealed(artifact: bytes | None) -> dict[str, Any]:
    """The parts by name.

    ModelError if the artifact is of another version of the engine, or damaged.
    """
    line, _, body = (artifact or b"").partition(b"\n")
    try:
        head = read_json(line)
        version, checksum = _count(head["format"]), head["sha256"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise damaged() from None
    if version > FORMAT:
        raise ModelError("the model was trained by a newer version of the engine; upgrade")
    if version < FORMAT:
        raise outdated()
    if checksum != hashlib.sha256(body).hexdigest():
        raise damaged()
    try:
        return _read(head["parts"], body)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise damaged() from None


def _read(rows: Any, body: bytes) -> dict[str, Any]:
    """The parts; ValueError and its like if the line does not say what the body holds."""
    parts, start = {}, 0
    for row in rows:
        size = _count(row["size"])
        content = memoryview(body)[start : start + size]
        name = row["name"]
        if len(content) != size or name in parts or not isinstance(name, str):
            raise ValueError("a part has another size, two have one name, or a name is no text")
        start += size
        parts[name] = _part(row, content)
    if start != len(body):
        raise ValueError("something follows the last part")
    return parts


def _part(row: Mapping[str, Any], content: memoryview) -> Any:
    if row["kind"] == "json":
        return read_json(bytes(content))
    if row["kind"] == "bytes":
        return bytes(content)
    if row["kind"] != "array" or row["type"] not in ARRAY_TYPES:
        raise ValueError("a part of an unknown kind")
    if len(row["shape"]) > MOST_DIMENSIONS:
        raise ValueError("an array of too many dimensions")
    shape = [_count(length) for length in row["shape"]]
    data_type = np.dtype(row["type"])
    if data_type.kind == "b" and np.frombuffer(content, np.uint8).max(initial=0) > 1:
        raise ValueError("a truth that is neither 0 nor 1")
    if math.prod(shape) * data_type.itemsize != len(content):
        raise ValueError("an array of another size")
    # a copy: the parts lie at any place of the artifact, and arithmetic wants whole words
    return np.frombuffer(content, data_type).reshape(shape).copy()


def read_json(text: str | bytes) -> Any:
    """The value; ModelError if a stranger's text is no JSON, or too deep to be read."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise damaged() from None


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("a size is a whole number from 0 on")
    return value


def outdated() -> ModelError:
    """What a model is that an earlier version of the engine wrote."""
    return ModelError("the model was trained by an earlier version of the engine; train it again")


def damaged() -> ModelError:
    """What an artifact is that holds something else than its line, or its model type, says."""
    return ModelError("the artifact of the model is damaged; train the model again")
