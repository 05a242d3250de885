"""How BigQuery lays tables out (Y7), and that what is made to be read can be granted."""

import pytest

ALWAYS = ("models/marts/", "models/features/")
GRANULARITIES = {
    "date": ("day", "month", "year"),
    "datetime": ("hour", "day", "month", "year"),
    "timestamp": ("hour", "day", "month", "year"),
}
CLUSTER_TYPES = ("bool", "date", "datetime", "int64", "numeric", "string", "timestamp")


def layout_problems(node: dict) -> list[str]:
    """What is wrong with the partitions and the clustering of a model.

    A table with a DATE is partitioned by it and clustered. One without is a dimension, a metric or
    the like, too small for either to pay; a fact, a mart and a feature are never without.
    """
    name, config = node["name"], node["config"]
    if config["materialized"] not in ("table", "incremental"):
        return []
    types = {
        column: (declared["data_type"] or "").lower()
        for column, declared in node["columns"].items()
    }
    is_large = name.startswith("fct_") or node["original_file_path"].startswith(ALWAYS)
    partition, clusters = config.get("partition_by"), config.get("cluster_by")
    if not is_large and "date" not in types.values() and not partition and not clusters:
        return []
    problems = [
        f"{name}: set {key}; it is a fact, a mart or a feature, or has a DATE column."
        for key, value in (("partition_by", partition), ("cluster_by", clusters))
        if not value
    ]
    if partition:
        problems += partition_problems(name, config, partition, types)
    if clusters:
        problems += cluster_problems(name, partition, clusters, types)
    return problems


def partition_problems(name: str, config: dict, partition: dict, types: dict) -> list[str]:
    field, data_type = partition["field"], partition.get("data_type", "date")
    granularity = partition.get("granularity", "day")
    problems = []
    if types.get(field) != data_type:
        problems.append(f"{name}: partition_by says that {field} is {data_type}; declare it so.")
    if granularity not in GRANULARITIES.get(data_type, ()):
        problems.append(f"{name}: partition_by cannot take {data_type} by {granularity}.")
    if config.get("incremental_strategy") == "replace_window":
        grain = config["meta"].get("window", {}).get("grain", "day")
        if (field, granularity) != (config.get("event_time"), grain):
            problems.append(
                f"{name}: replace_window replaces a {grain} of {config.get('event_time')}; let that"
                " be its partition."
            )
    return problems


def cluster_problems(name: str, partition: dict | None, clusters: object, types: dict) -> list[str]:
    if not isinstance(clusters, list) or not 1 <= len(clusters) <= 4:
        return [f"{name}: cluster_by is a list of one to four columns."]
    return [
        f"{name}: cluster_by cannot take {column}; name declared columns, not the partition's."
        for column in clusters
        if types.get(column) not in CLUSTER_TYPES or column == (partition or {}).get("field")
    ]


def test_every_table_is_laid_out_as_it_is_read(nodes: list[dict]) -> None:
    problems = [line for node in nodes for line in layout_problems(node)]
    assert not problems, "\n".join(problems)
    assert sum("partition_by" in node["config"] for node in nodes) > 10


def a_node(**changes: object) -> dict:
    config = {
        "materialized": "incremental",
        "incremental_strategy": "replace_window",
        "event_time": "day",
        "meta": {},
        "partition_by": {"field": "day", "data_type": "date"},
        "cluster_by": ["shop"],
    }
    types = {"day": "date", "at": "timestamp", "shop": "string", "share": "float64"}
    return {
        "name": changes.pop("name", "fct_order"),
        "original_file_path": changes.pop("path", "models/warehouse/core/fct_order.sql"),
        "columns": {
            name: {"data_type": data_type}
            for name, data_type in changes.pop("types", types).items()
        },
        "config": config | changes,
    }


DAY, MONTH = ({"field": "day", "data_type": "date", "granularity": it} for it in ("day", "month"))
DIMENSION = {"name": "dim_shop", "path": "models/warehouse/core/dim_shop.sql"}
BARE = {"partition_by": None, "cluster_by": None}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"partition_by": DAY},
        {"partition_by": MONTH, "meta": {"window": {"grain": "month"}}},
        {"partition_by": MONTH, "incremental_strategy": None, "materialized": "table"},
        {**DIMENSION, **BARE, "types": {"shop": "string"}},
        {**DIMENSION, **BARE, "materialized": "view"},
    ],
)
def test_a_layout_is_found_right(changes: dict) -> None:
    assert layout_problems(a_node(**changes)) == []


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        (BARE, 2),
        ({**BARE, "types": {"shop": "string"}}, 2),
        ({**BARE, "name": "mart_a__b", "path": "models/marts/a/mart_a__b.sql", "types": {}}, 2),
        ({**BARE, "name": "feat_a__b", "path": "models/features/a/feat_a__b.sql"}, 2),
        ({**DIMENSION, **BARE}, 2),
        ({"cluster_by": None}, 1),
        ({"cluster_by": ["day"]}, 1),
        ({"cluster_by": ["share"]}, 1),
        ({"cluster_by": ["nothing"]}, 1),
        ({"cluster_by": ["shop"] * 5}, 1),
        # not of the column's type; by no unit of the type; not what a run replaces
        ({"partition_by": {"field": "at", "data_type": "date"}, "event_time": "at"}, 1),
        ({"partition_by": DAY | {"granularity": "hour"}, "incremental_strategy": None}, 1),
        ({"partition_by": {"field": "at", "data_type": "timestamp"}}, 1),
        ({"partition_by": MONTH}, 1),
    ],
)
def test_a_wrong_layout_is_found(changes: dict, number: int) -> None:
    assert len(layout_problems(a_node(**changes))) == number
