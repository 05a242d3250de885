"""BigQuery ML for an emulator that has none: its statements, and its resource of the REST API."""

import itertools
import re
from pathlib import Path
from typing import Any

from bqml_proxy import constants, resources
from bqml_proxy.errors import BigQueryError, invalid_query
from bqml_proxy.models import ModelReference, Models
from bqml_proxy.rewriting import Emulator, Rewriting, Rewritten
from googlesql.edits import Edits
from googlesql.service import GoogleSQL, Refused
from googlesql.syntax import Node
from googlesql.tokens import split_paths, tokens

__all__ = ["BigQueryError", "Emulator", "MachineLearning", "ModelReference", "Rewritten"]


class MachineLearning:
    """The models of a folder, and the statements about them. It may be called by several threads.

    `directory` holds the models, and what GoogleSQL is compiled to unless it is given. One process
    has it open at a time.
    """

    def __init__(
        self, emulator: Emulator, directory: Path, googlesql: GoogleSQL | None = None
    ) -> None:
        self._emulator = emulator
        self._models = Models(directory)
        self._service = googlesql or GoogleSQL(directory / "googlesql")

    def close(self) -> None:
        self._models.close()

    def rewrite(
        self, sql: str, project: str, default_dataset: str | None, dry_run: bool = False
    ) -> Rewritten:
        """Run the BigQuery ML of a script; what is left is for the emulator.

        `default_dataset` is `dataset` or `project.dataset`. A script without BigQuery ML comes back
        as it is. A dry run makes, changes and drops no model. BigQueryError if it cannot be run;
        models and tables are then as they were, but for the statements before the one that failed.
        """
        if not _may_hold_machine_learning(sql) and not _may_hide_machine_learning(sql):
            return Rewritten(sql)
        try:
            sql, script = self._written_out(sql)
            if not _may_hold_machine_learning(sql):
                return Rewritten(sql)
            return Rewriting(
                self._service,
                self._models,
                self._emulator,
                project,
                default_dataset,
                Edits(sql),
                dry_run,
            ).run(script)
        except Refused as refused:
            raise invalid_query(f"{refused.reason} (line {refused.line})") from None
        except RecursionError:
            raise invalid_query("The statement is nested too deeply; split it.") from None

    def _written_out(self, sql: str) -> tuple[str, Node]:
        """The script with each EXECUTE IMMEDIATE of BigQuery ML as the statement that it runs, and
        how it is parsed. BigQueryError for a text that is known only when the script runs."""
        script, edits = Node(self._service.script(sql)), Edits(sql)
        top = [one.span for one in script["statement_list_node"]["statement_list"]]
        for node in [node for node in script.walk() if node.kind == "ExecuteImmediateStatement"]:
            # what is no text itself may be made of any text of the script
            within = node["sql"] if node["sql"].kind == "StringLiteral" else script
            texts = [below for below in within.walk() if below.kind == "StringLiteral"]
            given = [self._text(edits, text) for text in texts]
            if not any(map(_may_hold_machine_learning, [*given, "".join(given)])):
                continue
            is_whole = node["into_clause"] is None and node["using_clause"] is None
            if node["sql"].kind != "StringLiteral" or not is_whole or node.span not in top:
                raise invalid_query(
                    f"line {edits.line(node.span.start)}: EXECUTE IMMEDIATE can run BigQuery ML"
                    " here only as one whole text outside of blocks, without USING and INTO; write"
                    " the statement itself."
                )
            edits.replace(node.span, self._text(edits, node["sql"]).rstrip().rstrip(";") + "\n")
        written = edits.text()
        return (sql, script) if written == sql else (written, Node(self._service.script(written)))

    def _text(self, edits: Edits, literal: Node) -> str:
        return constants.constant(self._service, edits.original(literal.span), "the text")

    def models(self, project: str, dataset: str) -> list[dict[str, Any]]:
        """The resources of a dataset's models, as models.list has them: the head of each."""
        return [
            resources.summary(reference, self._models.record(reference))
            for reference in self._models.references(project, dataset)
        ]

    def model(self, project: str, dataset: str, model_id: str) -> dict[str, Any]:
        """The resource of one model."""
        reference = ModelReference(project, dataset, model_id)
        return resources.model(reference, self._models.record(reference), self._service.type_named)

    def copy(self, source: ModelReference, destination: ModelReference, replace: bool) -> bool:
        """Copy a model; False if the source is none. What is there is replaced only if so asked."""
        if not self._models.exists(source):
            return False
        if not replace:
            self._models.require_none(destination)
        self._models.copy(source, destination)
        return True

    def delete(self, project: str, dataset: str, model_id: str) -> None:
        self._models.delete(ModelReference(project, dataset, model_id))


_EXECUTE_IMMEDIATE = re.compile(r"\bexecute\s+immediate\b", re.IGNORECASE)
_HIDDEN = re.compile(r"mo|ml|del", re.IGNORECASE)


def _may_hide_machine_learning(sql: str) -> bool:
    """Whether the words may be in a text that the script runs, or in pieces of one."""
    return bool(_EXECUTE_IMMEDIATE.search(sql) and _HIDDEN.search(sql))


def _may_hold_machine_learning(sql: str) -> bool:
    """Whether the words are there without which there is no BigQuery ML: a statement that has none
    is let through without being parsed."""
    lowered = sql.lower()
    if "model" not in lowered and "ml" not in lowered:
        return False
    names = [token.text.strip("`").lower() for token in tokens(split_paths(sql))]
    return "model" in names or any(pair == ("ml", ".") for pair in itertools.pairwise(names))
