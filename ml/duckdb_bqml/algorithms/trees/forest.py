"""Grown trees as arrays, and the way to XGBoost and back.

XGBoost trusts what it loads: a child or a feature that is not there ends the process. So an
artifact holds no file of XGBoost's but these arrays. Everything in them is checked, and the file
that XGBoost loads is written anew from them.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

from duckdb_bqml.algorithms.described import Array, Node, Sizes, first
from duckdb_bqml.algorithms.trees import ubjson
from duckdb_bqml.algorithms.trees.xgboost_library import load_xgboost

if TYPE_CHECKING:
    from xgboost import Booster

Floats = NDArray[np.float32]
Places = NDArray[np.int32]

# XGBoost walks trees by recursion, and an explanation takes memory by the square of the depth.
MAX_DEPTH = 1_000
# The version whose form is written; XGBoost reads those of earlier versions, too.
_VERSION = [3, 2, 0]
_LEAF, _NO_PARENT = -1, 2**31 - 1

# XGBoost's name of each array of nodes that is taken over as it is.
_NODES = {
    "feature": "split_indices",
    "condition": "split_conditions",
    "default_left": "default_left",
    "weight": "base_weights",
    "gain": "loss_changes",
    "cover": "sum_hessian",
}
_OBJECTIVES = {
    "reg:squarederror": ("reg_loss_param", "scale_pos_weight"),
    "binary:logistic": ("reg_loss_param", "scale_pos_weight"),
    "multi:softprob": ("softmax_multiclass_param", "num_class"),
}


class Forest(NamedTuple):
    """Trees one after the other. Tree i has `sizes[i]` nodes, the root first.

    The arrays from `left` to `cover` are by node (nodes,). `left` and `right` are places in the
    tree, greater than the node's own, or -1 for a leaf, whose value is its `condition`. `scales`
    (trees,) weigh the trees of DART. The trees of one iteration are `parallel` for each group; a
    group is an output of its own, and begins at its `base_score` (groups,).
    """

    sizes: NDArray[np.int64]
    left: Places
    right: Places
    feature: Places
    condition: Floats
    default_left: NDArray[np.bool_]
    weight: Floats
    gain: Floats
    cover: Floats
    scales: Floats
    base_score: Floats

    @classmethod
    def of(cls, booster: "Booster") -> Self:
        """The trees of a Booster that has just been trained; ModelError if one is too deep."""
        learner = ubjson.read(bytes(booster.save_raw("ubj")))["learner"]
        gradient = learner["gradient_booster"]
        trees = [_renumbered(tree) for tree in gradient.get("gbtree", gradient)["model"]["trees"]]
        arrays = {name: np.concatenate([tree[name] for tree in trees]) for name in trees[0]}
        base_score = learner["learner_model_param"]["base_score"].strip("[]").split(",")
        return cls(
            np.array([len(tree["left"]) for tree in trees]),
            **{name: array.astype(DESCRIBED[name].data_type) for name, array in arrays.items()},
            scales=np.array(gradient.get("weight_drop", [1.0] * len(trees)), dtype=np.float32),
            base_score=np.array(base_score, dtype=np.float32),
        )

    def booster(
        self, width: int, objective: str, is_dart: bool, parallel: int, threads: int
    ) -> "Booster":
        """The Booster of these trees over `width` features."""
        groups = len(self.base_score)
        model = {
            "gbtree_model_param": {
                "num_parallel_tree": str(parallel),
                "num_trees": str(len(self.sizes)),
            },
            "iteration_indptr": list(range(0, len(self.sizes) + 1, groups * parallel)),
            "tree_info": [i // parallel % groups for i in range(len(self.sizes))],
            "trees": self._trees(width),
            "cats": {"enc": [], "feature_segments": _NO_PLACES, "sorted_idx": _NO_PLACES},
        }
        gradient = {"name": "gbtree", "model": model}
        if is_dart:
            gradient = {"name": "dart", "gbtree": gradient, "weight_drop": self.scales.tolist()}
        classes = str(groups if groups > 1 else 0)
        parameter, setting = _OBJECTIVES[objective]
        learner = {
            "attributes": {},
            "feature_names": [],
            "feature_types": [],
            "gradient_booster": gradient,
            "learner_model_param": {
                "base_score": f"[{','.join(map(str, self.base_score.tolist()))}]",
                "boost_from_average": "0",
                "num_class": classes,
                "num_feature": str(width),
                "num_target": "1",
            },
            "objective": {
                "name": objective,
                parameter: {setting: classes if setting == "num_class" else "1"},
            },
        }
        content = bytearray(ubjson.written({"learner": learner, "version": _VERSION}))
        return load_xgboost().Booster({"nthread": threads}, model_file=content)

    def _trees(self, width: int) -> list[dict[str, Any]]:
        starts = np.cumsum(self.sizes) - self.sizes
        parents = np.full(len(self.left), _NO_PARENT, dtype=np.int32)
        inner = np.flatnonzero(self.left != _LEAF)
        first_of = np.repeat(starts, self.sizes)[inner]
        for children in (self.left, self.right):
            parents[first_of + children[inner]] = inner - first_of
        by_node = {
            "left_children": self.left,
            "right_children": self.right,
            "parents": parents,
            **{theirs: getattr(self, ours) for ours, theirs in _NODES.items()},
        }
        pieces = {name: np.split(array, starts[1:]) for name, array in by_node.items()}
        return [
            {
                **{name: found[i] for name, found in pieces.items()},
                "split_type": np.zeros(size, dtype=np.uint8),
                "categories": _NO_PLACES,
                "categories_nodes": _NO_PLACES,
                "categories_segments": _NO_LENGTHS,
                "categories_sizes": _NO_LENGTHS,
                "id": i,
                "tree_param": {
                    "num_deleted": "0",
                    "num_feature": str(width),
                    "num_nodes": str(size),
                    "size_leaf_vector": "1",
                },
            }
            for i, size in enumerate(self.sizes.tolist())
        ]


_NO_PLACES, _NO_LENGTHS = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)


def _renumbered(tree: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The arrays of one tree of XGBoost's, level by level. Nodes that pruning left behind go."""
    left, right = tree["left_children"], tree["right_children"]
    levels = [np.zeros(1, dtype=np.intp)]
    while True:
        inner = levels[-1][left[levels[-1]] != _LEAF]
        if not len(inner):
            break
        levels.append(np.stack([left[inner], right[inner]], axis=1).ravel())
        if len(levels) > MAX_DEPTH + 1:
            raise ModelError(
                f"option 'max_tree_depth' lets a tree have more than {MAX_DEPTH} levels; lower it"
            )
    kept = np.concatenate(levels)
    place = np.full(len(left) + 1, _LEAF, dtype=np.int32)  # the last is that of no child
    place[kept] = np.arange(len(kept))
    arrays = {ours: np.asarray(tree[theirs])[kept] for ours, theirs in _NODES.items()}
    return {"left": place[left[kept]], "right": place[right[kept]], **arrays}


DESCRIBED: Mapping[str, Array] = {
    "sizes": Array("<i8", ("trees",), least=1),
    "left": Array("<i4", ("nodes",), least=_LEAF),
    "right": Array("<i4", ("nodes",), least=_LEAF),
    "feature": Array("<i4", ("nodes",), least=0, below="width"),
    "condition": Array("<f4", ("nodes",)),
    "default_left": Array("|b1", ("nodes",)),
    "weight": Array("<f4", ("nodes",)),
    "gain": Array("<f4", ("nodes",)),
    "cover": Array("<f4", ("nodes",), least=0),
    "scales": Array("<f4", ("trees",)),
    "base_score": Array("<f4", ("outputs",)),
}
"""The arrays of a Forest as parts of an artifact. `width` is how many features there are."""


def described() -> dict[str, Node]:
    """The parts `trees/sizes`, `trees/left` and so on."""
    return {_part(name): array for name, array in DESCRIBED.items()}


def to_parts(forest: Forest) -> dict[str, NDArray[Any]]:
    return {_part(name): array for name, array in forest._asdict().items()}


def from_parts(parts: Mapping[str, Any]) -> Forest:
    return Forest(**{name: parts[_part(name)] for name in DESCRIBED})


def _part(name: str) -> str:
    return f"trees/{name}"


def fault(parts: Mapping[str, Any], sizes: Sizes) -> str | None:
    """What keeps the nodes from being trees: a cycle, a child of two, one that is elsewhere."""
    forest, nodes, trees = from_parts(parts), sizes["nodes"], sizes["trees"]
    # each is at most `nodes`, so that the sum does not overflow
    if trees < 1 or forest.sizes.max() > nodes or int(forest.sizes.sum()) != nodes:
        return "trees/sizes: other nodes than there are"
    starts = np.cumsum(forest.sizes) - forest.sizes
    first_of, end_of = (np.repeat(places, forest.sizes) for places in (starts, forest.sizes))
    inner = np.flatnonzero(forest.left != _LEAF)
    own = inner - first_of[inner]
    children = [side[inner].astype(np.int64) for side in (forest.left, forest.right)]
    found = first(
        [
            (
                not np.array_equal(forest.left == _LEAF, forest.right == _LEAF),
                "trees/right: one child without the other",
            ),
            (
                any((one <= own).any() or (one >= end_of[inner]).any() for one in children),
                "trees/left: a child is no later node of its tree",
            ),
        ]
    )
    if found:
        return found
    left, right = (first_of[inner] + one for one in children)
    parents = np.bincount(np.concatenate([left, right]), minlength=nodes)
    parents[starts] += 1
    if (parents != 1).any():
        return "trees/left: a node is the child of none, or of two"
    return _depth_fault(inner, left, right, starts, nodes)


def _depth_fault(
    inner: NDArray[np.intp],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    roots: NDArray[np.int64],
    nodes: int,
) -> str | None:
    place = np.full(nodes, -1)
    place[inner] = np.arange(len(inner))
    level: Sequence[int] | NDArray[np.int64] = roots
    for _ in range(MAX_DEPTH + 1):
        among = place[level]
        among = among[among >= 0]
        if not len(among):
            return None
        level = np.concatenate([left[among], right[among]])
    return f"trees/left: a tree of more than {MAX_DEPTH} levels"
