"""The mathematics: pure functions on arrays. To add a model type, add a file and a line here."""

from collections.abc import Mapping

from duckdb_bqml.algorithms.cluster import KMeans
from duckdb_bqml.algorithms.decomposition import PCA
from duckdb_bqml.algorithms.linear.classification import LogisticRegression
from duckdb_bqml.algorithms.linear.regression import LinearRegression
from duckdb_bqml.algorithms.model import Model
from duckdb_bqml.algorithms.transform_only import TransformOnly
from duckdb_bqml.algorithms.trees.classification import TreeClassifier
from duckdb_bqml.algorithms.trees.regression import TreeRegressor

MODEL_TYPES: Mapping[str, type[Model]] = {
    "LINEAR_REG": LinearRegression,
    "LOGISTIC_REG": LogisticRegression,
    "KMEANS": KMeans,
    "PCA": PCA,
    "BOOSTED_TREE_CLASSIFIER": TreeClassifier,
    "BOOSTED_TREE_REGRESSOR": TreeRegressor,
    "RANDOM_FOREST_CLASSIFIER": TreeClassifier,
    "RANDOM_FOREST_REGRESSOR": TreeRegressor,
    "TRANSFORM_ONLY": TransformOnly,
}
