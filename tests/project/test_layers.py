"""Who reads whom (N3)."""

from pathlib import PurePosixPath

import pytest

MAY_READ = {
    "lake": [],
    "warehouse": ["lake", "warehouse", "seeds", "snapshots"],
    "marts": ["warehouse", "marts", "ml predictions"],
    "features": ["warehouse", "snapshots"],
    "ml": ["features", "warehouse", "seeds", "ml of the same use case", "ml training sets"],
    "snapshots": ["lake", "warehouse"],
    "catalogue": ["features", "ml", "catalogue"],
}


def place(path: str) -> tuple[str, str]:
    """A node's layer, and its folder in it."""
    match path.split("/"):
        case ["ml", "models", use_case, *_]:
            return "ml", use_case
        case ["models", layer, folder, _, *_]:
            return layer, folder
        case ["models", layer, _]:
            return layer, ""
        case [layer, *_]:
            return layer, ""


def reading_problem(reader: str, read: str) -> str | None:
    """What is wrong with one file reading another, both given by their paths."""
    (layer, folder), (read_layer, read_folder) = place(reader), place(read)
    kinds = [read_layer]
    if read_layer == "ml" and read_folder == folder:
        kinds.append("ml of the same use case")
    if read_layer == "ml" and PurePosixPath(read).stem.endswith("__predictions"):
        kinds.append("ml predictions")
    if read_layer == "ml" and PurePosixPath(read).stem.endswith("__training_set"):
        kinds.append("ml training sets")
    allowed = MAY_READ.get(layer, [])
    if any(kind in allowed for kind in kinds):
        return None
    return (
        f"{reader} reads {read}: {layer} may read {', '.join(allowed) or 'sources only'};"
        " read another layer, or move the model."
    )


def source_problem(reader: str) -> str | None:
    if place(reader)[0] == "lake":
        return None
    return f"{reader} calls source(): only models/lake may; read a stg_ model with ref()."


def test_each_layer_reads_only_what_it_may(manifest: dict, nodes: list[dict]) -> None:
    problems = [
        reading_problem(node["original_file_path"], manifest["nodes"][read]["original_file_path"])
        for node in nodes
        for read in node["depends_on"]["nodes"]
        if read in manifest["nodes"]
    ]
    problems = [problem for problem in problems if problem]
    assert not problems, "\n".join(problems)


def test_only_the_lake_calls_source(manifest: dict, nodes: list[dict]) -> None:
    problems = [
        source_problem(node["original_file_path"])
        for node in nodes
        if any(read in manifest["sources"] for read in node["depends_on"]["nodes"])
    ]
    problems = [problem for problem in problems if problem]
    assert not problems, "\n".join(problems)


STAGED = "models/lake/shop/stg_shop__orders.sql"
FACT = "models/warehouse/core/fct_order.sql"
MART = "models/marts/sales/mart_sales__orders.sql"
FEATURE = "models/features/customer/feat_customer__orders.sql"
MODEL = "ml/models/churn/ml_churn__model.sql"
PREDICTIONS = "ml/models/churn/ml_churn__predictions.sql"
CATALOGUE = "models/catalogue/feature_statistics.sql"
SNAPSHOT = "snapshots/snap_customer.yml"
SEED = "seeds/country.csv"


@pytest.mark.parametrize(
    ("reader", "read"),
    [
        (FACT, STAGED),
        (FACT, SEED),
        (FACT, SNAPSHOT),
        (MART, FACT),
        (MART, PREDICTIONS),
        (FEATURE, FACT),
        (FEATURE, SNAPSHOT),
        (MODEL, FEATURE),
        (PREDICTIONS, MODEL),
        (PREDICTIONS, SEED),
        (MODEL, "ml/models/fraud/ml_fraud__training_set.sql"),
        (SNAPSHOT, FACT),
        (CATALOGUE, FEATURE),
        (CATALOGUE, PREDICTIONS),
        (CATALOGUE, "models/catalogue/feature_freshness.sql"),
    ],
)
def test_a_reading_that_is_allowed_is_found_right(reader: str, read: str) -> None:
    assert reading_problem(reader, read) is None


@pytest.mark.parametrize(
    ("reader", "read"),
    [
        (STAGED, STAGED),
        (STAGED, SEED),
        (FACT, MART),
        (FACT, PREDICTIONS),
        (MART, STAGED),
        (MART, SEED),
        (MART, FEATURE),
        (MART, MODEL),
        (MART, "ml/models/churn/ml_churn__training_set.sql"),
        (FEATURE, STAGED),
        (FEATURE, SEED),
        (FEATURE, FEATURE),
        (FEATURE, PREDICTIONS),
        (MODEL, STAGED),
        (MODEL, MART),
        (MODEL, SNAPSHOT),
        (MODEL, "ml/models/fraud/ml_fraud__predictions.sql"),
        (SNAPSHOT, MART),
        (SNAPSHOT, SEED),
        (CATALOGUE, FACT),
        (CATALOGUE, MART),
        (CATALOGUE, SEED),
        (MART, CATALOGUE),
        (MODEL, CATALOGUE),
        ("models/elsewhere/any/model.sql", FACT),
    ],
)
def test_a_reading_that_is_not_allowed_is_found_wrong(reader: str, read: str) -> None:
    problem = reading_problem(reader, read)
    assert problem is not None
    assert problem.startswith(f"{reader} reads {read}: ")


@pytest.mark.parametrize("reader", [FACT, MART, FEATURE, MODEL, SNAPSHOT, CATALOGUE])
def test_a_source_read_outside_the_lake_is_found_wrong(reader: str) -> None:
    assert source_problem(STAGED) is None
    assert source_problem(reader) is not None
