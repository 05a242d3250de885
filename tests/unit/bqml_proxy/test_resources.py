"""Models of the REST API as Google's client reads them."""

import json

import pytest
from bqml_proxy.errors import BigQueryError
from bqml_proxy.models import ModelReference
from google.cloud.bigquery import Model


def read(trained, name):
    resource = trained.machine_learning.model("p", "d", name)
    return Model.from_api_repr(json.loads(json.dumps(resource, allow_nan=False)))


def columns(fields):
    return {field.name: field.type.type_kind.name for field in fields}


def metrics(model):
    return model.training_runs[-1]["evaluationMetrics"]


@pytest.mark.parametrize(
    ("name", "model_type"),
    [
        ("linear", "LINEAR_REGRESSION"),
        ("logistic", "LOGISTIC_REGRESSION"),
        ("clusters", "KMEANS"),
        ("components", "PCA"),
        ("boosted", "BOOSTED_TREE_REGRESSOR"),
        ("boosted_classes", "BOOSTED_TREE_CLASSIFIER"),
        ("forest", "RANDOM_FOREST_REGRESSOR"),
        ("forest_classes", "RANDOM_FOREST_CLASSIFIER"),
        ("transforming", "TRANSFORM_ONLY"),
    ],
)
def test_every_model_type(trained, name, model_type):
    model = read(trained, name)
    assert model.model_type == model_type
    assert str(model.reference) == str(Model(f"p.d.{name}").reference)
    assert model.created == model.modified
    assert model.etag
    assert (model.training_runs[-1].get("results") is None) == (model_type == "TRANSFORM_ONLY")


def test_a_regression(trained):
    model = read(trained, "linear")
    assert columns(model.feature_columns) == {"miles": "FLOAT64", "carrier": "STRING"}
    assert columns(model.label_columns) == {"minutes": "FLOAT64"}
    [run] = model.training_runs
    assert run["trainingOptions"]["inputLabelColumns"] == ["minutes"]
    assert run["trainingOptions"]["maxIterations"] == "20"
    assert run["trainingOptions"]["lossType"] == "MEAN_SQUARED_LOSS"
    assert run["results"][0]["index"] == 0
    assert metrics(model)["regressionMetrics"]["rSquared"] == pytest.approx(1)
    explained = run["modelLevelGlobalExplanation"]["explanations"]
    assert {row["featureName"] for row in explained} == {"miles", "carrier"}
    assert "classLevelGlobalExplanations" not in run


def test_a_binary_classifier(trained):
    model = read(trained, "logistic")
    found = metrics(model)["binaryClassificationMetrics"]
    assert (found["positiveLabel"], found["negativeLabel"]) == ("true", "false")
    assert 0 <= found["aggregateClassificationMetrics"]["rocAuc"] <= 1


def test_a_classifier_of_three(trained):
    model = read(trained, "multiclass")
    found = metrics(model)["multiClassClassificationMetrics"]
    [matrix] = found["confusionMatrixList"]
    assert [row["actualLabel"] for row in matrix["rows"]] == ["late", "on time", "very late"]
    counted = sum(int(cell["itemCount"]) for row in matrix["rows"] for cell in row["entries"])
    assert counted == 120
    classes = model.training_runs[-1]["classLevelGlobalExplanations"]
    assert {one["classLabel"] for one in classes} == {"late", "on time", "very late"}


def test_clusters_and_components(trained):
    clusters, components = read(trained, "clusters"), read(trained, "components")
    assert metrics(clusters)["clusteringMetrics"]["daviesBouldinIndex"] > 0
    infos = clusters.training_runs[-1]["results"][0]["clusterInfos"]
    assert [info["centroidId"] for info in infos] == ["1", "2", "3"]
    found = metrics(components)["dimensionalityReductionMetrics"]
    assert 0 < found["totalExplainedVarianceRatio"] <= 1
    assert list(clusters.label_columns) == []


def test_a_transform_clause(trained):
    model = read(trained, "transformed")
    assert columns(model.feature_columns) == {"miles": "FLOAT64", "carrier": "STRING"}
    resource = trained.machine_learning.model("p", "d", "transformed")
    assert resource["transformColumns"] == [
        {
            "name": "distance",
            "type": {"typeKind": "FLOAT64"},
            "transformSql": "ml.standard_scaler(miles) over ()",
        },
        {"name": "carrier", "type": {"typeKind": "STRING"}, "transformSql": "carrier"},
        {"name": "minutes", "type": {"typeKind": "FLOAT64"}, "transformSql": "minutes"},
    ]


def test_types_of_columns(proxy):
    proxy.rewrite(
        "create model d.m options(model_type = 'kmeans', num_clusters = 2) as"
        " select price, words, [wind, miles] as v, event_at, flight_date from flights"
        " where price is not null"
    )
    found = proxy.machine_learning.model("p", "d", "m")["featureColumns"]
    assert {column["name"]: column["type"] for column in found} == {
        "price": {"typeKind": "NUMERIC"},
        "words": {"typeKind": "ARRAY", "arrayElementType": {"typeKind": "STRING"}},
        "v": {"typeKind": "ARRAY", "arrayElementType": {"typeKind": "FLOAT64"}},
        "event_at": {"typeKind": "TIMESTAMP"},
        "flight_date": {"typeKind": "DATE"},
    }


def test_the_list_has_the_head_of_each(trained):
    listed = trained.machine_learning.models("p", "d")
    names = [model["modelReference"]["modelId"] for model in listed]
    assert names == sorted(names)
    assert len(names) == 14
    assert set(listed[0]) == {"modelReference", "modelType", "creationTime", "lastModifiedTime"}
    assert trained.machine_learning.models("p", "nothing") == []


@pytest.mark.parametrize("method", ["model", "delete"])
def test_a_missing_model(trained, method):
    with pytest.raises(BigQueryError) as refused:
        getattr(trained.machine_learning, method)("p", "d", "nothing")
    assert (refused.value.code, refused.value.reason) == (404, "notFound")
    assert refused.value.message == "Not found: Model p:d.nothing"


def test_a_model_is_deleted(proxy):
    proxy.rewrite(
        "create model d.m options(model_type = 'kmeans', num_clusters = 2) as"
        " select wind, miles from flights"
    )
    proxy.machine_learning.delete("p", "d", "m")
    assert proxy.machine_learning.models("p", "d") == []


def test_a_copy_is_the_model_and_takes_the_place_of_another(proxy):
    for name, clusters in (("m", 2), ("other", 3)):
        proxy.rewrite(
            f"create model d.{name} options(model_type = 'kmeans', num_clusters = {clusters}) as"
            " select wind, miles from flights"
        )
    source, other = (ModelReference("p", "d", name) for name in ("m", "other"))
    copied = proxy.machine_learning.copy
    with pytest.raises(BigQueryError) as refused:
        copied(source, other, False)
    assert refused.value.code == 409
    assert copied(source, other, True)
    assert copied(source, ModelReference("p", "elsewhere", "m"), False)
    assert not copied(ModelReference("p", "d", "nothing"), other, True)
    distances = [
        proxy.rows(
            f"select nearest_centroids_distance from ml.predict(model {name}, table flights)"
        )
        for name in ("d.m", "d.other", "elsewhere.m")
    ]
    assert distances[0] == distances[1] == distances[2]
