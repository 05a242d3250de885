"""The statements of a build and what they scan, in terms of the project's nodes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from dbt.contracts.graph.manifest import Manifest

from analyzer.reads import Bounds, Read
from cost import CostError
from cost.statements import WINDOW, Recorded, Sent
from googlesql import types
from googlesql.types import Type
from ingest.formats import FORMATS

# a table that dbt makes for the length of a node: its name, and the moment
_TEMPORARY = re.compile(r"__dbt_tmp\d*$")

ALL, DAYS, CHANGES = "bounds", "window", "changes"
"""Which partitions a scan takes: those between its bounds, those of the days that the run rebuilds,
or none that is known: a snapshot's table of what changed."""


@dataclass(frozen=True)
class Scan:
    """What a statement reads of one table."""

    table: str
    """The unique id of a node or a source."""
    columns: tuple[str, ...]
    """Dotted paths: `flight_date`, `probs.label`."""
    is_temporary: bool = False
    is_rewritten: bool = False
    low: datetime | None = None
    """Partitions from `low` on, before `high`, UTC; None is open."""
    high: datetime | None = None
    extent: str = ALL


@dataclass(frozen=True)
class Statement:
    """One statement of a node and all that it scans."""

    node: str
    form: str
    kind: str
    scans: tuple[Scan, ...] = ()
    dry_run_bytes: int | None = None
    """What BigQuery says; None if it was not asked or cannot know."""


@dataclass(frozen=True)
class Leaf:
    """A column, or a part of one that BigQuery reads alone."""

    name: str
    """Its dotted path."""
    column: str
    steps: tuple[str, ...]
    """From the column to the part: `[]` goes into an array, a name into a field of a STRUCT."""
    type: str


@dataclass(frozen=True)
class Table:
    """A table that is scanned, and the columns of which it consists."""

    unique_id: str
    leaves: tuple[Leaf, ...]
    is_text: bool = False
    """Whether it is files of text, which BigQuery can only read whole."""


@dataclass(frozen=True)
class ScannedBuild:
    """Everything that the statements of a build scan."""

    statements: tuple[Statement, ...]
    tables: tuple[Table, ...]


def scans_of(recorded: Recorded, dry_runs: Iterable[int | None]) -> ScannedBuild:
    """What was recorded, by node; `dry_runs` are the bytes of each statement, None if unknown."""
    tables = _Tables(recorded.manifest)
    statements = [
        Statement(sent.node, sent.form, sent.kind, tuple(_scans(sent, tables)), dry_run_bytes)
        for sent, dry_run_bytes in zip(recorded.statements, dry_runs, strict=True)
    ]
    return ScannedBuild(tuple(statements), tuple(_scanned_tables(recorded, tables)))


def reads_temporary(sent: Sent) -> bool:
    """Whether a statement reads a table that only its own node makes."""
    return any(_TEMPORARY.search(read.table[-1]) for read in sent.reads.scans)


class _Tables:
    """The project's node or source behind a path of BigQuery's."""

    def __init__(self, manifest: Manifest):
        self._manifest = manifest
        self._ids = {
            _key(node.database, node.schema, node.identifier): node.unique_id
            for node in (*manifest.nodes.values(), *manifest.sources.values())
            if node.is_relational or node.resource_type == "source"
        }

    def id_of(self, path: tuple[str, ...], sent: Sent) -> str:
        name = _TEMPORARY.sub("", path[-1])
        found = self._ids.get(_key(*path[:-1], name))
        if found is None:
            raise CostError(
                f"{sent.node} reads {'.'.join(path)}, which is neither a node nor a source of the"
                " project: read it with ref() or source()."
            )
        return found

    def is_of_trainings(self, path: tuple[str, ...]) -> bool:
        """Whether a table holds the trainings of a model, beside it: a row each."""
        model = self._ids.get(_key(*path[:-1], path[-1].removesuffix("__runs")))
        node = self._manifest.nodes.get(model or "")
        is_trained = node is not None and node.config.materialized == "ml_model"
        return is_trained and path[-1].endswith("__runs")

    def partition_column(self, unique_id: str) -> str | None:
        if unique_id in self._manifest.sources:
            return "ingested_date"
        declared = self._manifest.nodes[unique_id].config.get("partition_by") or {}
        return declared.get("field")

    def is_text(self, unique_id: str) -> bool:
        source = self._manifest.sources.get(unique_id)
        return source is not None and not FORMATS[source.config.meta["lake"]["format"]].is_typed

    def is_incremental(self, unique_id: str) -> bool:
        node = self._manifest.nodes.get(unique_id)
        return node is not None and node.config.materialized == "incremental"


def _key(*path: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in path)


def _scans(sent: Sent, tables: _Tables) -> Iterator[Scan]:
    for read in sent.reads.scans:
        if not tables.is_of_trainings(read.table):
            yield _scan(sent, read, tables, is_rewritten=False)
    if sent.reads.rewritten is not None:
        yield _scan(sent, sent.reads.rewritten, tables, is_rewritten=True)


def _scan(sent: Sent, read: Read, tables: _Tables, is_rewritten: bool) -> Scan:
    unique_id = tables.id_of(read.table, sent)
    is_temporary = _TEMPORARY.search(read.table[-1]) is not None
    extent = ALL
    if tables.is_incremental(unique_id) and (is_temporary or _is_replaced(sent, unique_id)):
        extent = DAYS
    elif is_temporary:
        extent = CHANGES
    columns = {column.lower(): bounds for column, bounds in read.bounds.items()}
    partition = tables.partition_column(unique_id) or ""
    bounds = columns.get(partition.lower(), Bounds())
    return Scan(
        table=unique_id,
        columns=("raw_record",) if tables.is_text(unique_id) else tuple(sorted(read.columns)),
        is_temporary=is_temporary,
        is_rewritten=is_rewritten,
        low=bounds.low,
        high=bounds.high,
        extent=extent,
    )


def _is_replaced(sent: Sent, unique_id: str) -> bool:
    """Whether a statement replaces partitions of its own node's table."""
    return sent.node == unique_id and sent.form == WINDOW and sent.kind == "MergeStmt"


def _scanned_tables(recorded: Recorded, tables: _Tables) -> Iterator[Table]:
    paths = {
        tables.id_of(read.table, sent): read.table
        for sent in recorded.statements
        for read in sent.reads.scans
        if _TEMPORARY.search(read.table[-1]) is None and not tables.is_of_trainings(read.table)
    }
    for unique_id, path in sorted(paths.items()):
        columns = recorded.warehouse.table(path).columns
        leaves = [leaf for name, type_ in columns.items() for leaf in _leaves((name,), type_, ())]
        yield Table(unique_id, tuple(leaves), tables.is_text(unique_id))


def _leaves(name: tuple[str, ...], type_: Type, steps: tuple[str, ...]) -> Iterator[Leaf]:
    if type_.HasField("array_type"):
        yield from _leaves(name, type_.array_type.element_type, (*steps, "[]"))
    elif type_.HasField("struct_type"):
        for held in type_.struct_type.field:
            yield from _leaves((*name, held.field_name), held.field_type, (*steps, held.field_name))
    else:
        yield Leaf(".".join(name), name[0], steps, types.text(type_))
