"""BigQuery ML for an emulator that has none: its statements, and its resource of the REST API."""

from pathlib import Path
from typing import Any

from bqml_front import resources
from bqml_front.errors import BigQueryError, invalid_query
from bqml_front.googlesql import GoogleSQL, Refused
from bqml_front.models import ModelReference, Models
from bqml_front.rewriting import Emulator, Rewriting, Rewritten
from bqml_front.syntax import Edits, Node

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

    def rewrite(self, sql: str, project: str, default_dataset: str | None) -> Rewritten:
        """Run the BigQuery ML of a script; what is left is for the emulator.

        `default_dataset` is `dataset` or `project.dataset`. A script without BigQuery ML comes back
        as it is. BigQueryError if it cannot be run; models and tables are then as they were, but
        for the statements before the one that failed.
        """
        if not _may_hold_machine_learning(sql):
            return Rewritten(sql)
        try:
            script = Node(self._service.script(sql))
        except Refused as refused:
            raise invalid_query(f"{refused.reason} at [{refused.line}:1]") from None
        return Rewriting(
            self._service, self._models, self._emulator, project, default_dataset, Edits(sql)
        ).run(script)

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

    def delete(self, project: str, dataset: str, model_id: str) -> None:
        self._models.delete(ModelReference(project, dataset, model_id))


def _may_hold_machine_learning(sql: str) -> bool:
    """Every statement of BigQuery ML holds one of these; to look for them costs nothing."""
    lowered = sql.lower()
    return "model" in lowered or "ml" in lowered
