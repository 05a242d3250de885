"""FarmHash Fingerprint64, the hash behind BigQuery's FARM_FINGERPRINT and ML.HASH_BUCKETIZE.

Source: Google's FarmHash (`farmhashna::Hash64`, which Fingerprint64 is defined as). It takes four
roads by the length of a text in bytes, so the texts are hashed one road at a time, all those of a
road together. All arithmetic is modulo 2^64, which is what numpy's uint64 does.
"""

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Pair = tuple[Words, Words]

_K0 = np.uint64(0xC3A5C85C97CB3127)
_K1 = np.uint64(0xB492B66FBE98F273)
_K2 = np.uint64(0x9AE16A3B2F90404F)
_BLOCK = 64


def fingerprint64(
    data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> Words:
    """The fingerprints of n texts.

    `data` holds the bytes of all of them; text i is data[starts[i]:ends[i]]. `starts` and `ends`
    have shape (n,); so has the result, of uint64.
    """
    lengths = ends - starts
    hashes = np.full(len(lengths), _K2)  # what no bytes hash to
    text = _Bytes(data)
    roads = (
        (1, 3, _hash_1_to_3),
        (4, 7, _hash_4_to_7),
        (8, 16, _hash_8_to_16),
        (17, 32, _hash_17_to_32),
        (33, 64, _hash_33_to_64),
        (65, None, _hash_longer),
    )
    for shortest, longest, road in roads:
        rows = lengths >= shortest
        if longest is not None:
            rows &= lengths <= longest
        if rows.any():
            hashes[rows] = road(text, starts[rows], lengths[rows])
    return hashes


class _Bytes:
    """Unsigned little-endian numbers at any places of a buffer, as uint64."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        # eight bytes more: a view of words must not end beyond the buffer
        padded = np.zeros(len(data) + 8, np.uint8)
        padded[: len(data)] = data
        self._bytes = padded
        self._words = np.ndarray((len(data) + 1,), "<u8", padded, strides=(1,))

    def byte(self, places: NDArray[np.int64]) -> Words:
        return self._bytes[places].astype(np.uint64)

    def word(self, places: NDArray[np.int64]) -> Words:
        """Eight bytes."""
        return self._words[places]

    def half(self, places: NDArray[np.int64]) -> Words:
        """Four bytes."""
        return self._words[places] & np.uint64(0xFFFFFFFF)


def _rotated(words: Words, bits: int) -> Words:
    """Rotated to the right."""
    return (words >> np.uint64(bits)) | (words << np.uint64(64 - bits))


def _folded(words: Words) -> Words:
    return words ^ (words >> np.uint64(47))


def _mixed(low: Words, high: Words, factor: Words) -> Words:
    """One word of two (HashLen16)."""
    return _folded((high ^ _folded((low ^ high) * factor)) * factor) * factor


def _factor(lengths: NDArray[np.int64]) -> Words:
    return _K2 + (lengths.astype(np.uint64) << np.uint64(1))


def _hash_1_to_3(text: _Bytes, at: NDArray[np.int64], lengths: NDArray[np.int64]) -> Words:
    y = text.byte(at) + (text.byte(at + (lengths >> 1)) << np.uint64(8))
    z = lengths.astype(np.uint64) + (text.byte(at + lengths - 1) << np.uint64(2))
    return _folded(y * _K2 ^ z * _K0) * _K2


def _hash_4_to_7(text: _Bytes, at: NDArray[np.int64], lengths: NDArray[np.int64]) -> Words:
    first, last = text.half(at), text.half(at + lengths - 4)
    return _mixed(lengths.astype(np.uint64) + (first << np.uint64(3)), last, _factor(lengths))


def _hash_8_to_16(text: _Bytes, at: NDArray[np.int64], lengths: NDArray[np.int64]) -> Words:
    factor = _factor(lengths)
    a = text.word(at) + _K2
    b = text.word(at + lengths - 8)
    c = _rotated(b, 37) * factor + a
    d = (_rotated(a, 25) + b) * factor
    return _mixed(c, d, factor)


def _hash_17_to_32(text: _Bytes, at: NDArray[np.int64], lengths: NDArray[np.int64]) -> Words:
    factor = _factor(lengths)
    a = text.word(at) * _K1
    b = text.word(at + 8)
    c = text.word(at + lengths - 8) * factor
    d = text.word(at + lengths - 16) * _K2
    return _mixed(_rotated(a + b, 43) + _rotated(c, 30) + d, a + _rotated(b + _K2, 18) + c, factor)


def _hash_33_to_64(text: _Bytes, at: NDArray[np.int64], lengths: NDArray[np.int64]) -> Words:
    factor = _factor(lengths)
    a = text.word(at) * _K2
    b = text.word(at + 8)
    c = text.word(at + lengths - 8) * factor
    d = text.word(at + lengths - 16) * _K2
    y = _rotated(a + b, 43) + _rotated(c, 30) + d
    z = _mixed(y, a + _rotated(b + _K2, 18) + c, factor)
    e = text.word(at + 16) * factor
    f = text.word(at + 24)
    g = (y + text.word(at + lengths - 32)) * factor
    h = (z + text.word(at + lengths - 24)) * factor
    return _mixed(_rotated(e + f, 43) + _rotated(g, 30) + h, e + _rotated(f + a, 18) + g, factor)


def _weak(text: _Bytes, at: NDArray[np.int64], a: Words, b: Words) -> Pair:
    """Two words of 32 bytes and two seeds (WeakHashLen32WithSeeds)."""
    w, x, y, z = (text.word(at + offset) for offset in (0, 8, 16, 24))
    a = a + w
    b = _rotated(b + a + z, 21)
    c = a
    a = a + x + y
    b = b + _rotated(a, 44)
    return a + z, b + c


def _hash_longer(text: _Bytes, at: NDArray[np.int64], lengths: NDArray[np.int64]) -> Words:
    """Block by block; the longest texts first, so that those with blocks left are a prefix."""
    order = np.argsort(-lengths, kind="stable")
    at, lengths = at[order], lengths[order]
    blocks = (lengths - 1) // _BLOCK
    n = len(at)
    x = np.full(n, 81, np.uint64) * _K2 + text.word(at)
    y = np.full(n, 81, np.uint64) * _K1 + np.uint64(113)
    z = _folded(y * _K2 + np.uint64(113)) * _K2
    state = np.stack([x, y, z, *np.zeros((4, n), np.uint64)])
    for block in range(int(blocks[0])):
        left = int(np.searchsorted(-blocks, -block))  # texts with more blocks than this
        state[:, :left] = _round(text, at[:left] + block * _BLOCK, state[:, :left], _K1, 1)
    x, y, z, v1, v2, w1, w2 = state
    factor = _K1 + ((z & np.uint64(0xFF)) << np.uint64(1))
    w1 = w1 + ((lengths - 1) % _BLOCK).astype(np.uint64)
    v1 = v1 + w1
    w1 = w1 + v1
    # the last 64 bytes, which overlap the block before them
    end = at + lengths - _BLOCK
    x, y, z, v1, v2, w1, w2 = _round(text, end, np.stack([x, y, z, v1, v2, w1, w2]), factor, 9)
    hashes = np.empty(n, np.uint64)
    hashes[order] = _mixed(
        _mixed(v1, w1, factor) + _folded(y) * _K0 + z, _mixed(v2, w2, factor) + x, factor
    )
    return hashes


def _round(text: _Bytes, at: NDArray[np.int64], state: Words, factor: Words, weight: int) -> Words:
    """The state (x, y, z, v1, v2, w1, w2), shape (7, n), after one block of 64 bytes more."""
    x, y, z, v1, v2, w1, w2 = state
    x = _rotated(x + y + v1 + text.word(at + 8), 37) * factor
    y = _rotated(y + v2 + text.word(at + 48), 42) * factor
    x = x ^ (w2 * np.uint64(weight))
    y = y + v1 * np.uint64(weight) + text.word(at + 40)
    z = _rotated(z + w1, 33) * factor
    v1, v2 = _weak(text, at, v2 * factor, x + w1)
    w1, w2 = _weak(text, at + 32, z + w2, y + text.word(at + 16))
    return np.stack([z, y, x, v1, v2, w1, w2])  # z and x change places
