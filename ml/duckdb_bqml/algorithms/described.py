"""What data must be, said once and checked by one reader: an artifact, a row of a model table.

A model type says what its artifact holds as a `Described`:

    Described({
        "model": Fields({"names": ListOf(TEXT, "features"), "rows": Whole(1)}),
        "weights": Array("<f8", ("features", "outputs")),
    })

A length is a number or a name. The first value that has the name says how long it is, and every
later one must be as long. So nothing is allocated, and no library sees a number, before all of
them fit together. The order of the fields is the order of the check.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol

import numpy as np

MOST_LEVELS = 50
LARGEST = float(np.finfo(np.float64).max)


class Fault(ValueError):
    """Where data are not as they are described, and how: "weights: NaN or infinite"."""


class Sizes(dict[str, int]):
    """Lengths by name. `data_types` are those of the features, None where nobody knows them."""

    def __init__(self, known: Mapping[str, int] = {}, data_types: Sequence[str] | None = None):
        super().__init__(known)
        self.data_types = data_types

    def bind(self, length: str | int | None, found: int, where: str) -> None:
        """Fault unless the length is free, or as long as it is known to be."""
        if length is None:
            return
        known = self.setdefault(length, found) if isinstance(length, str) else length
        if known != found:
            raise Fault(f"{where}: {found} instead of {known} ({length})")


class Node(Protocol):
    """What one value must be."""

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        """Fault unless the value is so; lengths that it says are bound in `sizes`."""


def check_all(node: Node, values: Sequence[Any], where: str, sizes: Sizes) -> None:
    """Every value; at once where the node knows how."""
    if hasattr(node, "check_all"):
        node.check_all(values, where, sizes)
        return
    for value in values:
        node.check(value, where, sizes)


# ---- one value


@dataclass(frozen=True)
class Finite:
    """A number of JSON from `least` to `most`, neither NaN nor infinite."""

    least: float = -LARGEST
    most: float = LARGEST

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        self.check_all([value], where, sizes)

    def check_all(self, values: Sequence[Any], where: str, sizes: Sizes) -> None:
        kinds = set(map(type, values))
        if bool in kinds or not all(issubclass(kind, int | float) for kind in kinds):
            raise Fault(f"{where}: no number")
        # a comparison with NaN is false
        if not all(self.least <= value <= self.most for value in values):
            raise Fault(f"{where}: NaN, infinite, or not from {self.least:g} to {self.most:g}")


@dataclass(frozen=True)
class Whole:
    """A whole number from `least` to `most`; `below` names a length, and `length` is named so."""

    least: int = 0
    most: int = 2**53
    below: str | None = None
    length: str | None = None

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        most = self.most if self.below is None else sizes[self.below] - 1
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= most:
            raise Fault(f"{where}: no whole number from {self.least} to {most}")
        sizes.bind(self.length, value, where)


@dataclass(frozen=True)
class Text:
    """A text that UTF-8 can say."""

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        self.check_all([value], where, sizes)

    def check_all(self, values: Sequence[Any], where: str, sizes: Sizes) -> None:
        try:
            "".join(values).encode()
        except (TypeError, UnicodeEncodeError):
            raise Fault(f"{where}: no text") from None


@dataclass(frozen=True)
class OneOf:
    """One of some words, truths or nothing."""

    values: Collection[Any]

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        if not any(type(value) is type(known) and value == known for known in self.values):
            raise Fault(f"{where}: none of {', '.join(map(repr, self.values))}")


@dataclass(frozen=True)
class Optional:
    """What the other node says, or nothing."""

    node: Node

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        if value is not None:
            self.node.check(value, where, sizes)

    def check_all(self, values: Sequence[Any], where: str, sizes: Sizes) -> None:
        given = [value for value in values if value is not None]
        check_all(self.node, given, where, sizes)


@dataclass(frozen=True)
class Either:
    """What one of the nodes says."""

    nodes: Sequence[Node]

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        for node in self.nodes[:-1]:
            try:
                return node.check(value, where, sizes)
            except Fault:
                continue
        return self.nodes[-1].check(value, where, sizes)


@dataclass(frozen=True)
class Anything:
    """What nobody computes with, and anybody may write as JSON: it is not too deep for that."""

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        level = [value]
        for _ in range(MOST_LEVELS):
            TEXT.check_all([one for one in level if isinstance(one, str)], where, sizes)
            level = list(chain.from_iterable(map(_inner, level)))
            if not level:
                return
        raise Fault(f"{where}: more than {MOST_LEVELS} levels")


def _inner(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return chain(value, value.values())
    return value if isinstance(value, list | tuple) else ()


ANYTHING = Anything()
TEXT, TRUTH, NOTHING = Text(), OneOf((True, False)), OneOf((None,))
NUMBER = Either((Finite(), OneOf(("NaN", "Infinity", "-Infinity"))))
"""A number as the model table's JSON says it, which has words for those that JSON lacks."""


# ---- many values


@dataclass(frozen=True)
class ListOf:
    """A list, in which every value is as the node says."""

    node: Node
    length: str | int | None = None
    least: int = 0
    most: int = 2**53
    is_distinct: bool = False

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        if not isinstance(value, list | tuple) or not self.least <= len(value) <= self.most:
            raise Fault(f"{where}: no list, or not as long as it must be")
        sizes.bind(self.length, len(value), where)
        check_all(self.node, value, where, sizes)
        if self.is_distinct and len(set(value)) < len(value):
            raise Fault(f"{where}: the same twice")


@dataclass(frozen=True)
class _Row:
    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        if not isinstance(value, list | tuple):
            raise Fault(f"{where}: no list")


@dataclass(frozen=True)
class Table:
    """A list of `rows` lists, each of `columns` values that are as the node says."""

    node: Node
    rows: str | int | None
    columns: str | int

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        ListOf(_Row(), self.rows).check(value, where, sizes)
        for length in sorted(set(map(len, value))):
            sizes.bind(self.columns, length, where)
        check_all(self.node, list(chain.from_iterable(value)), where, sizes)


@dataclass(frozen=True)
class Fields:
    """A mapping that has these keys. It may have the `optional` ones, and any if it `is_open`."""

    fields: Mapping[str, Node]
    optional: Mapping[str, Node] = field(default_factory=dict)
    is_open: bool = False

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        if not isinstance(value, Mapping):
            raise Fault(f"{where}: no object")
        missing = self.fields.keys() - value.keys()
        unknown = value.keys() - self.fields.keys() - self.optional.keys()
        if missing or (unknown and not self.is_open):
            raise Fault(f"{where}: {', '.join(map(str, missing or unknown))} missing or unknown")
        for name, node in chain(self.fields.items(), self.optional.items()):
            if name in value:
                node.check(value[name], f"{where}.{name}", sizes)
        ANYTHING.check([*unknown, *(value[name] for name in unknown)], where, sizes)


OBJECT = Fields({}, is_open=True)
"""A mapping of whatever."""


@dataclass(frozen=True)
class _Kind:
    """A mapping that says which of the kinds it is."""

    kinds: Collection[str]

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        if not isinstance(value, Mapping):
            raise Fault(f"{where}: no object")
        OneOf(self.kinds).check(value.get("kind"), where, sizes)


@dataclass(frozen=True)
class Blocks:
    """The blocks of an encoder: lists of fields by `kind`, at least one.

    A block that binds the length `width` is so many columns wide, any other one column. All of
    them together are the length `width`, and their number is `blocks`. `of_type` says which blocks
    a feature of a type has, each as the fields that it must have: {"kind": "number"}. A field may
    have one of several values.
    """

    kinds: Mapping[str, Fields]
    of_type: Callable[[str], Sequence[Mapping[str, Any]]]
    most: int | None = None

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        ListOf(_Kind(self.kinds), "blocks", least=1).check(value, where, sizes)
        total = 0
        for number, block in enumerate(value):
            own = Sizes()
            content = {name: one for name, one in block.items() if name != "kind"}
            self.kinds[block["kind"]].check(content, f"{where}[{number}]", own)
            total += own.get("width", 1)
        if self.most is not None and total > self.most:
            raise Fault(f"{where}: {total} columns, more than {self.most}")
        sizes.bind("width", total, where)
        if sizes.data_types is not None:
            self._check_types(value, where, sizes.data_types)

    def _check_types(self, blocks: Sequence[Any], where: str, data_types: Sequence[str]) -> None:
        wanted = [fields for data_type in data_types for fields in self.of_type(data_type)]
        if len(wanted) != len(blocks):
            raise Fault(f"{where}: {len(blocks)} blocks, and the features have {len(wanted)}")
        for number, (fields, block) in enumerate(zip(wanted, blocks, strict=True)):
            for name, known in fields.items():
                if block.get(name) not in (known if isinstance(known, tuple) else (known,)):
                    raise Fault(f"{where}[{number}]: {name} is {block.get(name)!r}, not {known!r}")


@dataclass(frozen=True)
class Array:
    """Numbers of one type and shape, from `least` on; `below` names a length."""

    data_type: str
    shape: Sequence[str | int]
    least: float | None = None
    below: str | None = None
    may_be_infinite: bool = False

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        if not isinstance(value, np.ndarray) or value.dtype.str != self.data_type:
            raise Fault(f"{where}: no array of {self.data_type}")
        if value.ndim != len(self.shape):
            raise Fault(f"{where}: {value.ndim} dimensions instead of {len(self.shape)}")
        for length, found in zip(self.shape, value.shape, strict=True):
            sizes.bind(length, found, where)
        if value.dtype.kind == "f":
            is_bad = np.isnan(value) if self.may_be_infinite else ~np.isfinite(value)
            if is_bad.any():
                raise Fault(f"{where}: NaN or infinite")
        if self.least is not None and value.min(initial=self.least) < self.least:
            raise Fault(f"{where}: less than {self.least:g}")
        if self.below is not None and value.size and value.max() >= sizes[self.below]:
            raise Fault(f"{where}: as great as {self.below}, or greater")


@dataclass(frozen=True)
class Bytes:
    """What a library writes itself. It must not reach the library unchecked: write a rule."""

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        if not isinstance(value, bytes):
            raise Fault(f"{where}: no bytes")


# ---- the whole

Rule = Callable[[Mapping[str, Any], Sizes], str | None]
"""What several parts must have in common: says the fault, or None. It runs after all nodes."""

_NUMBERED = re.compile(r"\{(\w+)\}")


class Described:
    """The parts of an artifact by name, and the rules they obey together.

    A name may hold a place for a number: `trials/{trial}/mean` are the parts `trials/0/mean`,
    `trials/1/mean` and so on. Their count is the length `trial`. Lengths that the parts of one
    number bind are theirs alone.
    """

    def __init__(self, parts: Mapping[str, Node], *rules: Rule) -> None:
        self._single = {name: node for name, node in parts.items() if not _NUMBERED.search(name)}
        self._numbered = {name: node for name, node in parts.items() if name not in self._single}
        self._rules = rules

    def check(self, parts: Mapping[str, Any], data_types: Sequence[str] | None = None) -> None:
        """Fault unless the parts are these, all of them and no others. `data_types` are those of
        the features that the model is for."""
        sizes = Sizes(data_types=data_types)
        left = set(parts) - self._check_numbered(parts, sizes)
        for name, node in self._single.items():
            if name not in parts:
                raise Fault(f"{name}: missing")
            node.check(parts[name], name, sizes)
            left.discard(name)
        if left:
            raise Fault(f"{min(left)}: unknown")
        for rule in self._rules:
            if fault := rule(parts, sizes):
                raise Fault(fault)

    def _check_numbered(self, parts: Mapping[str, Any], sizes: Sizes) -> set[str]:
        """The names of the parts that have a number, once they are checked."""
        own: dict[tuple[str, int], Sizes] = {}
        found = set()
        for name, node in self._numbered.items():
            start, place, end = _NUMBERED.split(name)
            count = sum(one.startswith(start) and one.endswith(end) for one in parts)
            sizes.bind(place, count, name)
            for number in range(count):
                part = f"{start}{number}{end}"
                if part not in parts:
                    raise Fault(f"{part}: missing")
                of_number = own.setdefault((place, number), Sizes(sizes, sizes.data_types))
                node.check(parts[part], part, of_number)
                found.add(part)
        return found


def first(faults: Iterable[tuple[bool, str]]) -> str | None:
    """The first of (whether it is so, fault) that is so: what a rule says."""
    return next((fault for is_so, fault in faults if is_so), None)
