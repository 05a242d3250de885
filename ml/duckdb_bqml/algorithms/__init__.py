"""The mathematics: pure functions on arrays.

To add a model type, write its class in a module here and add a line to ALGORITHMS. A module is
imported when a model of its type is first trained or read, so a heavy library costs nobody else.
"""

import importlib

from bqml_vocabulary.errors import ModelError

ALGORITHMS: dict[str, str] = {
    "LINEAR_REG": "duckdb_bqml.algorithms.linear.regression:LinearRegression",
    "LOGISTIC_REG": "duckdb_bqml.algorithms.linear.classification:LogisticRegression",
    "KMEANS": "duckdb_bqml.algorithms.cluster:KMeans",
    "PCA": "duckdb_bqml.algorithms.decomposition:PCA",
    "BOOSTED_TREE_CLASSIFIER": "duckdb_bqml.algorithms.trees.classification:TreeClassifier",
    "BOOSTED_TREE_REGRESSOR": "duckdb_bqml.algorithms.trees.regression:TreeRegressor",
    "RANDOM_FOREST_CLASSIFIER": "duckdb_bqml.algorithms.trees.classification:TreeClassifier",
    "RANDOM_FOREST_REGRESSOR": "duckdb_bqml.algorithms.trees.regression:TreeRegressor",
    "ARIMA_PLUS": "duckdb_bqml.algorithms.forecasting.model:ArimaPlus",
    "ARIMA_PLUS_XREG": "duckdb_bqml.algorithms.forecasting.model:ArimaPlusXreg",
    "TRANSFORM_ONLY": "duckdb_bqml.algorithms.transform_only:TransformOnly",
}
"""The class of each model type, as `module:class`; what it must offer says contracts.py."""

EXTRAS: dict[str, str] = {"xgboost": "xgboost-cpu"}
"""The packages that only some model types need, by the module that is imported."""


def algorithm_of(model_type: str) -> type:
    """The class of a model type; ModelError if it is unknown here."""
    if model_type not in ALGORITHMS:
        raise ModelError(
            f"{model_type} is no model type of this version of the engine; upgrade, or train the "
            "model again"
        )
    module, _, name = ALGORITHMS[model_type].partition(":")
    return getattr(importlib.import_module(module), name)


def extra(module: str, needed_by: str) -> object:
    """A package of EXTRAS, imported when it is first needed; ModelError if it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ModelError(
            f"{needed_by} need the package {EXTRAS[module]}, which is not installed; install it"
        ) from error
