"""Feature views and services out of dbt's manifest."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from serving.errors import DefinitionError, UnknownNameError
from serving.registry import Registry

COLUMNS = {
    "airport_code": "string",
    "event_at": "timestamp",
    "known_at": "timestamp",
    "feature_date": "date",
    "is_closed": "bool",
    "departures_count_3h": "int64",
    "delay_mean_3h": "float64",
}
SETTING = {
    "entity": "airport",
    "keys": ["airport_code"],
    "ttl": "3 hours",
    "online": True,
    "owner": "operations@example.com",
    "tags": ["delay"],
    "is_deleted": "is_closed",
}


def model(name="feat_airport__traffic", version=None, columns=COLUMNS, setting=SETTING, **node):
    unique_id = f"model.azekura.{name}" + (f".v{version}" if version else "")
    return {
        "resource_type": "model",
        "name": name,
        "unique_id": unique_id,
        "version": version,
        "latest_version": None,
        "description": "One row per airport and hour.\n",
        "relation_name": f'"azekura"."features"."{name}"',
        "columns": {
            column: {"name": column, "data_type": type_, "description": f"The {column}."}
            for column, type_ in columns.items()
        },
        "config": {
            "meta": {"feature_store": setting} if setting else {},
            "partition_by": {"field": "feature_date", "data_type": "date"},
        },
        **node,
    }


def training_set(service, name="ml_late__training_set"):
    made = model(name, setting=None)
    made["config"]["meta"] = {"feature_service": service}
    return made


def manifest(*nodes):
    return {
        "metadata": {"project_name": "azekura", "adapter_type": "duckdb"},
        "nodes": {node["unique_id"]: node for node in nodes},
    }


def registry(*nodes):
    return Registry.from_manifest(manifest(*nodes))


def test_a_view_is_what_its_yaml_says():
    view = registry(model()).view("feat_airport__traffic")
    assert (view.version, view.is_latest, view.entity) == (1, True, "airport")
    assert view.key_names == ("airport_code",)
    # neither keys nor times, the partition or what tells that it is gone
    assert view.feature_names == ("departures_count_3h", "delay_mean_3h")
    assert [feature.type.name for feature in view.features] == ["INT64", "FLOAT64"]
    assert (view.event_time, view.known_time) == ("event_at", "known_at")
    assert view.is_deleted == "is_closed"
    assert (view.ttl, view.ttl_us) == (timedelta(hours=3), 3 * 3600 * 10**6)
    assert (view.online, view.owner) == (True, "operations@example.com")
    assert (view.tags, view.description) == (("delay",), "One row per airport and hour.")
    assert view.features[0].description == "The departures_count_3h."
    assert view.relation == '"azekura"."features"."feat_airport__traffic"'


def test_what_the_yaml_leaves_out_has_the_defaults_of_the_contract():
    setting = {"entity": "airport", "keys": ["airport_code"]}
    view = registry(model(setting=setting)).view("feat_airport__traffic")
    assert (view.ttl, view.online, view.owner, view.tags) == (None, False, None, ())
    assert "is_closed" in view.feature_names


def test_models_that_are_no_feature_views_are_left_out():
    assert registry(model(), model("fct_flight", setting=None)).view_names == (
        "feat_airport__traffic",
    )


@pytest.fixture
def versions():
    ends = "2027-01-01T00:00:00"
    other = {**COLUMNS, "delay_mean_3h": "numeric"}
    return registry(
        model(version=1, latest_version=2, deprecation_date=ends),
        model(version=2, latest_version=2, columns=other),
        model(version=3, latest_version=2),
    )


def test_versions_live_side_by_side_and_the_latest_is_the_default(versions):
    name = "feat_airport__traffic"
    assert [view.version for view in versions.versions(name)] == [1, 2, 3]
    assert versions.view(name).version == 2
    assert versions.view(f"{name}@3").version == versions.view(name, 3).version == 3
    assert versions.view(name, 1).deprecation_date == datetime(2027, 1, 1, tzinfo=UTC)
    assert versions.view(name, 2).deprecation_date is None


def test_the_schema_hash_tells_names_types_and_their_order(versions):
    first, second, third = (versions.view("feat_airport__traffic", n) for n in (1, 2, 3))
    assert first.schema_hash == third.schema_hash != second.schema_hash
    turned = registry(model(columns=dict(reversed(COLUMNS.items())))).view("feat_airport__traffic")
    assert turned.schema_hash != first.schema_hash


SERVICE = {
    "name": "late_arrival",
    "at": "predicted_at",
    "as_of": "known",
    "strict": False,
    "fill": None,
    "views": [
        {
            "view": "feat_airport__traffic",
            "version": None,
            "keys": {"origin_airport_code": "airport_code"},
            "columns": ["departures_count_3h"],
        },
        {
            "view": "feat_airport__traffic",
            "version": 1,
            "as": "there",
            "keys": None,
            "columns": {"departures_count_3h": "departures_count_there"},
        },
    ],
}


def test_a_service_is_what_its_training_set_joined(versions):
    service = registry(
        *[model(version=n, latest_version=2) for n in (1, 2)], training_set(SERVICE)
    ).service("late_arrival")
    assert service.training_set == "ml_late__training_set"
    assert (service.at, service.as_of, service.strict) == ("predicted_at", "known", False)
    assert [part.view.label for part in service.views] == [
        "feat_airport__traffic@2",
        "feat_airport__traffic@1",
    ]
    assert [part.name for part in service.views] == ["feat_airport__traffic", "there"]
    assert service.keys == ("origin_airport_code", "airport_code")
    assert service.feature_names == ("departures_count_3h", "departures_count_there")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda r: r.view("feat_airport__trafic"), "did you mean 'feat_airport__traffic'"),
        (lambda r: r.view("feat_airport__traffic", 7), "no version 7 of feat_airport__traffic"),
        (lambda r: r.view("feat_airport__traffic@x"), "no version 'x' of feat_airport__traffic"),
        (lambda r: r.view("feat_airport__traffic").feature("delay"), "(there are: departures_c"),
        (lambda r: r.service("late"), "no feature service 'late': there is none at all."),
        (lambda r: r.find("feat_airport"), "no feature view or service 'feat_airport'"),
    ],
)
def test_what_is_unknown_is_named_with_what_there_is(ask, said):
    with pytest.raises(UnknownNameError) as error:
        ask(registry(model()))
    assert said in str(error.value)


def changed(**settings):
    return model(setting={**SETTING, **settings})


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (changed(keys=[]), "`keys` lists"),
        (changed(keys=["airport"]), "`keys` names 'airport', which is no column"),
        (changed(keys=["delay_mean_3h"]), "key delay_mean_3h is FLOAT64"),
        (changed(event_time="at"), "`event_time` names 'at', which is no column"),
        (changed(known_time="feature_date"), "`known_time` names 'feature_date', which is no TIM"),
        (changed(is_deleted="airport_code"), "`is_deleted` names 'airport_code', which is no BOOL"),
        (changed(ttl="3 fortnights"), "'3 fortnights' is no duration"),
        (changed(ttl="0 hours"), "'0 hours' is no duration"),
        (model(columns={**COLUMNS, "delay_mean_3h": None}), "delay_mean_3h has no data_type"),
        (
            model(columns={name: COLUMNS[name] for name in list(COLUMNS)[:5]}),
            "no column that is a feature",
        ),
        (model(version="new", latest_version="new"), "whole number, not 'new'"),
    ],
)
def test_a_definition_that_breaks_the_contract_is_refused_with_its_model(node, said):
    with pytest.raises(DefinitionError) as error:
        registry(node)
    assert str(error.value).startswith("feat_airport__traffic: ")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"view": "feat_airport"}, "no feature view 'feat_airport'"),
        ({"version": 4}, "no version 4 of feat_airport__traffic"),
        ({"columns": ["delay"]}, "no feature 'delay' in feat_airport__traffic@1"),
        ({"keys": {"origin": "airport"}}, "are to map to airport_code, not to airport"),
    ],
)
def test_a_service_that_asks_for_what_is_not_there_is_refused(part, said):
    service = {**SERVICE, "views": [{**SERVICE["views"][0], **part}]}
    with pytest.raises(DefinitionError, match="Feature service 'late_arrival' of ml_late") as error:
        registry(model(), training_set(service))
    assert said in str(error.value)


def test_two_services_of_one_name_are_refused():
    service = {**SERVICE, "views": SERVICE["views"][:1]}
    both = [training_set(service, name) for name in ("ml_a__training_set", "ml_b__training_set")]
    with pytest.raises(DefinitionError, match=r"by ml_a__training_set and by ml_b__training_set"):
        registry(model(), *both)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no manifest at"),
        ("{", "cannot be read"),
        ("[]", "is no manifest of dbt's"),
        ("{}", "is no manifest of dbt's"),
    ],
)
def test_a_file_that_is_no_manifest_is_refused(tmp_path, text, said):
    path = tmp_path / "manifest.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(DefinitionError, match=said):
        Registry.from_manifest(path)


def test_a_manifest_is_read_from_its_file(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest(model())))
    assert Registry.from_manifest(path).view_names == ("feat_airport__traffic",)


def test_the_registry_and_a_store_in_a_file_import_nothing_heavy():
    code = (
        "import sys, serving.registry\n"
        "from serving.stores.opening import open_store\n"
        "open_store('sqlite:///online.sqlite').close()\n"
        "heavy = {'dbt', 'duckdb', 'numpy', 'pyarrow', 'redis', 'fastapi'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == ""
