"""What things are called and where they lie (N1, N2, N5, N6, Y1)."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

import pytest

WORD = "[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
STEPS = ("training_set", "model", "evaluation", "predictions", "drift")
PLACES = {
    "models/lake/<source>/stg_<source>__<entity>": rf"models/lake/({WORD})/stg_\1__{WORD}",
    "models/warehouse/intermediate/int_<topic>__<what>": (
        rf"models/warehouse/intermediate/int_{WORD}__{WORD}"
    ),
    "models/warehouse/core/dim_<entity> or fct_<process>": (
        rf"models/warehouse/core/(?:dim|fct)_{WORD}"
    ),
    "models/marts/<audience>/mart_<audience>__<subject>": (
        rf"models/marts/({WORD})/mart_\1__{WORD}"
    ),
    "models/features/<entity>/feat_<entity>__<theme>": (
        rf"models/features/({WORD})/feat_\1__{WORD}"
    ),
    "models/catalogue/feature_<what> or model_<what>": (
        rf"models/catalogue/(?:feature|model)_{WORD}"
    ),
    "ml/models/<use_case>/ml_<use_case>__<step> or ml_<use_case>__model_<what it is>": (
        rf"ml/models/({WORD})/ml_\1__(?:{'|'.join(STEPS)}|model_{WORD})"
    ),
    "snapshots/snap_<what>": rf"snapshots/snap_{WORD}(?:__{WORD})?",
    "seeds/<what>, with no prefix of a layer": (
        rf"seeds/(?!(?:stg|int|dim|fct|mart|feat|ml|snap|seed)_){WORD}"
    ),
}


def name_problem(path: str) -> str | None:
    """What is wrong with the path of a model, snapshot or seed."""
    if any(re.fullmatch(place, path.rsplit(".", 1)[0]) for place in PLACES.values()):
        return None
    return f"{path} is not named by its place; rename it or move it to one of: {'; '.join(PLACES)}."


def use_case_problems(use_case: str, files: set[str]) -> list[str]:
    """What is missing from, or too much in, a use case's folder of these file names."""
    models = {f"ml_{use_case}__{step}.{ending}" for step in STEPS for ending in ("sql", "yml")}
    expected = models | {"README.md"}
    further = re.compile(rf"ml_{use_case}__model_{WORD}\.(?:sql|yml)")
    return [
        *(f"ml/models/{use_case} lacks {name}: write it." for name in sorted(expected - files)),
        *(
            f"ml/models/{use_case} holds {name}: a use case is five models, further"
            f" ml_{use_case}__model_<what it is>, and a README.md."
            for name in sorted(files - expected)
            if not further.fullmatch(name)
        ),
    ]


def evaluation_problem(name: str, description: str, columns: list[str]) -> str | None:
    """What is wrong with the grain of a use case's evaluation; columns in their order."""
    grain = "One row per model of the use case"
    if description.startswith(grain) and columns[:1] == ["model_name"]:
        return None
    return f'{name}: one row per model; begin with "{grain}", and with the column model_name.'


def twin_problems(paths: Iterable[str], suffix: str = ".sql") -> list[str]:
    """Which models lack a YAML of their name beside them, and which such YAMLs lack a model.

    `suffix` is that of models; seeds have another.
    """
    files = [PurePosixPath(path) for path in paths]
    queries = {file.with_suffix("") for file in files if file.suffix == suffix}
    texts = {
        file.with_suffix("")
        for file in files
        if file.suffix in (".yml", ".yaml") and not file.name.startswith("_")
    }
    return [
        *(
            f"{path}{suffix} has no {path.name}.yml beside it: write it."
            for path in queries - texts
            if _without_version(path) not in texts
        ),
        *(
            f"{path}.yml has no {path.name}{suffix} beside it: name it after its model, or with a"
            " leading underscore if it describes several."
            for path in texts - queries - {_without_version(path) for path in queries}
        ),
        *(f"{file} must end in .yml." for file in files if file.suffix == ".yaml"),
    ]


def _without_version(path: PurePosixPath) -> PurePosixPath:
    """A version of a model, `<name>_v<number>.sql`, is described in `<name>.yml`."""
    return path.with_name(re.sub(r"_v\d+$", "", path.name))


def dbt_module_problems(paths: Iterable[str]) -> list[str]:
    return [
        f"{path}: dbt imports modules named dbt_* as plugins; rename it."
        for path in paths
        if path.endswith(".py") and any(part.startswith("dbt_") for part in path.split("/"))
    ]


def in_model_paths(texts: dict[str, str]) -> list[str]:
    return [path for path in texts if path.startswith(("models/", "ml/models/"))]


def test_models_snapshots_and_seeds_are_named_by_their_place(
    nodes: list[dict], seeds: list[dict]
) -> None:
    problems = [name_problem(node["original_file_path"]) for node in [*nodes, *seeds]]
    problems = [problem for problem in problems if problem]
    assert not problems, "\n".join(problems)


def test_every_evaluation_has_a_row_per_model(nodes: list[dict]) -> None:
    problems = [
        evaluation_problem(node["name"], node["description"], list(node["columns"]))
        for node in nodes
        if node["name"].startswith("ml_") and node["name"].endswith("__evaluation")
    ]
    assert problems
    problems = [problem for problem in problems if problem]
    assert not problems, "\n".join(problems)


def test_every_model_of_a_use_case_is_evaluated(nodes: list[dict]) -> None:
    read = {
        read
        for node in nodes
        if node["name"].endswith("__evaluation")
        for read in node["depends_on"]["nodes"]
    }
    problems = [
        f"{node['name']} has no row in the evaluation of its use case: add one."
        for node in nodes
        if node["config"]["materialized"] == "ml_model" and node["unique_id"] not in read
    ]
    assert not problems, "\n".join(problems)


def test_every_use_case_is_five_models_and_a_model_card(texts: dict[str, str]) -> None:
    use_cases: dict[str, set[str]] = {}
    for path in texts:
        if path.startswith("ml/models/"):
            use_case, name = path.removeprefix("ml/models/").split("/", 1)
            use_cases.setdefault(use_case, set()).add(name)
    problems = [line for item in use_cases.items() for line in use_case_problems(*item)]
    assert use_cases
    assert not problems, "\n".join(problems)


def test_every_model_has_its_yaml_beside_it(texts: dict[str, str]) -> None:
    problems = twin_problems(in_model_paths(texts))
    assert not problems, "\n".join(problems)


def test_every_seed_has_its_yaml_beside_it(texts: dict[str, str]) -> None:
    paths = [path for path in texts if path.startswith("seeds/")]
    assert paths
    problems = twin_problems(paths, ".csv")
    assert not problems, "\n".join(problems)


def test_a_yaml_describes_what_it_is_named_after(nodes: list[dict], seeds: list[dict]) -> None:
    problems = [
        f"{node['name']} is described in {described}: describe it in {own}."
        for node in [*nodes, *seeds]
        for described in [(node["patch_path"] or "no YAML").removeprefix("azekura://")]
        for own in [str(PurePosixPath(node["original_file_path"]).with_name(node["name"] + ".yml"))]
        if described != own
    ]
    assert not problems, "\n".join(problems)


def test_snapshots_are_yaml_only(texts: dict[str, str]) -> None:
    problems = [
        f"{path}: a snapshot is one YAML file; put the query into a model."
        for path in texts
        if path.startswith("snapshots/") and not path.endswith(".yml")
    ]
    assert not problems, "\n".join(problems)


def test_singular_tests_are_named_after_what_they_test(
    manifest: dict, texts: dict[str, str]
) -> None:
    paths = {
        named["name"]: named["original_file_path"]
        for named in [*manifest["nodes"].values(), *manifest["macros"].values()]
        if named["package_name"] == "azekura"
    }
    problems = []
    for path in texts:
        if not path.startswith("tests/dbt/") or path.startswith("tests/dbt/generic/"):
            continue
        folder, name = path.split("/")[2], PurePosixPath(path).stem
        tested = [other for other in paths if name.startswith(other + "__")]
        if not any(f"{folder}/" in paths[other] for other in tested):
            problems.append(f"{path}: name it {folder}/<model or macro>__<what must hold>.sql.")
    assert not problems, "\n".join(problems)


def test_no_python_module_is_named_like_a_plugin_of_dbt(texts: dict[str, str]) -> None:
    problems = dbt_module_problems(texts)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "path",
    [
        "models/lake/shop/stg_shop__orders.sql",
        "models/warehouse/intermediate/int_order__first_purchase.sql",
        "models/warehouse/core/fct_order_line.sql",
        "models/marts/sales/mart_sales__daily_orders.sql",
        "models/features/customer/feat_customer__orders.sql",
        "ml/models/churn/ml_churn__training_set.sql",
        "ml/models/churn/ml_churn__model_boosted_tree.sql",
        "snapshots/snap_customer.yml",
        "snapshots/snap_customer__address.yml",
        "seeds/public_holidays.csv",
    ],
)
def test_a_right_name_is_found_right(path: str) -> None:
    assert name_problem(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "models/lake/shop/stg_till__orders.sql",
        "models/lake/stg_shop__orders.sql",
        "models/warehouse/core/int_order__first_purchase.sql",
        "models/warehouse/core/fct_order__line.sql",
        "models/marts/sales/mart_planning__orders.sql",
        "models/marts/sales/mart_sales_orders.sql",
        "models/features/customer/feat_customer__Orders.sql",
        "ml/models/churn/ml_churn__monitoring.sql",
        "ml/models/churn/ml_fraud__model.sql",
        "ml/models/churn/ml_churn__model_.sql",
        "ml/models/churn/ml_churn__evaluation_boosted_tree.sql",
        "snapshots/customer.yml",
        "seeds/dim_country.csv",
        "seeds/public__holidays.csv",
        "seeds/europe/countries.csv",
    ],
)
def test_a_wrong_name_is_found_wrong(path: str) -> None:
    assert name_problem(path) is not None


def test_a_use_case_with_a_file_missing_or_too_many_is_found_wrong() -> None:
    whole = {f"ml_churn__{step}.{ending}" for step in STEPS for ending in ("sql", "yml")}
    whole.add("README.md")
    assert use_case_problems("churn", whole) == []
    assert len(use_case_problems("churn", whole - {"ml_churn__drift.yml"})) == 1
    assert len(use_case_problems("churn", whole | {"ml_churn__report.sql"})) == 1
    assert use_case_problems("churn", whole | {"ml_churn__model_boosted_tree.sql"}) == []
    assert len(use_case_problems("churn", whole | {"ml_churn__model_boosted_tree.py"})) == 1
    assert len(use_case_problems("fraud", whole)) == 20


def test_an_evaluation_of_another_grain_is_found_wrong() -> None:
    def problem(description: str, *columns: str) -> str | None:
        return evaluation_problem("ml_churn__evaluation", description, list(columns))

    assert problem("One row per model of the use case: all.", "model_name", "recall") is None
    assert problem("One row: the metrics.", "model_name", "recall") is not None
    assert problem("One row per model of the use case.", "recall", "model_name") is not None


@pytest.mark.parametrize(
    ("paths", "number"),
    [
        (["a/x.sql", "a/x.yml", "a/_a__sources.yml", "a/README.md"], 0),
        (["a/x.sql"], 1),
        (["a/x.yml"], 1),
        (["a/x.sql", "b/x.yml"], 2),
        (["a/x.sql", "a/x.yml", "a/x.yaml"], 1),
    ],
)
def test_a_model_without_its_twin_is_found_wrong(paths: list[str], number: int) -> None:
    assert len(twin_problems(paths)) == number


def test_a_seed_without_its_twin_is_found_wrong() -> None:
    assert twin_problems(["seeds/x.csv", "seeds/x.yml"], ".csv") == []
    assert len(twin_problems(["seeds/x.csv", "seeds/y.yml"], ".csv")) == 2


def test_a_module_named_like_a_plugin_of_dbt_is_found_wrong() -> None:
    assert dbt_module_problems(["dags/daily.py", "dbt_project.yml"]) == []
    assert len(dbt_module_problems(["dags/dbt_daily.py", "dbt_tools/load.py"])) == 2
