"""KMEANS and PCA through the materialization ml_model and every macro that uses such models."""

import json

import duckdb
import pytest

POINTS = """
select
    range as id,
    range % 2 * 10.0 + range % 5 as x,
    range % 2 * 20.0 - range % 7 as "Odd y",
    case when range % 6 = 0 then null when range % 2 = 0 then 'even' else 'odd' end as kind,
    range in (0, 1) as is_first
from range(60)
"""
FEATURES = 'x, "Odd y", kind'
KMEANS = "'model_type': 'kmeans', 'num_clusters': 2"
PCA = "'model_type': 'pca', 'num_principal_components': 2"


def model(options: str, columns: str = FEATURES, where: str = "true") -> str:
    return (
        "{{ config(materialized='ml_model', meta={'ml': {" + options + "}}) }}\n"
        f"select {columns} from {{{{ ref('points') }}}} where {where}"
    )


@pytest.fixture(scope="module")
def project(tiny):
    """Sixty points in two groups, and models of them; the tests add models of other names."""
    project = tiny()
    project.model("points", POINTS)
    project.model("groups", model(KMEANS))
    project.model("axes", model(PCA))
    project.model("line", model("'model_type': 'linear_reg', 'input_label_cols': ['x']"))
    project.dbt("run").succeeded()
    return project


def asked(project, call: str) -> list[tuple[str, str]]:
    """Build the model `asked` as select * from the call; the names and types of its columns."""
    project.model("asked", f"select * from {{{{ {call} }}}} as asked")
    project.dbt("run", "--select", "asked").succeeded()
    return [column[:2] for column in project.query("describe asked")]


INPUT = [
    ("id", "BIGINT"),
    ("x", "DECIMAL(23,1)"),
    ("Odd y", "DECIMAL(23,1)"),
    ("kind", "VARCHAR"),
    ("is_first", "BOOLEAN"),
]
PARTS = [
    ("feature", "VARCHAR"),
    ("numerical_value", "DOUBLE"),
    ("categorical_value", 'STRUCT(category VARCHAR, "value" DOUBLE)[]'),
]


def test_a_model_without_a_label_is_a_table_of_one_row(project):
    for name, kind in (("groups", "KMEANS"), ("axes", "PCA")):
        [(model_type, label, features, used)] = project.query(
            f"select model_type, label, [f.name for f in features], rows_used from {name}"
        )
        assert (model_type, label, used) == (kind, None, 60)
        assert features == ["x", "Odd y", "kind"]


def test_training_again_on_the_same_rows_gives_the_same_version(project):
    def versions():
        return project.query("select g.model_version, a.model_version from groups g, axes a")

    before = versions()
    project.dbt("run", "--select", "groups", "axes").succeeded()
    assert versions() == before


def test_kmeans_predicts_the_nearest_centroids(project):
    described = asked(project, "ml_predict(ref('groups'), ref('points'))")
    assert described == [
        ("CENTROID_ID", "BIGINT"),
        ("NEAREST_CENTROIDS_DISTANCE", "STRUCT(CENTROID_ID BIGINT, DISTANCE DOUBLE)[]"),
        *INPUT,
    ]
    rows = project.query("select id, centroid_id, nearest_centroids_distance from asked")
    for _, centroid_id, nearest in rows:
        assert sorted(row["CENTROID_ID"] for row in nearest) == [1, 2]
        assert nearest[0]["CENTROID_ID"] == centroid_id
        assert nearest[0]["DISTANCE"] < nearest[1]["DISTANCE"]
    assert len({(id % 2, centroid_id) for id, centroid_id, _ in rows}) == 2


def test_kmeans_names_at_most_five_centroids(project):
    project.model("many", model("'model_type': 'kmeans', 'num_clusters': 8"))
    project.dbt("run", "--select", "many").succeeded()
    asked(project, "ml_predict(ref('many'), ref('points'))")
    for (distances,) in project.query(
        "select [row.distance for row in nearest_centroids_distance] from asked"
    ):
        assert len(distances) == 5
        assert distances == sorted(distances)


def test_kmeans_starts_from_the_rows_it_is_given(project):
    options = "'kmeans_init_method': 'custom', 'kmeans_init_col': 'is_first'"
    project.model("begun", model(f"{KMEANS}, {options}", FEATURES + ", is_first"))
    project.dbt("run", "--select", "begun").succeeded()
    assert project.query("select len(features) from begun") == [(3,)]
    asked(project, "ml_predict(ref('begun'), ref('points'))")
    pairs = project.query("select distinct id % 2, centroid_id from asked order by 1")
    # which of the two starts is called 1 is not said
    assert [group for group, _ in pairs] == [0, 1]
    assert sorted(centroid_id for _, centroid_id in pairs) == [1, 2]


@pytest.mark.parametrize("standardize", [False, True])
def test_centroids_are_one_row_per_centroid_and_feature(project, standardize):
    call = f"ml_centroids(ref('groups'), standardize={standardize})"
    assert asked(project, call) == [("centroid_id", "BIGINT"), *PARTS]
    rows = project.query("select centroid_id, feature, numerical_value from asked")
    assert {row[:2] for row in rows} == {(i, f) for i in (1, 2) for f in ("x", "Odd y", "kind")}
    x = sorted(value for _, feature, value in rows if feature == "x")
    apart = 5 / (27 * 60 / 59) ** 0.5  # half of what lies between, in sample standard deviations
    assert x == pytest.approx([-apart, apart] if standardize else [2, 12])
    shares = project.query("select categorical_value from asked where feature = 'kind'")
    assert {pair["category"] for (pairs,) in shares for pair in pairs} == {
        "even", "odd", "_null_filler",
    }  # fmt: skip
    assert project.query("select distinct categorical_value from asked where feature = 'x'") == [
        ([],)
    ]


def test_pca_predicts_components_in_place_of_the_features(project):
    components = [("principal_component_1", "DOUBLE"), ("principal_component_2", "DOUBLE")]
    described = asked(project, "ml_predict(ref('axes'), ref('points'))")
    assert described == [*components, INPUT[0], INPUT[4]]
    features_only = f"ml_predict(ref('axes'), 'select {FEATURES} from ' ~ ref('points'))"
    assert asked(project, features_only) == components
    call = "ml_predict(ref('axes'), ref('points'), keep_original_columns=true)"
    assert asked(project, call) == [*components, *INPUT]


def test_pca_is_trained_and_asked_in_one_run_on_an_empty_database(tiny):
    project = tiny()
    project.model("points", POINTS)
    project.model("axes", model("'model_type': 'pca', 'pca_explained_variance_ratio': 0.9"))
    project.model("asked", "select * from {{ ml_predict(ref('axes'), ref('points')) }} as asked")
    project.dbt("compile").succeeded()
    project.dbt("run").succeeded()
    [(kept,)] = project.query(
        "select (options::json ->> 'num_principal_components')::int from axes"
    )
    names = [column[0] for column in project.query("describe asked")]
    assert names == [*(f"principal_component_{i + 1}" for i in range(kept)), "id", "is_first"]
    assert kept > 1


def test_as_many_components_are_predicted_as_the_model_has_whatever_its_options_say(tiny):
    project = tiny()
    project.model("points", POINTS)
    project.model("axes", model(PCA))
    project.dbt("run").succeeded()
    with duckdb.connect(str(project.database)) as connection:
        options = json.dumps({"num_principal_components": 2_000_000_000})
        connection.execute("update axes set options = ?", [options])
    project.model("asked", "select * from {{ ml_predict(ref('axes'), ref('points')) }} as asked")
    project.dbt("run", "--select", "asked").succeeded()
    names = [column[0] for column in project.query("describe asked")]
    assert names == ["principal_component_1", "principal_component_2", "id", "is_first"]


def test_the_components_of_pca_can_be_read(project):
    described = asked(project, "ml_principal_components(ref('axes'))")
    assert described == [("principal_component_id", "BIGINT"), *PARTS]
    lengths = project.query("""
        select principal_component_id, sum(coalesce(numerical_value, 0) ** 2 + list_sum(
            [0.0] || [pair.value ** 2 for pair in categorical_value])), count(*)
        from asked group by 1 order by 1
    """)
    assert lengths == [(0, pytest.approx(1), 3), (1, pytest.approx(1), 3)]


def test_the_explained_variance_of_pca_can_be_read(project):
    described = asked(project, "ml_principal_component_info(ref('axes'))")
    assert described == [
        ("principal_component_id", "BIGINT"),
        ("eigenvalue", "DOUBLE"),
        ("explained_variance_ratio", "DOUBLE"),
        ("cumulative_explained_variance_ratio", "DOUBLE"),
    ]
    first, second = project.query("from asked order by principal_component_id")
    assert first[1] > second[1]
    assert second[3] == pytest.approx(first[2] + second[2])
    assert project.query(
        "select evaluation[1].metrics['total_explained_variance_ratio'] from axes"
    ) == [(pytest.approx(second[3]),)]


def test_the_embedding_of_pca_is_its_components(project):
    described = asked(project, "ml_generate_embedding(ref('axes'), ref('points'))")
    assert described == [("ml_generate_embedding_result", "DOUBLE[]"), *INPUT]
    embedded = dict(project.query("select id, ml_generate_embedding_result from asked"))
    asked(project, "ml_predict(ref('axes'), ref('points'))")
    for id, *components in project.query(
        "select id, principal_component_1, principal_component_2 from asked"
    ):
        assert embedded[id] == components


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("groups", [("normalized_distance", "DOUBLE"), ("centroid_id", "BIGINT")]),
        ("axes", [("mean_squared_error", "DOUBLE")]),
    ],
)
def test_anomalies_are_found(project, name, columns):
    points = (
        "select id, x, \"Odd y\", kind from ' ~ ref('points') ~ "
        "' union all select -1, 500, -500, null"
    )
    call = f"ml_detect_anomalies(ref('{name}'), '{points}', 0.1)"
    assert asked(project, call) == [("is_anomaly", "BOOLEAN"), *columns, *INPUT[:4]]
    assert project.query("select is_anomaly from asked where id = -1") == [(True,)]
    [(anomalies,)] = project.query("select count(*) from asked where is_anomaly and id >= 0")
    assert 0 < anomalies <= 6
    everything = f"ml_detect_anomalies(ref('{name}'), ref('points'), 0)"
    asked(project, everything)
    assert project.query("select count(*) from asked where is_anomaly") == [(0,)]


@pytest.mark.parametrize(
    ("name", "metrics"),
    [
        ("groups", ["davies_bouldin_index", "mean_squared_distance"]),
        ("axes", ["total_explained_variance_ratio"]),
    ],
)
def test_an_evaluation_needs_no_label(project, name, metrics):
    columns = [(metric, "DOUBLE") for metric in metrics]
    assert asked(project, f"ml_evaluate(ref('{name}'))") == columns
    kept = project.query("from asked")
    assert asked(project, f"ml_evaluate(ref('{name}'), ref('points'))") == columns
    assert project.query("from asked")[0] == pytest.approx(kept[0])


REFUSED = [
    ("'model_type': 'kmeans', 'num_clusters': 1", ["'num_clusters' must be at least 2"]),
    ("'model_type': 'kmeans', 'num_clusters': 101", ["'num_clusters' must be at most 100"]),
    (
        KMEANS + ", 'distance_type': 'far'",
        ["'distance_type' has no value 'FAR'; choose one of EUCLIDEAN, COSINE"],
    ),
    (
        KMEANS + ", 'kmeans_init_col': 'x'",
        ["'kmeans_init_col' is only valid with kmeans_init_method = CUSTOM"],
    ),
    (KMEANS + ", 'kmeans_init_method': 'custom'", ["'kmeans_init_col' is required"]),
    (
        KMEANS + ", 'kmeans_init_method': 'custom', 'kmeans_init_col': 'first'",
        ["'kmeans_init_col' names the column 'first'", "x, Odd y, kind"],
    ),
    (
        KMEANS + ", 'kmeans_init_method': 'custom', 'kmeans_init_col': 'x'",
        ["'kmeans_init_col' names 'x' of type NUMERIC; CUSTOM needs a BOOL column"],
    ),
    (KMEANS + ", 'data_split_method': 'no_split'", ["'data_split_method' is for LINEAR_REG,"]),
    (KMEANS + ", 'input_label_cols': ['x']", ["'input_label_cols' is for LINEAR_REG,"]),
    (KMEANS + ", 'num_trials': 3", ["'num_trials' needs hyperparameter tuning"]),
    ("'model_type': 'pca'", ["'num_principal_components' or 'pca_explained_variance_ratio'"]),
    (PCA + ", 'pca_explained_variance_ratio': 0.5", ["excludes 'pca_explained_variance_ratio'"]),
    (
        PCA + ", 'pca_solver': 'power'",
        ["'pca_solver' has no value 'POWER'; choose one of FULL, RANDOMIZED, AUTO"],
    ),
    (
        "'model_type': 'pca', 'num_principal_components': 6",
        ["'num_principal_components' = 6 is more than the 5 encoded columns"],
    ),
    (PCA + ", 'enable_global_explain': true", ["'enable_global_explain' is for LINEAR_REG,"]),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_a_training_that_fails_says_why_and_keeps_the_old_model(project, options, words):
    name, good = ("groups", KMEANS) if "kmeans" in options else ("axes", PCA)
    before = project.query(f"from {name}")
    project.model(name, model(options))
    project.dbt("run", "--select", name).failed_saying(name, *words)
    assert project.query(f"from {name}") == before
    project.model(name, model(good))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("ml_centroids(ref('axes'))", ["ml_centroids of axes", "for KMEANS", "is PCA"]),
        ("ml_centroids(ref('points'))", ["ml_centroids", "points", "not a trained model"]),
        ("ml_principal_components(ref('groups'))", ["ml_principal_components of groups", "KMEANS"]),
        ("ml_principal_component_info(ref('line'))", ["of line", "for PCA", "is LINEAR_REG"]),
        ("ml_generate_embedding(ref('groups'), ref('points'))", ["of groups", "for PCA"]),
        (
            "ml_detect_anomalies(ref('line'), ref('points'), 0.1)",
            [
                "ml_detect_anomalies of line",
                "for KMEANS, PCA, ARIMA_PLUS and ARIMA_PLUS_XREG",
                "is LINEAR_REG",
            ],
        ),
        (
            "ml_detect_anomalies(ref('axes'), ref('points'), 0.6)",
            ["ml_detect_anomalies of axes", "contamination", "between 0 and 0.5, got 0.6"],
        ),
        (
            "ml_predict(ref('groups'), ref('points'), keep_original_columns=true)",
            ["ml_predict of groups", "keep_original_columns is for PCA"],
        ),
        ("ml_predict(ref('axes'), ref('points'), threshold=0.3)", ["axes", "threshold is for bin"]),
        (
            "ml_evaluate(ref('axes'), ref('points'), threshold=0.3)",
            ["axes", "threshold"],
        ),
        (
            "ml_predict(ref('axes'), 'select id, x from ' ~ ref('points'))",
            ["axes", "'Odd y' is missing"],
        ),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused(project, call, words):
    project.model("asked", f"select * from {{{{ {call} }}}} as asked")
    project.dbt("run", "--select", "asked").failed_saying(*words)
