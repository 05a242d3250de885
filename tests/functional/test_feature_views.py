"""meta.feature_store: a mistake stops dbt while it reads the project, and says what to do."""

import pytest
import yaml

RIGHT = {"entity": "thing", "keys": ["id"], "ttl": "3 hours", "owner": "me", "tags": ["a"]}
COLUMNS = {
    "id": "int64",
    "event_at": "timestamp",
    "known_at": "timestamp",
    "is_gone": "bool",
    "level": "float64",
}
# the settings, what is changed in the columns, and what is said
WRONG = [
    ("3 hours", {}, ["must hold settings, got '3 hours'"]),
    (RIGHT | {"tll": "3 hours"}, {}, ["setting 'tll' is unknown; did you mean 'ttl'?"]),
    ({"keys": ["id"]}, {}, ["lacks 'entity'"]),
    ({"entity": "thing"}, {}, ["lacks 'keys'"]),
    (RIGHT | {"keys": "id"}, {}, ["'keys' must be a list of names, got 'id'"]),
    (RIGHT | {"keys": ["di"]}, {}, ["'keys': the model has no column 'di'"]),
    (RIGHT | {"keys": ["id", "id"]}, {}, ["'keys': column 'id' has a role already"]),
    (RIGHT | {"keys": ["level"]}, {}, ["'keys': column 'level' is float64; it must be int64 or"]),
    (RIGHT | {"tags": {"a": 1}}, {}, ["'tags' must be a list of names"]),
    (RIGHT | {"ttl": "soon"}, {}, ["'ttl' must be a whole number and a unit", "got 'soon'"]),
    (RIGHT | {"ttl": 3}, {}, ["'ttl' must be a whole number and a unit", "got '3'"]),
    (RIGHT | {"ttl": "0 days"}, {}, ["'ttl' must be a whole number and a unit"]),
    (RIGHT | {"online": "yes please"}, {}, ["'online' must be true or false"]),
    (RIGHT | {"owner": 7}, {}, ["'owner' must be text, got '7'"]),
    (RIGHT | {"event_time": "at"}, {}, ["'event_time': the model has no column 'at'"]),
    (RIGHT | {"known_time": "event_at"}, {}, ["'known_time': column 'event_at' has a role"]),
    (
        RIGHT,
        {"known_at": "date"},
        ["'known_time': column 'known_at' is date; it must be timestamp"],
    ),
    (RIGHT | {"is_deleted": "level"}, {}, ["'is_deleted': column 'level' is float64"]),
    (RIGHT | {"is_deleted": "is_gone"}, {"level": None}, ["no column is left"]),
]


def described(settings: object, columns: dict, name: str = "feat_thing") -> dict:
    return {
        "name": name,
        "config": {"contract": {"enforced": True}, "meta": {"feature_store": settings}},
        "columns": [
            {"name": column, "data_type": type_}
            for column, type_ in (COLUMNS | columns).items()
            if type_
        ],
    }


@pytest.fixture(scope="module")
def problems(tiny) -> dict[str, str]:
    """What the macro says of each wrong description, by number: one dbt run for all of them."""
    project = tiny()
    cases = [
        {
            "given": settings,
            "columns": {
                column: {"data_type": type_}
                for column, type_ in (COLUMNS | columns).items()
                if type_
            },
        }
        for settings, columns, _ in [*WRONG, (RIGHT, {}, [])]
    ]
    project.model(
        "said",
        "{% for case in " + repr(cases) + " %}{% set node = {'columns': case.columns,"
        " 'config': {'contract': {'enforced': true}}} %}"
        "select {{ loop.index0 }} as number, "
        "{{ text_literal(_feature_settings_problem(case.given)"
        " or _feature_columns_problem(node, case.given) or '') }} as problem"
        "{{ ' union all ' if not loop.last }}{% endfor %}",
    )
    project.dbt("run").succeeded()
    return dict(project.query("select * from main.said"))


@pytest.mark.parametrize(("number", "words"), [(n, case[-1]) for n, case in enumerate(WRONG)])
def test_a_wrong_setting_is_named(problems, number, words):
    assert all(word in problems[number] for word in words), problems[number]


def test_a_right_description_has_no_problem(problems):
    assert problems[len(WRONG)] == ""


def test_dbt_stops_while_it_reads_the_project_and_names_the_view(tiny):
    project = tiny()
    project.model("feat_thing", "select 1")
    views = project.root / "models" / "views.yml"
    views.write_text(yaml.safe_dump({"models": [described(RIGHT | {"ttl": "soon"}, {})]}))
    project.dbt("parse").failed_saying("Feature view feat_thing: meta.feature_store.'ttl'", "soon")
    versioned = described(RIGHT | {"keys": ["di"]}, {}) | {"versions": [{"v": 1}]}
    (project.root / "models/feat_thing.sql").rename(project.root / "models/feat_thing_v1.sql")
    views.write_text(yaml.safe_dump({"models": [versioned]}))
    project.dbt("parse").failed_saying("Feature view feat_thing", "no column 'di'")
    (project.root / "models/feat_thing_v1.sql").rename(project.root / "models/feat_thing.sql")
    views.write_text(yaml.safe_dump({"models": [described(RIGHT, {})]}))
    project.dbt("parse").succeeded()


def test_a_key_that_is_no_column_is_named_where_the_view_is_joined(tiny):
    project = tiny()
    project.model("feat_thing", "select 1")
    model = described(RIGHT | {"keys": ["di"]}, {})
    (project.root / "models" / "views.yml").write_text(yaml.safe_dump({"models": [model]}))
    project.model(
        "joined",
        "select * from {{ feature_join('labels', at='moment', views=["
        "{'view': 'feat_thing', 'columns': ['level']}]) }} as x",
    )
    project.dbt("compile", "--select", "joined").failed_saying(
        "Feature view feat_thing", "'keys': the model has no column 'di'"
    )


def test_a_run_that_uses_no_view_is_stopped_by_a_wrong_one_before_it_builds(tiny):
    project = tiny()
    with (project.root / "dbt_project.yml").open("a") as settings:
        settings.write('on-run-start: "{{ check_feature_views() }}"\n')
    project.model("feat_thing", "select 1")
    project.model("other", "select 1 as x")
    for wrong in ({"keys": ["di"]}, {"known_time": "knwon_at"}):
        model = described(RIGHT | wrong, {})
        (project.root / "models" / "views.yml").write_text(yaml.safe_dump({"models": [model]}))
        project.dbt("run", "--select", "other").failed_saying(
            "Feature view feat_thing", "no column"
        )
    assert not project.database.exists() or project.query("show tables") == []


def test_versions_live_side_by_side_and_each_is_joined_as_it_is(tiny):
    project = tiny()
    day = "timestamp '2013-01-01'"
    state = f"select 1::bigint as id, {day} as event_at, {day} as known_at"
    project.model("feat_thing_v1", f"{state}, false as is_gone, 1.0::double as level")
    project.model("feat_thing_v2", f"{state}, false as is_gone, 2.0::double as level")
    model = described(RIGHT | {"ttl": None}, {})
    model |= {
        "latest_version": 1,
        "versions": [{"v": 1}, {"v": 2, "deprecation_date": "2999-01-01"}],
    }
    (project.root / "models" / "views.yml").write_text(yaml.safe_dump({"models": [model]}))
    for name, version in {
        "latest": "",
        "first": "'version': 1, ",
        "second": "'version': 2, ",
    }.items():
        project.model(
            name,
            "select * from {{ feature_join(\"select 1 as id, timestamp '2013-01-02' as moment\""
            ", at='moment', views=[{'view': 'feat_thing', "
            + version
            + "'columns': ['level']}]) }} as x",
        )
    project.dbt("run").succeeded()
    found = project.query(
        "select first.level, second.level, latest.level from first, second, latest"
    )
    assert found == [(1.0, 2.0, 1.0)]
    project.model(
        "third",
        "select * from {{ feature_join(ref('first'), at='moment', views=["
        "{'view': 'feat_thing', 'version': 3, 'columns': ['level']}]) }} as x",
    )
    project.dbt("parse").failed_saying("feat_thing", "version", "3")
