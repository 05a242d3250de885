"""Where the page of each thing is, below the root of the pages."""

from urllib.parse import quote


def feature_path(one: dict) -> str:
    """Of a version of a feature, as the snapshot has it."""
    view, name = quote(one["view_name"], safe=""), quote(one["feature_name"], safe="")
    return f"/feature/{view}/{one['view_version']}/{name}"


def model_path(name: str) -> str:
    """Of a trained model, by its name."""
    return f"/model/{quote(name, safe='')}"
