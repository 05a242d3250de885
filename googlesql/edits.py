"""A text, and what is to stand in places of it.

Positions are offsets in bytes of the UTF-8 text, as GoogleSQL counts them. Those of tokens are
offsets in characters: `Span.of` makes one of the other.
"""

import re
from typing import NamedTuple, Self

_GAP = re.compile(rb"--[^\n]*|\#[^\n]*|/\*.*?\*/|(?P<bracket>\))|.", re.DOTALL)


class Span(NamedTuple):
    start: int
    end: int

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Self:
        """Where the characters from `start` to `end` of a text are in its bytes."""
        first = len(text[:start].encode())
        return cls(first, first + len(text[start:end].encode()))


class Edits:
    """A text, and what is to stand in places of it; of nested places the outermost counts."""

    def __init__(self, text: str) -> None:
        self._bytes = text.encode()
        self._edits: list[tuple[Span, bytes]] = []

    def replace(self, span: Span, text: str) -> None:
        self._edits = [edit for edit in self._edits if not _lies_within(edit[0], span)]
        self._edits.append((span, text.encode()))

    def insert(self, position: int, text: str) -> None:
        """Put a text before a position, behind what was put there already."""
        self._edits.append((Span(position, position), text.encode()))

    def blank(self, span: Span, keep: str = "") -> None:
        """Put spaces, behind `keep`; lines stay as they were."""
        self.replace(span, keep + re.sub(r"[^\n]", " ", self.original(span))[len(keep) :])

    def covers(self, span: Span) -> bool:
        """Whether something stands in place of it."""
        return any(place.start <= span.start and span.end <= place.end for place, _ in self._edits)

    def text(self, span: Span | None = None) -> str:
        """What the span says by now, or the whole text."""
        start, end = span or Span(0, len(self._bytes))
        parts = []
        for place, text in sorted(self._edits, key=lambda edit: edit[0]):
            if start <= place.start and place.end <= end:
                parts += [self._bytes[start : place.start], text]
                start = place.end
        return b"".join([*parts, self._bytes[start:end]]).decode()

    def original(self, span: Span) -> str:
        return self._bytes[span.start : span.end].decode()

    def line(self, position: int) -> int:
        """The line of a position, counted from 1."""
        return self._bytes.count(b"\n", 0, position) + 1

    def closing_bracket(self, start: int, end: int) -> int:
        """Where the last `)` between two positions ends; nothing else but comments is there."""
        found = [
            match.end() for match in _GAP.finditer(self._bytes, start, end) if match["bracket"]
        ]
        return found[-1]


def _lies_within(inner: Span, outer: Span) -> bool:
    """What was put in at the edge of a place stays beside it."""
    if inner.start == inner.end:
        return outer.start < inner.start < outer.end
    return outer.start <= inner.start and inner.end <= outer.end
