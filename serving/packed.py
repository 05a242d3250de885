"""The packed form of one state of one entity, as a shared store keeps it.

    8 bytes   event time   microseconds since 1970, big-endian, sign bit flipped:
    8 bytes   known time   these 16 bytes compare as the times do
    2 bytes   the hash of the view's columns
    n bytes   bits: the entity is taken away, then for each feature whether it is NULL
    fixed     8 bytes for a number (1 for a BOOL), 4 for the length of a text or of bytes; 0 if NULL
    the rest  texts in UTF-8 and bytes, in order

Numbers are big-endian. There is nothing in it that could run.
"""

import struct
from collections.abc import Callable, Iterable, Sequence

from serving.definitions import FeatureView
from serving.stores.base import Batch
from serving.types import Form, Stored, order_of

_OFFSET = 1 << 63
_CODES = {Form.INTEGER: "q", Form.REAL: "d", Form.TEXT: "I", Form.BLOB: "I"}


class Packer:
    """Packs and unpacks the states of one view version."""

    def __init__(self, view: FeatureView) -> None:
        types = [feature.type for feature in view.features]
        self._label = view.label
        self._schema = int(view.schema_hash[:4], 16)
        self._count = len(types)
        self._flag_bytes = self._count // 8 + 1
        codes = "".join("B" if type_.name == "BOOL" else _CODES[type_.form] for type_ in types)
        self._fixed = struct.Struct(f">QQH{self._flag_bytes}s{codes}")
        self._variable = [
            (index, type_.form is Form.TEXT)
            for index, type_ in enumerate(types)
            if type_.form in (Form.TEXT, Form.BLOB)
        ]
        self._tie_order = [view.features.index(feature) for feature in view.tie_order]
        self._zeros = b"\x00" * self._flag_bytes

    def pack(
        self, event_us: int, known_us: int, deleted: int, values: Sequence[Stored | None]
    ) -> bytes:
        """One state; `values` are in stored form, one for each feature."""
        flags = 1 if deleted else 0
        fixed = list(values)
        if None in fixed:
            for index, value in enumerate(fixed):
                if value is None:
                    flags |= 2 << index
                    fixed[index] = 0
        tail = []
        for index, is_text in self._variable:
            if values[index] is not None:
                data = values[index].encode() if is_text else values[index]
                tail.append(data)
                fixed[index] = len(data)
        head = self._fixed.pack(
            event_us + _OFFSET,
            known_us + _OFFSET,
            self._schema,
            flags.to_bytes(self._flag_bytes, "little") if flags else self._zeros,
            *fixed,
        )
        return b"".join([head, *tail]) if tail else head

    def pack_batch(self, batch: Batch) -> list[bytes]:
        """Each row of a batch."""
        rows = zip(*batch.features, strict=True)
        times = (batch.event_us, batch.known_us, batch.deleted)
        if self._variable or any(batch.deleted) or any(None in c for c in batch.features):
            return list(map(self.pack, *times, rows))
        pack, schema, zeros = self._fixed.pack, self._schema, self._zeros
        return [
            pack(event_us + _OFFSET, known_us + _OFFSET, schema, zeros, *values)
            for event_us, known_us, _, values in zip(*times, rows, strict=True)
        ]

    def unpack(self, data: bytes) -> tuple[int, int, int, tuple[Stored | None, ...]]:
        """Event time, known time, deleted, values in stored form.

        Raises:
            ValueError: for bytes that are no packed state of this view version.
        """
        try:
            event_us, known_us, schema, flags, *values = self._fixed.unpack_from(data)
        except struct.error:
            schema = None
        if schema != self._schema:
            raise ValueError(f"no state of {self._label}")
        end = self._fixed.size
        for index, is_text in self._variable:
            start, end = end, end + values[index]
            part = data[start:end]
            values[index] = part.decode() if is_text else part
        if end != len(data):
            raise ValueError(f"no state of {self._label}")
        deleted = 0
        if flags != self._zeros:
            bits = int.from_bytes(flags, "little")
            deleted = bits & 1
            bits >>= 1
            while bits:
                lowest = bits & -bits
                values[lowest.bit_length() - 1] = None
                bits ^= lowest
        return event_us - _OFFSET, known_us - _OFFSET, deleted, tuple(values)

    def order(self, data: bytes) -> list[tuple]:
        """Sorts packed states of the same times."""
        _, _, deleted, values = self.unpack(data)
        return [order_of(value) for value in (*[values[at] for at in self._tie_order], deleted)]


def packed_key(view: FeatureView, key: Sequence[Stored], prefix: bytes = b"") -> bytes:
    """An entity's key: type, length and value of each part, so that no two keys are alike.

    The braces make a cluster keep all that is about an entity in one place.

    >>> packed_key(view, ("JFK", 7))
    b"{s3:JFKi1:7}"
    """
    [packed] = packed_keys(view, [[value] for value in key], prefix)
    return packed


def packed_keys(
    view: FeatureView, columns: Sequence[Sequence[Stored]], prefix: bytes = b""
) -> list[bytes]:
    """The keys of many entities, given by column; `prefix` is put before each."""
    start = prefix + b"{"
    parts = [_PARTS[key.type.form](column) for key, column in zip(view.keys, columns, strict=True)]
    if len(parts) == 1:
        return [b"%b%b}" % (start, part) for part in parts[0]]
    return [b"%b%b}" % (start, b"".join(each)) for each in zip(*parts, strict=True)]


def _sized(sort: bytes, texts: Iterable[bytes]) -> list[bytes]:
    return [b"%b%d:%b" % (sort, len(text), text) for text in texts]


_PARTS: dict[Form, Callable[[Sequence[Stored]], list[bytes]]] = {
    Form.INTEGER: lambda column: _sized(b"i", [b"%d" % value for value in column]),
    Form.TEXT: lambda column: _sized(b"s", map(str.encode, column)),
    Form.BLOB: lambda column: _sized(b"b", column),
}
