"""What stands around the SQL in production: jobs, options, grants, lake tables, replaced days."""

import re
from copy import deepcopy

import pytest
from dbt.node_types import NodeType

from googlesql.types import text

READERS = ["group:analysts@example.com", "user:ann@example.com"]
KEY = "projects/p/locations/us/keyRings/r/cryptoKeys/k"
TAG = "projects/p/locations/us/taxonomies/1/policyTags/2"
LAYERS = {"lake", "warehouse", "snapshots", "marts", "features", "ml", "catalogue"}


@pytest.fixture(scope="module")
def configured(parsed):
    """The project as it is read where readers and a key are given."""
    return parsed(AZEKURA_BIGQUERY_READERS=", ".join(READERS), AZEKURA_BIGQUERY_KMS_KEY=KEY)


@pytest.fixture
def changed(rendered, monkeypatch):
    """A model that a test may change; it is what it was afterwards."""

    def change(name):
        unique_id = f"model.azekura.{name}"
        node = deepcopy(rendered.manifest.nodes[unique_id])
        monkeypatch.setitem(rendered.manifest.nodes, unique_id, node)
        return node

    return change


def is_read_by_people(node) -> bool:
    path = node.original_file_path
    return (
        path.startswith(("models/marts/", "models/features/", "models/catalogue/"))
        or "__predictions" in path
    )


def tables(manifest):
    """The models and snapshots that are tables."""
    for node in manifest.nodes.values():
        kinds = (NodeType.Model, NodeType.Snapshot)
        if node.resource_type in kinds and node.config.materialized != "ml_model":
            yield node


def made(warehouse, node):
    return warehouse.table((node.database, node.schema, node.alias))


# ---- jobs


def test_every_job_is_limited_and_labelled(built):
    for statement in built.sent:
        assert statement.job["priority"] == "INTERACTIVE"
        assert statement.job["maximum_bytes_billed"] == 100 * 2**30
        labels = statement.job["labels"]
        assert labels["target_name"] == "bigquery"
        for key, value in labels.items():
            assert re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", key), key
            assert re.fullmatch(r"[a-z0-9_-]{0,63}", value), value


def test_a_job_s_label_names_its_node(built):
    nodes = {
        statement.job["labels"]["node_id"]
        for statement in built.sent
        if statement.node == "model.azekura.fct_flight"
    }
    assert nodes == {"model_azekura_fct_flight"}


# ---- options of tables


def test_tables_are_partitioned_and_clustered_as_configured(built, rendered):
    found, configured = {}, {}
    for node in tables(rendered.manifest):
        table = made(built.warehouse, node)
        found[node.alias] = (table.partitioned_by, list(table.clustered_by))
        partition = node.config.get("partition_by") or {}
        configured[node.alias] = (partition.get("field"), node.config.get("cluster_by") or [])
    assert found == configured
    assert sum(partition is not None for partition, _ in found.values()) > 10


def test_months_are_partitions_of_what_is_built_whole(built):
    [statement] = [
        statement
        for statement in built.sent
        if statement.node == "model.azekura.ml_late_arrival__predictions"
    ][-1:]
    assert "partition by date_trunc(flight_date, month)" in statement.sql


def test_tables_say_what_they_are_and_of_which_layer(built, rendered):
    layers = set()
    for node in tables(rendered.manifest):
        options = made(built.warehouse, node).options
        assert options["description"].strip() == node.description.strip()
        [[[key, layer]]] = [options["labels"]]
        assert key == "layer"
        assert node.schema == f"azekura_{layer}"
        layers.add(layer)
    assert layers == LAYERS


def test_columns_say_what_they_hold(built, rendered):
    told = {}
    for table, fields in built.updates:
        if fields == ("schema",):
            names = {field.name: field.description for field in table.schema}
            told[f"{table.dataset_id}.{table.table_id}"] = names
    for node in tables(rendered.manifest):
        described = {
            name: column.description for name, column in node.columns.items() if column.description
        }
        names = told[f"{node.schema}.{node.alias}"]
        assert {name: names[name] for name in described} == described


def test_a_key_encrypts_every_table(built, configured, build):
    with built.warehouse.copied() as copy:
        run = build(copy, ["run", "--select", "tag:marts", "--full-refresh"], manifest=configured)
        assert run.problems == {}
        marts = [node for node in tables(configured) if node.schema == "azekura_marts"]
        assert [made(copy, node).options["kms_key_name"] for node in marts] == [KEY] * len(marts)


def test_a_filter_that_is_demanded_is_checked(built, changed, build):
    """Were fct_flight to demand one, this says who would have to be changed."""
    changed("fct_flight").config["require_partition_filter"] = True
    with built.warehouse.copied() as copy:
        run = build(copy, ["run", "--select", "fct_flight+1", "--full-refresh"])
    refused = {
        statement.node: statement.refused.reason for statement in run.sent if statement.refused
    }
    assert "model.azekura.fct_flight" not in refused
    assert (
        "without a filter over column(s) 'flight_date'"
        in refused["model.azekura.mart_operations__daily_punctuality"]
    )


# ---- grants and policy tags


def test_nobody_is_granted_anything_unasked(built, rendered):
    assert not [node.name for node in tables(rendered.manifest) if node.config.grants]
    assert not [statement for statement in built.sent if "GrantStmt" in statement.kinds]


def test_what_is_made_to_be_read_is_granted_to_readers(configured):
    granted = {node.alias for node in tables(configured) if node.config.grants}
    assert granted == {node.alias for node in tables(configured) if is_read_by_people(node)}
    for node in tables(configured):
        if node.config.grants:
            assert node.config.grants == {"roles/bigquery.dataViewer": READERS}


def test_grants_are_sent(built, configured, build):
    """To one table that is there already, and whose grants are asked for, and one that is new."""
    there, new = "mart_operations__daily_punctuality", "mart_planning__route_performance"
    with built.warehouse.copied() as copy:
        copy.drop(("demo", "azekura_marts", new))
        run = build(copy, ["run", "--select", "tag:marts"], manifest=configured)
    assert run.problems == {}
    sent = {
        name: [statement.sql for statement in run.sent if statement.node.endswith(name)]
        for name in (there, new)
    }
    for name, sqls in sent.items():
        [grant] = [sql for sql in sqls if sql.lstrip().startswith("grant")]
        assert " ".join(grant.split()) == (
            f"grant `roles/bigquery.dataViewer` on table `demo`.`azekura_marts`.`{name}`"
            f' to "{READERS[0]}", "{READERS[1]}";'
        )
        asked = [sql for sql in sqls if "OBJECT_PRIVILEGES" in sql]
        assert len(asked) == (1 if name == there else 0)


def test_a_column_s_policy_tags_are_sent(built, changed, build):
    changed("dim_aircraft").columns["tail_number"]._extra["policy_tags"] = [TAG]
    with built.warehouse.copied() as copy:
        run = build(copy, ["run", "--select", "dim_aircraft"])
    assert run.problems == {}
    [schema] = [table.schema for table, fields in run.updates if fields == ("schema",)]
    tagged = {field.name: field.policy_tags.names for field in schema if field.policy_tags}
    assert {name: names for name, names in tagged.items() if names} == {"tail_number": (TAG,)}


# ---- replaced days


@pytest.mark.parametrize(
    ("model", "first", "last"),
    [
        # the days asked for, and lookback
        ("fct_flight", "2013-06-12", "2013-06-15"),
        # and the days that see them
        ("feat_airport__traffic", "2013-06-12", "2013-06-17"),
        # whole months
        ("mart_planning__route_performance", "2013-06-01", "2013-06-30"),
    ],
)
def test_a_run_empties_every_day_of_its_window(built, rendered, service, model, first, last):
    """Also one that has no row any more: the days do not come from the rows."""
    unique_id = f"model.azekura.{model}"
    [merge] = [
        statement.sql
        for statement in built.sent
        if statement.node == unique_id and statement.kinds == ("MergeStmt",)
    ]
    assert "on FALSE" in merge
    [days] = re.findall(r"when not matched by source\s+and (.+?)\s+then delete", merge, re.DOTALL)
    field = rendered.manifest.nodes[unique_id].config["event_time"]
    deleted = service.evaluate(
        f"select cast(day as string) from ("
        f" select day, struct(day as {field}) as dbt_internal_dest"
        " from unnest(generate_date_array(date '2013-05-01', date '2013-07-31')) as day"
        f") where {days}"
    ).rows
    assert (min(deleted), max(deleted)) == ((first,), (last,))
    expected = "select count(*) from unnest(generate_date_array(date '{}', date '{}'))"
    assert [(len(deleted),)] == service.evaluate(expected.format(first, last)).rows


def test_a_first_run_has_no_days_to_replace(built):
    kinds = [
        statement.kinds
        for statement in built.sent
        if statement.node == "model.azekura.fct_flight" and statement.kinds != ("QueryStmt",)
    ]
    # made; then the new rows, and put in their place
    assert kinds == [
        ("CreateTableAsSelectStmt",),
        ("CreateTableAsSelectStmt",),
        ("MergeStmt",),
    ]


def test_dbt_s_own_strategy_is_left_as_it_is(built, changed, build):
    changed("fct_flight").config.incremental_strategy = "insert_overwrite"
    with built.warehouse.copied() as copy:
        run = build(copy, ["run", "--select", "fct_flight"])
    assert run.problems == {}
    [script] = [statement for statement in run.sent if "MergeStmt" in statement.kinds]
    assert "in unnest(dbt_partitions_for_replacement)" in script.sql


# ---- external tables


def test_external_tables_hold_what_the_sources_declare(built, rendered):
    for source in rendered.manifest.sources.values():
        table = built.warehouse.table((source.database, source.schema, source.identifier))
        is_text = source.config.meta["lake"]["format"] != "parquet"
        declared = {name: column.data_type.upper() for name, column in source.columns.items()}
        columns = {"raw_record": "STRING"} if is_text else declared
        given = {name: text(type_) for name, type_ in table.columns.items()}
        assert given == {**columns, "ingested_date": "DATE"}
        assert table.kind == "EXTERNAL"
        assert table.must_be_filtered
        assert table.options["description"] == source.description
        folder = f"gs://bucket/lake/nycflights13/{source.name}"
        assert table.options["uris"] == [f"{folder}/*"]


def operation(build, warehouse, *arguments):
    return build(warehouse, ["run-operation", "create_external_tables", *arguments])


def test_the_operation_says_what_it_made(built, build, capsys):
    with built.warehouse.copied() as copy:
        copy.drop(("demo", "azekura_lake_files", "weather"))
        arguments = "{lake_uri: gs://other/lake, select: [nycflights13.weather]}"
        run = operation(build, copy, "--args", arguments)
        assert run.problems == {}
        [weather] = copy.table(("demo", "azekura_lake_files", "weather")).options["uris"]
        [flights] = copy.table(("demo", "azekura_lake_files", "flights")).options["uris"]
    assert weather == "gs://other/lake/nycflights13/weather/*"
    assert flights == "gs://bucket/lake/nycflights13/flights/*"
    assert capsys.readouterr().out.splitlines() == [
        "made demo.azekura_lake_files.weather over gs://other/lake (ndjson)"
    ]


def test_a_dry_run_of_the_operation_sends_nothing(built, build, capsys):
    with built.warehouse.copied() as copy:
        run = operation(build, copy, "--args", "{lake_uri: gs://other/lake, dry_run: true}")
        assert run.problems == {}
        assert run.sent == []
        shown = capsys.readouterr().out
        copy.run(shown)  # what is shown can be run
        [uri] = copy.table(("demo", "azekura_lake_files", "airports")).options["uris"]
    assert uri == "gs://other/lake/nycflights13/airports/*"


def test_lists_of_files_may_be_kept(built, build):
    with built.warehouse.copied() as copy:
        copy.connect("demo", "us", "lake")
        arguments = (
            "{lake_uri: gs://bucket/lake, connection: demo.us.lake, max_staleness: '0-0 0 4:0:0'}"
        )
        assert operation(build, copy, "--args", arguments).problems == {}
        options = copy.table(("demo", "azekura_lake_files", "flights")).options
    assert options["metadata_cache_mode"] == "AUTOMATIC"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("{lake_uri: lake}", "lake_uri is 'lake', which BigQuery cannot read; give gs://"),
        ("{lake_uri: gs://b/l, select: shop}", "select names 'shop', which is none of the lake's"),
        ("{lake_uri: gs://b/l, max_staleness: '0-0 0 4:0:0'}", "max_staleness needs a connection"),
    ],
)
def test_a_mistaken_operation_makes_nothing(built, build, capsys, arguments, reason):
    with built.warehouse.copied() as copy:
        run = operation(build, copy, "--args", arguments)
    assert len(run.problems) == 1
    assert f"create_external_tables: {reason}" in capsys.readouterr().out
    assert run.sent == []
