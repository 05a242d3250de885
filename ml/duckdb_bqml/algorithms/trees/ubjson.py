"""UBJSON as XGBoost reads and writes it: typed arrays are numpy's, which is fast and exact.

Source: ubjson.org, draft 12, in the part that XGBoost uses. Only what XGBoost has just written is
read. A stranger's bytes are not.
"""

import functools
import struct
from typing import Any

import numpy as np

_TYPES = {"d": ">f4", "D": ">f8", "i": "i1", "U": "u1", "I": ">i2", "l": ">i4", "L": ">i8"}
_MARKS = {"<f4": "d", "|b1": "U", "|u1": "U", "<i4": "l", "<i8": "L"}
_WORDS = {"T": True, "F": False, "Z": None}


def written(value: Any) -> bytes:
    """Mappings, lists, texts, whole numbers, numbers as float32, and arrays (n,) of numbers."""
    found: list[bytes] = []
    _write(value, found)
    return b"".join(found)


def _write(value: Any, out: list[bytes]) -> None:
    if isinstance(value, np.ndarray):
        mark = _MARKS[value.dtype.str]
        out.append(f"[${mark}#L".encode() + struct.pack(">q", len(value)))
        out.append(value.astype(_TYPES[mark]).tobytes())
    elif isinstance(value, dict):
        out.append(b"{")
        for key, item in value.items():
            out.append(_text(key))
            _write(item, out)
        out.append(b"}")
    elif isinstance(value, list):
        out.append(b"[#L" + struct.pack(">q", len(value)))
        for item in value:
            _write(item, out)
    elif isinstance(value, str):
        out.append(b"S" + _text(value))
    elif isinstance(value, float):
        out.append(b"d" + struct.pack(">f", value))
    else:
        out.append(b"L" + struct.pack(">q", value))


@functools.lru_cache(256)
def _text(text: str) -> bytes:
    content = text.encode()
    return b"L" + struct.pack(">q", len(content)) + content


def read(content: bytes) -> Any:
    """The value that XGBoost wrote."""
    return _Reader(content).value()


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content, self._place = content, 0

    def value(self) -> Any:
        mark = self._mark()
        if mark == "{":
            return self._mapping()
        if mark == "[":
            return self._list()
        if mark == "S":
            return self._text()
        return _WORDS[mark] if mark in _WORDS else self._numbers(mark, 1)[0].item()

    def _mapping(self) -> dict[str, Any]:
        found = {}
        while self._next() != "}":
            key = self._text()
            found[key] = self.value()
        self._mark()
        return found

    def _list(self) -> Any:
        if self._next() == "$":
            _, mark, _ = self._mark(), self._mark(), self._mark()
            return self._numbers(mark, self.value())
        if self._next() == "#":
            self._mark()
            return [self.value() for _ in range(self.value())]
        found = []
        while self._next() != "]":
            found.append(self.value())
        self._mark()
        return found

    def _text(self) -> str:
        size = self.value()
        return self._take(size).decode()

    def _numbers(self, mark: str, count: int) -> np.ndarray[Any, Any]:
        data_type = np.dtype(_TYPES[mark])
        found = np.frombuffer(self._take(count * data_type.itemsize), data_type)
        return found.astype(data_type.newbyteorder("<"))

    def _next(self) -> str:
        return chr(self._content[self._place])

    def _mark(self) -> str:
        return self._take(1).decode()

    def _take(self, size: int) -> bytes:
        self._place += size
        return self._content[self._place - size : self._place]
