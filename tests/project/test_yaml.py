"""What the YAML of a model, snapshot or seed says (Y2, Y5, Y6, Y9, T1)."""

import csv
import re
from pathlib import Path

import pytest

CONTRACTED = ("models/marts/", "models/features/", "models/catalogue/", "ml/models/")

# models with no rule in them to test: why not
WITHOUT_UNIT_TEST: dict[str, str] = {}


def grain_problem(name: str, description: str) -> str | None:
    trained = re.fullmatch(r"ml_\w+?__model(?:_\w+)?", name) is not None
    start = "One trained model" if trained else "One row"
    if re.match(rf"{start}(:| per | of )\s*\w", " ".join(description.split())):
        return None
    return f'{name}: the description must begin with the grain: "{start} …".'


def contract_problems(node: dict) -> list[str]:
    """What a contracted model's YAML lacks."""
    name = node["name"]
    problems = [
        f"{name}.{column}: give its {what}."
        for column, declared in node["columns"].items()
        for what in ("description", "data_type")
        if not declared[what]
    ]
    if not node["config"]["contract"]["enforced"]:
        problems.append(f"{name}: enforce its contract (contract: {{enforced: true}}).")
    if not node["columns"]:
        problems.append(f"{name}: list its columns.")
    return problems


def seed_problems(name: str, config: dict, columns: dict, rows: list[list[str]]) -> list[str]:
    """What the YAML of a seed lacks, or its file: rows of text, the header first.

    dbt knows no contract of seeds: `column_types` make the table, `data_type` describes it.
    """
    header, *records = rows
    types = {column: (declared["data_type"] or "").lower() for column, declared in columns.items()}
    problems = [
        f"{name}.{column}: describe it."
        for column, declared in columns.items()
        if not declared["description"]
    ]
    if list(types) != header:
        problems.append(f"{name}: list the columns of the file, {', '.join(header)}, in its order.")
    if config.get("column_types") != types:
        problems.append(f"{name}: let column_types say what data_type says of every column.")
    return problems + [
        f"{name}.{column}: an empty text is NULL on DuckDB and '' on BigQuery; write one."
        for place, column in enumerate(header)
        if types.get(column) == "string" and not all(record[place] for record in records)
    ]


def feature_problems(name: str, store: dict | None, unique: set[str]) -> list[str]:
    """What a feature view lacks; unique is the combination of columns tested as unique."""
    if store is None:
        return [f"{name}: say of whom its rows are: meta.feature_store, with entity and keys."]
    problems = [
        f"{name}: say the {setting} in meta.feature_store."
        for setting in ("owner", "ttl")
        if not store.get(setting)
    ]
    times = {store.get("event_time", "event_at"), store.get("known_time", "known_at")}
    if unique - times != set(store["keys"]) or not unique & times:
        problems.append(f"{name}: test unique_combination of the keys and the event time.")
    return problems


def is_contracted(node: dict) -> bool:
    trained = node["config"]["materialized"] == "ml_model"
    return node["original_file_path"].startswith(CONTRACTED) and not trained


@pytest.fixture(scope="session")
def data_tests(manifest: dict) -> list[dict]:
    """The generic tests that stand in the YAML of models, snapshots and seeds."""
    return [node for node in manifest["nodes"].values() if node.get("attached_node")]


def test_every_description_begins_with_the_grain(nodes: list[dict], seeds: list[dict]) -> None:
    problems = [grain_problem(node["name"], node["description"]) for node in [*nodes, *seeds]]
    problems = [problem for problem in problems if problem]
    assert not problems, "\n".join(problems)


def test_every_column_listed_is_described(manifest: dict, nodes: list[dict]) -> None:
    problems = [
        f"{node['name']}.{column}: describe it."
        for node in [*nodes, *manifest["sources"].values()]
        for column, declared in node["columns"].items()
        if not declared["description"]
    ]
    assert not problems, "\n".join(problems)


def test_marts_features_and_ml_tables_have_whole_contracts(nodes: list[dict]) -> None:
    contracted = [node for node in nodes if is_contracted(node)]
    problems = [line for node in contracted for line in contract_problems(node)]
    assert contracted
    assert not problems, "\n".join(problems)


def test_a_seed_is_typed_as_it_is_described(root: Path, seeds: list[dict]) -> None:
    problems = []
    for seed in seeds:
        with (root / seed["original_file_path"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        problems += seed_problems(seed["name"], seed["config"], seed["columns"], rows)
    assert seeds
    assert not problems, "\n".join(problems)


def test_a_feature_row_says_of_whom_of_when_and_since_when_known(
    nodes: list[dict], data_tests: list[dict]
) -> None:
    keys = {
        test["attached_node"]: set(test["test_metadata"]["kwargs"]["columns"])
        for test in data_tests
        if test["test_metadata"]["name"] == "unique_combination"
    }
    problems = [
        line
        for node in nodes
        if node["original_file_path"].startswith("models/features/")
        for line in feature_problems(
            node["name"],
            node["config"]["meta"].get("feature_store"),
            keys.get(node["unique_id"], set()),
        )
    ]
    assert not problems, "\n".join(problems)


def test_every_model_snapshot_and_seed_has_a_data_test(
    nodes: list[dict], seeds: list[dict], data_tests: list[dict]
) -> None:
    tested = {test["attached_node"] for test in data_tests}
    problems = [
        f"{node['name']} has no data test: test at least its key."
        for node in [*nodes, *seeds]
        if node["unique_id"] not in tested
    ]
    assert not problems, "\n".join(problems)


def test_every_rule_of_warehouse_marts_and_features_has_a_unit_test(
    manifest: dict, nodes: list[dict]
) -> None:
    layers = ("models/warehouse/", "models/marts/", "models/features/")
    names = {node["name"] for node in nodes if node["original_file_path"].startswith(layers)}
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    problems = [
        *(
            f"{name} has no unit test: write one in its YAML."
            for name in names - tested - set(WITHOUT_UNIT_TEST)
        ),
        *(
            f"{name} needs no exception any more: take it out of WITHOUT_UNIT_TEST."
            for name in set(WITHOUT_UNIT_TEST) - (names - tested)
        ),
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("fct_order", "One row per order, with its total."),
        ("ml_churn__evaluation", "One row per model of the use case: its metrics."),
        ("ml_churn__model", "One trained model: logistic regression."),
        ("ml_churn__model_boosted_tree", "One trained model: a boosted tree."),
    ],
)
def test_a_grain_is_found_right(name: str, description: str) -> None:
    assert grain_problem(name, description) is None


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("fct_order", ""),
        ("fct_order", "Orders. One row per order."),
        ("fct_order", "One row"),
        ("fct_order", "One trained model: an order."),
        ("ml_churn__model", "One row per model."),
        ("ml_churn__model_boosted_tree", "One row per tree."),
    ],
)
def test_a_description_without_the_grain_is_found_wrong(name: str, description: str) -> None:
    assert grain_problem(name, description) is not None


def test_a_hole_in_a_contract_is_found_wrong() -> None:
    whole = {"description": "Key.", "data_type": "string"}

    def problems(columns: dict, enforced: bool = True) -> list[str]:
        config = {"contract": {"enforced": enforced}}
        return contract_problems({"name": "mart", "columns": columns, "config": config})

    assert problems({"id": whole}) == []
    assert len(problems({"id": {**whole, "data_type": None}})) == 1
    assert len(problems({"id": {**whole, "description": ""}})) == 1
    assert len(problems({"id": whole}, enforced=False)) == 1
    assert len(problems({})) == 1


def test_a_seed_that_is_typed_otherwise_is_found_wrong() -> None:
    text = {"description": "Code.", "data_type": "string"}
    number = {"description": "Feet.", "data_type": "INT64"}
    columns, rows = {"code": text, "height": number}, [["code", "height"], ["a", "1"], ["b", ""]]
    types = {"code": "string", "height": "int64"}

    def problems(columns: dict = columns, types: dict = types, rows: list = rows) -> list[str]:
        return seed_problems("hills", {"column_types": types}, columns, rows)

    assert problems() == []
    assert len(problems(types={"code": "string"})) == 1
    assert len(problems(types=types | {"height": "float64"})) == 1
    assert len(problems(columns={"code": text, "height": number | {"description": ""}})) == 1
    assert len(problems(columns={"height": number, "code": text})) == 1
    assert len(problems(rows=[*rows, ["", "2"]])) == 1


def test_a_feature_view_without_key_or_time_is_found_wrong() -> None:
    store, key = {"entity": "it", "keys": ["id"], "owner": "me", "ttl": "1 day"}, {"id", "event_at"}
    assert feature_problems("feat", store, key) == []
    assert len(feature_problems("feat", None, key)) == 1
    assert len(feature_problems("feat", store | {"owner": None}, key)) == 1
    assert len(feature_problems("feat", store, {"event_at"})) == 1
    assert len(feature_problems("feat", store, {"id", "date"})) == 1
