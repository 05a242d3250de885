"""GoogleSQL's parse tree of a script, and edits of the text that it was made of.

Positions are offsets in bytes of the UTF-8 text, as GoogleSQL counts them.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, Self

from google.protobuf.message import Message

from bqml_front import googlesql

_GAP = re.compile(rb"--[^\n]*|\#[^\n]*|/\*.*?\*/|(?P<bracket>\))|.", re.DOTALL)


class Span(NamedTuple):
    start: int
    end: int


class Node:
    """One node of a parse tree."""

    def __init__(self, message: Message) -> None:
        self._message = googlesql.innermost(message)

    @property
    def kind(self) -> str:
        """GoogleSQL's name of it, without what all of them share: `TVF`, `CreateModelStatement`."""
        return self._message.DESCRIPTOR.name.removeprefix("AST").removesuffix("Proto")

    @property
    def span(self) -> Span:
        found = googlesql.field(self._message, "parse_location_range")
        return Span(found.start, found.end)

    def __getitem__(self, name: str) -> Any:
        """An attribute: a node, None if there is none, a list of nodes, or a plain value."""
        message = self._message
        while name not in message.DESCRIPTOR.fields_by_name:
            message = message.parent
        descriptor = message.DESCRIPTOR.fields_by_name[name]
        value = getattr(message, name)
        if descriptor.message_type is None:
            return value
        if descriptor.is_repeated:
            return [Node(item) for item in value]
        return Node(value) if message.HasField(name) else None

    def children(self) -> list["Node"]:
        """The nodes right below it, in the order of the text."""
        found = []
        message: Message | None = self._message
        while message is not None:
            above = None
            for descriptor, value in message.ListFields():
                if descriptor.name == "parent":
                    above = value
                elif descriptor.message_type is not None and "AST" in descriptor.message_type.name:
                    found += [Node(item) for item in (value if descriptor.is_repeated else [value])]
            message = above
        return sorted(found, key=lambda node: node.span)

    def walk(self) -> Iterator[Self]:
        """The node and all below it, each before what is below it."""
        yield self
        for child in self.children():
            yield from child.walk()

    def names(self) -> list[str]:
        """The parts of a path; BigQuery takes `a.b.c` in one pair of backticks for three."""
        return [
            part for name in self["names"] for part in _parts(name["id_string"], name["is_quoted"])
        ]


def _parts(name: str, is_quoted: bool) -> list[str]:
    return name.split(".") if is_quoted else [name]


class Edits:
    """A text, and what is to stand in places of it; of nested places the outermost counts."""

    def __init__(self, text: str) -> None:
        self._bytes = text.encode()
        self._edits: list[tuple[Span, bytes]] = []

    def replace(self, span: Span, text: str) -> None:
        self._edits = [
            edit
            for edit in self._edits
            if not (span.start <= edit[0].start and edit[0].end <= span.end)
        ]
        self._edits.append((span, text.encode()))

    def covers(self, span: Span) -> bool:
        """Whether something stands in place of it."""
        return any(place.start <= span.start and span.end <= place.end for place, _ in self._edits)

    def text(self, span: Span | None = None) -> str:
        """What the span says by now, or the whole text."""
        start, end = span or Span(0, len(self._bytes))
        parts = []
        for place, text in sorted(self._edits):
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
