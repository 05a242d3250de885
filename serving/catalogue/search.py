"""What a search finds: features and models, by words and filters."""

from dataclasses import dataclass

from serving.catalogue.addresses import feature_path, model_path
from serving.catalogue.snapshot import Catalogue

FILTERS = ("kind", "entity", "tag", "owner", "type")


@dataclass(frozen=True)
class Found:
    """One line of an answer: a feature or a model, and the words it is found by."""

    kind: str
    name: str
    path: str
    item: dict
    words: str
    filters: dict[str, frozenset[str]]


def all_found(catalogue: Catalogue) -> list[Found]:
    """Everything that can be found, latest versions first."""
    features = [
        Found(
            "feature",
            one["feature_name"],
            feature_path(one),
            one,
            _words(
                one,
                "feature_name",
                "view_name",
                "description",
                "view_description",
                "entity",
                "owner",
                "data_type",
                "tags",
                "services",
            ),
            {
                "kind": frozenset(["feature"]),
                "entity": _set(one["entity"]),
                "tag": frozenset(one["tags"]),
                "owner": _set(one["owner"]),
                "type": _set(one["data_type"]),
            },
        )
        for one in catalogue.features
    ]
    models = [
        Found(
            "model",
            one["model_name"],
            model_path(one["model_name"]),
            one,
            _words(
                one,
                "model_name",
                "use_case",
                "description",
                "model_type",
                "label",
                "owner",
                "tags",
                "service",
            ),
            {
                "kind": frozenset(["model"]),
                "entity": frozenset(),
                "tag": frozenset(one["tags"]),
                "owner": _set(one["owner"]),
                "type": _set(one["model_type"]),
            },
        )
        for one in catalogue.models
    ]
    return [*features, *models]


def _words(one: dict, *names: str) -> str:
    parts = (one.get(name) for name in names)
    return " ".join(
        " ".join(part) if isinstance(part, list) else str(part) for part in parts if part
    ).lower()


def _set(value: str | None) -> frozenset[str]:
    return frozenset([value] if value else [])


def matching(everything: list[Found], asked: dict[str, str]) -> list[Found]:
    """What holds every word, and passes every filter; names that begin with the words first."""
    words = asked["q"].lower().split()
    found = [
        one
        for one in everything
        if all(word in one.words for word in words)
        and all(asked[name] in one.filters[name] for name in FILTERS if asked[name])
    ]
    text = "_".join(words)
    return sorted(
        found,
        key=lambda one: (
            not (text and one.name.startswith(text)),
            bool(text) and text not in one.name,
            not one.item.get("is_latest", True),
        ),
    )


def choices(everything: list[Found]) -> dict[str, list[str]]:
    return {
        name: sorted({value for one in everything for value in one.filters[name]})
        for name in FILTERS
    }
