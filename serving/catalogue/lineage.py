"""Which column comes from which: source, feature, training set, trained model, prediction.

dbt's manifest holds the SQL that each model was compiled to; sqlglot says which columns of which
tables each output column is computed from, in DuckDB's SQL and in BigQuery's. Models are taken in
the order of their dependencies, so that what one gives is known to those that read it, and no
warehouse is asked. What the parser cannot say is a gap with a reason, never a missing row.

A trained model is a node without columns on its way out: the columns of its training query lead
into it, and what is predicted with it comes from it.
"""

import hashlib
import json
import logging
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import sqlglot
from bqml_vocabulary.functions import TABLE_FUNCTIONS, TableFunction, split
from duckdb_bqml.model_table import WRITTEN_COLUMNS
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage, to_node
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope
from sqlglot.schema import ensure_schema

from serving.catalogue.files import CatalogueError
from serving.catalogue.model_calls import scores_path, without_model_calls
from serving.catalogue.nodes import Node, nodes_of, relation_path, table_path

DIALECTS = ("duckdb", "bigquery")
# results of another version are computed anew
FORMAT = 2
# what a snapshot has beside the columns of its query
SNAPSHOT_COLUMNS = ("dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to")
# what every table of the lake has beside those that its source declares
SOURCE_COLUMNS = ("_file_name", "ingested_date", "raw_record")
WHOLE_ROWS = "taken by its name: the SQL passes whole rows"


def _model_functions() -> dict[str, TableFunction]:
    """The functions that give the rows they are given, and columns of the model's own."""
    return {
        name.lower(): function
        for name, function in TABLE_FUNCTIONS.items()
        if function.keeps and function.arguments_of(None).startswith("model")
    }


def _model_columns() -> list[str]:
    """DuckDB's table of a trained model, and what BigQuery's functions add whatever the model."""
    added = [
        name.lower()
        for function in _model_functions().values()
        for columns in function.columns.values()
        for name, _ in split(columns)
        if "{" not in name
    ]
    return [*WRITTEN_COLUMNS, *dict.fromkeys(added)]


SCORING = tuple(_model_functions())
MODEL_COLUMNS = tuple(_model_columns())

logging.getLogger("sqlglot").setLevel(logging.ERROR)


@dataclass(frozen=True, order=True)
class Edge:
    """One column that another is computed from.

    A column is none where the whole relation is meant: a trained model, the rows that are counted,
    or, with `gap`, a relation of which it is not known which columns are read.
    """

    upstream: str
    upstream_column: str | None
    downstream: str
    downstream_column: str | None
    gap: str | None = None


def trace(
    manifest: dict, target: Path, dialect: str, known: dict | None = None
) -> tuple[dict[str, Node], list[Edge], dict]:
    """The nodes, every edge, and what to give as `known` next time: results by a checksum.

    Raises CatalogueError where the dialect is none of DIALECTS.
    """
    if dialect not in DIALECTS:
        raise CatalogueError(f"no lineage of {dialect}: it is for {' and '.join(DIALECTS)}.")
    known = known or {}
    nodes = nodes_of(manifest, target)
    by_path = {
        relation_path(node.relation, dialect): node for node in nodes.values() if node.relation
    }
    columns: dict[str, list[str]] = {}
    results: dict[str, dict] = {}
    for unique_id, node in nodes.items():
        readable = {
            path: columns[other.unique_id]
            for path, other in by_path.items()
            if other.unique_id in node.depends_on and other.unique_id in columns
        }
        asked = [FORMAT, sqlglot.__version__, dialect, asdict(node), sorted(readable.items())]
        checksum = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        result = known.get(unique_id)
        if not result or result["checksum"] != checksum:
            result = {"checksum": checksum, **_traced(node, nodes, by_path, readable, dialect)}
        results[unique_id] = result
        columns[unique_id] = result["columns"]
    edges = [Edge(*edge) for result in results.values() for edge in result["edges"]]
    return nodes, edges, results


def _traced(
    node: Node,
    nodes: dict[str, Node],
    by_path: dict[tuple, Node],
    readable: dict[tuple, list[str]],
    dialect: str,
) -> dict:
    """A node's columns and the edges that lead to it."""
    declared = list(node.columns)
    if node.kind == "source":
        return {"columns": list(dict.fromkeys([*declared, *SOURCE_COLUMNS])), "edges": []}
    if node.kind == "seed":
        return {"columns": declared, "edges": []}
    if node.kind == "snapshot" and not node.sql and len(node.depends_on) == 1:
        # dbt compiles no file for a snapshot of a relation
        node = replace(node, sql=f"select * from {nodes[node.depends_on[0]].relation}")
    try:
        if not node.sql:
            raise SqlglotError("it has not been compiled; run `dbt compile`")
        given, edges = _of_query(node, nodes, by_path, readable, dialect)
    except (
        SqlglotError,
        ValueError,
        KeyError,
        RecursionError,
        AttributeError,
        AssertionError,
    ) as error:
        reason = "the SQL could not be read: " + re.sub(r"\x1b\[[0-9;]*m", "", str(error))
        given, edges = declared, _gaps(node, nodes, declared or [None], " ".join(reason.split()))
    # a contract says what a query in another order, or through a star, may not
    given = given or declared
    if node.kind == "snapshot":
        given = [*given, *SNAPSHOT_COLUMNS]
    return {"columns": given, "edges": [edge_row(edge) for edge in sorted(set(edges), key=str)]}


def edge_row(edge: Edge) -> list:
    """An edge as JSON."""
    return list(asdict(edge).values())


def _gaps(node: Node, nodes: dict[str, Node], columns: Iterable, reason: str) -> list[Edge]:
    above = [it for it in node.depends_on if it in nodes]
    reason = reason[:300]
    return [
        Edge(it, None, node.unique_id, None if node.is_trained else column, reason)
        for it in above
        for column in columns
    ]


def _of_query(
    node: Node,
    nodes: dict[str, Node],
    by_path: dict[tuple, Node],
    readable: dict[tuple, list[str]],
    dialect: str,
) -> tuple[list[str], list[Edge]]:
    trained = {path: it for path, it in by_path.items() if it.is_trained}
    schema: dict = {}
    for path, names in readable.items():
        names = _outputs(trained[path]) if path in trained else names
        _put(schema, path, dict.fromkeys(names, "unknown"))
    sql = without_model_calls(node.sql, dialect, SCORING) if dialect == "bigquery" else node.sql
    parsed = sqlglot.parse_one(sql, dialect=dialect)
    if dialect == "bigquery" and sql != node.sql:
        # what describes a model has the columns that its reader asks for, but for those that the
        # reader puts beside a star itself
        selects = [select for select in parsed.find_all(exp.Select) if select.is_star]
        called = {"*", *(it.alias for select in selects for it in select.selects if it.alias)}
        asked = [*node.columns, *(column.name for column in parsed.find_all(exp.Column))]
        names = [name for name in dict.fromkeys(asked) if name not in called]
        for path, model in trained.items():
            _put(schema, path, dict.fromkeys(names, "unknown"))
            _put(schema, scores_path(path), dict.fromkeys(_outputs(model), "unknown"))
        by_path = by_path | {scores_path(path): model for path, model in trained.items()}
    own = relation_path(node.relation, dialect)
    if isinstance(parsed, exp.Query) and not node.is_trained and own:
        # an incremental model reads itself
        names = list(node.columns) or [name for name in parsed.named_selects if name != "*"]
        if names:
            _put(schema, own, dict.fromkeys(names, "unknown"))
    query = qualify(
        parsed,
        schema=schema,
        dialect=dialect,
        validate_qualify_columns=False,
        identify=False,
    )
    scope = build_scope(query)
    if scope is None or not isinstance(query, exp.Query):
        raise SqlglotError("it is no query")
    outputs = lineage(None, query, schema=schema, dialect=dialect, scope=scope, trim_selects=False)
    given = {by_path[path].unique_id: names for path, names in readable.items()}
    aliases = {table.alias_or_name for table in query.find_all(exp.Table, exp.Subquery)}
    edges: list[Edge] = []

    def inner(column: str) -> list:
        """The tables that the first CTE with a column of this name has it from."""
        for cte in scope.cte_scopes:
            if isinstance(cte.expression, exp.Query) and column in cte.expression.named_selects:
                known = ensure_schema(schema, dialect=dialect)
                start = to_node(column, cte, dialect, schema=known, trim_selects=False)
                ends = [leaf for leaf in start.walk() if not leaf.downstream]
                return [leaf for leaf in ends if isinstance(leaf.expression, exp.Table)]
        return []

    for name, root in outputs.items():
        into = None if node.is_trained else name
        found: list[Edge] = []
        leaves = [(leaf, None) for leaf in root.walk() if not leaf.downstream]
        for leaf, doubt in leaves:
            column = leaf.name.rsplit(".", 1)[-1].strip('"`')
            if not isinstance(leaf.expression, exp.Table):
                hidden = [] if doubt or _of_service(node, column) else inner(column)
                leaves += [(it, WHOLE_ROWS) for it in hidden]
                found += [] if hidden else _unresolved(leaf, node, nodes, into, given, aliases)
                continue
            path = table_path(leaf.expression)
            if path == own:
                continue
            above = by_path.get(path) or _read_file(leaf.expression, node, nodes)
            if above is None:
                reason = f"{leaf.expression.sql(dialect)[:80]} is no relation of the project"
                found += _gaps(node, nodes, [into], reason)
            elif above.is_trained:
                found.append(Edge(above.unique_id, None, node.unique_id, into))
            elif column == "*":
                reason = f"it is not known which columns of {above.name} are read"
                found.append(Edge(above.unique_id, None, node.unique_id, into, reason))
            else:
                columns = given.get(above.unique_id)
                # a file may hold more than its source declares
                is_whole = columns is not None and above.kind != "source"
                missing = is_whole and column not in columns
                reason = f"{above.name} is not known to have it" if missing else doubt
                found.append(Edge(above.unique_id, column, node.unique_id, into, reason))
        known = {edge.upstream for edge in found if not edge.gap and edge.upstream_column is None}
        found = [edge for edge in found if not edge.gap or edge.upstream not in known]
        if not found and _counts(root):
            # rows are counted or numbered: of every relation that is read
            paths = {table_path(table) for table in query.find_all(exp.Table)} & by_path.keys()
            found = [
                Edge(by_path[path].unique_id, None, node.unique_id, into)
                for path in paths
                if path != own
            ]
        edges += found
    return list(outputs), edges


def _unresolved(
    leaf, node: Node, nodes: dict[str, Node], into: str | None, given: dict, aliases: set[str]
) -> list[Edge]:
    """Of a leaf that is no table: constants have no origin, and a whole row is its columns.

    SQL that passes rows as structs hides which columns they hold. The feature service of a training
    set says which view a column is of; else the one relation that has a column of that name.
    """
    if not isinstance(leaf.expression, exp.Placeholder):
        return []
    name = leaf.name.split(".")[-1]
    if name in aliases or leaf.name.startswith("@"):
        return []
    if served := _of_service(node, name):
        view, column = served
        return [
            Edge(it, column, node.unique_id, into)
            for it in node.depends_on
            if it in nodes and _is_view(it, view)
        ]
    having = [it for it in node.depends_on if name in given.get(it, ())]
    labels = [it for it in having if nodes[it].kind != "feature view"]
    if len(labels or having) == 1:
        return [Edge((labels or having)[0], name, node.unique_id, into, WHOLE_ROWS)]
    return _gaps(node, nodes, [into], f"column {leaf.name} could not be resolved")


def _of_service(node: Node, name: str) -> tuple[dict, str] | None:
    """The view, and the column of it, that a training set's feature service gives by this name."""
    for view in (node.service or {}).get("views", ()):
        columns = view["columns"]
        columns = columns if isinstance(columns, dict) else dict(zip(columns, columns, strict=True))
        for column, called in columns.items():
            if called == name:
                return view, column
    return None


def _is_view(unique_id: str, view: dict) -> bool:
    version = f".v{view['version']}" if view.get("version") is not None else ""
    ending = unique_id.split(".", 2)[2]
    return ending == view["view"] + version or (
        not version and ending.startswith(f"{view['view']}.v")
    )


def _counts(root) -> bool:
    """Whether something on the way counts or numbers rows, or repeats a constant of every row."""
    return any(
        leaf.expression.find(exp.Count, exp.RowNumber, exp.Rank, exp.Window) for leaf in root.walk()
    )


def _read_file(table: exp.Expression, node: Node, nodes: dict[str, Node]) -> Node | None:
    """The source of a table function that reads files: the one whose folder it names."""
    sources = [nodes[it] for it in node.depends_on if it in nodes and it.startswith("source.")]
    named = [
        source
        for source in sources
        if any(
            "/".join(source.unique_id.split(".")[-2:]) in literal.name
            for literal in table.find_all(exp.Literal)
        )
    ]
    if len(named) == 1:
        return named[0]
    return sources[0] if len(sources) == 1 and table.find(exp.Func) else None


def _put(schema: dict, path: tuple[str, ...], columns: dict[str, str]) -> None:
    for part in path[:-1]:
        schema = schema.setdefault(part, {})
    schema[path[-1]] = columns


def _outputs(model: Node) -> list[str]:
    """What a trained model adds to the rows it is given."""
    label = [f"predicted_{model.label}", f"predicted_{model.label}_probs"] if model.label else []
    return [*label, *MODEL_COLUMNS, *(f"principal_component_{n}" for n in range(1, 65))]
