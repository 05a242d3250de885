"""What regressors have in common, and what classifiers have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

from duckdb_bqml.algorithms import metrics
from duckdb_bqml.algorithms.contracts import Row
from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.described import NOTHING, TEXT, ListOf, Sizes

Floats = NDArray[np.float64]

MIN_CLASSES = 2


@dataclass(frozen=True)
class Classes:
    """Of an artifact, the `classes`, 2 to `most`. There is an output for each, of two classes one
    output, that of the higher one: `outputs` is their number."""

    most: int

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        ListOf(TEXT, "classes", least=MIN_CLASSES, most=self.most, is_distinct=True).check(
            value, where, sizes
        )
        sizes.bind("outputs", 1 if len(value) == 2 else len(value), where)


@dataclass(frozen=True)
class NoClasses:
    """Of the artifact of a regression, what stands in their place: there is one output."""

    def check(self, value: Any, where: str, sizes: Sizes) -> None:
        NOTHING.check(value, where, sizes)
        sizes.bind("outputs", 1, where)


NO_CLASSES = NoClasses()


class Regressor:
    """The half of `Model` that needs no mathematics of its own: `predict` gives (n, 1) values."""

    def evaluate(self, data: Dataset, settings: Mapping[str, Any]) -> list[Row]:
        for name in settings:
            raise ModelError(f"setting '{name}' is not valid for a regression; remove it")
        return [metrics.regression(data.label.values, self.predict(data.features)[:, 0])]


class ProbabilisticClassifier:
    """The same where `predict` gives the (n, classes) probabilities, `classes` ascending."""

    classes: Sequence[str]

    def evaluate(self, data: Dataset, settings: Mapping[str, Any]) -> list[Row]:
        for name in settings:
            if name != "threshold":
                raise ModelError(f"setting '{name}' is not valid; use 'threshold'")
        threshold = self.threshold(settings)
        probabilities = self.predict(data.features)
        return [metrics.classification(self.codes(data.label), probabilities, threshold)]

    def threshold(self, settings: Mapping[str, Any]) -> float:
        """The setting of that name, 0.5 if it is not given; ModelError if it is not valid."""
        if "threshold" in settings and len(self.classes) != 2:
            raise ModelError("setting 'threshold' needs a binary classifier; remove it")
        threshold = settings.get("threshold", 0.5)
        is_number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
        if not is_number or not 0 <= threshold <= 1:
            raise ModelError(f"setting 'threshold' must be between 0 and 1, not {threshold!r}")
        return threshold

    def codes(self, label: Column) -> NDArray[np.intp]:
        """The label (n,) as positions in `classes`, matched by text; ModelError if one is new."""
        position = {category: i for i, category in enumerate(self.classes)}
        for category in label.categories:
            if category not in position:
                raise ModelError(
                    f"label column '{label.name}' holds {category!r}, which the model was not "
                    "trained on; filter it out"
                )
        return np.array([position[category] for category in label.categories])[label.values]


def training_classes(label: Column, model_type: str, most: int) -> list[str]:
    """The classes of the label; ModelError unless there are 2 to `most`."""
    if not MIN_CLASSES <= len(label.categories) <= most:
        raise ModelError(
            f"label column '{label.name}' has {len(label.categories)} distinct values; "
            f"{model_type} needs {MIN_CLASSES} to {most}"
        )
    return list(label.categories)


def class_weights(label: Column, options: Mapping[str, Any]) -> Floats | None:
    """The weight (classes,) of each class, or None if all weigh the same."""
    if options["auto_class_weights"]:
        counts = np.bincount(label.values, minlength=len(label.categories))
        # A class that only the evaluation rows hold has no row to weigh.
        return len(label.values) / (np.maximum(counts, 1) * len(label.categories))
    if "class_weights" not in options:
        return None
    weights = dict(options["class_weights"])
    if sorted(name for name, _ in options["class_weights"]) != sorted(label.categories):
        raise ModelError(
            f"option 'class_weights' must name every class once; the classes are "
            f"{', '.join(label.categories)}"
        )
    return np.array([float(weights[category]) for category in label.categories])
