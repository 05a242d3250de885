"""GoogleSQL's parse tree of a script."""

from collections.abc import Iterator
from typing import Any, Self

from google.protobuf.message import Message

from googlesql import messages
from googlesql.edits import Span


class Node:
    """One node of a parse tree."""

    def __init__(self, message: Message) -> None:
        self._message = messages.innermost(message)

    @property
    def kind(self) -> str:
        """GoogleSQL's name of it, without what all of them share: `TVF`, `CreateModelStatement`."""
        return self._message.DESCRIPTOR.name.removeprefix("AST").removesuffix("Proto")

    @property
    def span(self) -> Span:
        found = messages.field(self._message, "parse_location_range")
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
