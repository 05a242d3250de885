"""Google's own client at the proxy: what someone meets who never heard of this project."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from bqml_proxy.rewriting import HIDDEN_DATASET
from google.api_core.exceptions import BadRequest, Conflict, NotFound
from google.cloud import bigquery

TRAIN = """
create {replace} model `{model}` options(model_type = 'linear_reg', input_label_cols = ['y']) as
select x, {slope} * x + 1 as y from unnest(generate_array(1, 20)) as x
"""
PREDICT = "select x, predicted_y from ml.predict(model `{model}`, (select 30 as x))"


@pytest.fixture(scope="module")
def dataset(client: bigquery.Client):
    client.create_dataset("playground")
    yield "playground"
    client.delete_dataset("playground", delete_contents=True)


def train(client: bigquery.Client, model: str, slope: int, replace: str = "") -> bigquery.QueryJob:
    job = client.query(TRAIN.format(model=model, slope=slope, replace=replace), job_retry=None)
    job.result(job_retry=None)
    return job


def predicted(client: bigquery.Client, model: str) -> float:
    [row] = client.query(PREDICT.format(model=model), job_retry=None).result(job_retry=None)
    return row["predicted_y"]


def test_a_model_is_trained_used_listed_and_deleted(client, dataset):
    model = f"{client.project}.{dataset}.line"
    job = train(client, model, slope=3)
    assert job.statement_type == "CREATE_MODEL"
    assert job.query.strip().startswith("create  model")
    assert list(job.result()) == []
    assert predicted(client, model) == pytest.approx(91, rel=1e-6)
    assert client.get_model(model).model_type == "LINEAR_REGRESSION"
    assert [each.model_id for each in client.list_models(dataset)] == ["line"]
    with pytest.raises(Conflict):
        train(client, model, slope=4)
    assert predicted(client, model) == pytest.approx(91, rel=1e-6)
    client.delete_model(model)
    with pytest.raises(NotFound):
        client.get_model(model)


def test_both_ways_of_asking_give_the_same_rows(client, dataset):
    model = f"{dataset}.both"
    train(client, model, slope=2)
    query = PREDICT.format(model=model)
    rows = [dict(row) for row in client.query(query).result()]
    assert rows == [dict(row) for row in client.query_and_wait(query)]
    assert rows[0]["x"] == 30


@pytest.mark.parametrize(
    ("sql", "error", "words"),
    [
        ("selec 1", BadRequest, "selec"),
        ("select 1 from playground.nothing", NotFound, "playground.nothing"),
        (PREDICT.format(model="playground.nothing"), NotFound, "Model azekura-local:playground"),
        ("select * from ml.predict(model playground.m", BadRequest, "Syntax error"),
        (
            "create model playground.m options(model_type = 'magic') as select 1",
            BadRequest,
            "MAGIC",
        ),
        ("drop model playground.nothing", NotFound, "Model azekura-local:playground.nothing"),
    ],
)
def test_an_error_is_bigquerys(client, dataset, sql, error, words):
    for asked in (client.query_and_wait, _by_a_job(client)):
        with pytest.raises(error, match=words):
            asked(sql, job_retry=None)


def _by_a_job(client: bigquery.Client):
    return lambda sql, job_retry: client.query(sql, job_retry=None).result(job_retry=job_retry)


def test_a_failed_job_is_found_by_its_id(client, dataset):
    sql = PREDICT.format(model=f"{dataset}.nothing")
    job = client.query(sql, job_id="a-job-that-fails", job_retry=None)
    again = client.get_job("a-job-that-fails")
    assert again.state == "DONE"
    assert again.error_result["reason"] == "notFound"
    assert again.query == job.query == sql


def test_two_clients_at_once_have_their_own_models(client, dataset):
    def work(slope: int) -> float:
        model = f"{dataset}.of_slope_{slope}"
        for _ in range(2):
            train(client, model, slope, replace="or replace")
        return predicted(client, model)

    slopes = [2, 5, 7, 11]
    with ThreadPoolExecutor(2) as clients:
        found = list(clients.map(work, slopes))
    assert found == pytest.approx([slope * 30 + 1 for slope in slopes], rel=1e-6)


def test_nothing_is_left_of_what_a_prediction_needed(client, dataset):
    train(client, f"{dataset}.tidy", slope=2)
    predicted(client, f"{dataset}.tidy")
    assert list(client.list_tables(HIDDEN_DATASET)) == []


def test_a_dry_run_trains_nothing(client, dataset):
    sql = TRAIN.format(model=f"{dataset}.dry", slope=2, replace="")
    client.query(sql, job_config=bigquery.QueryJobConfig(dry_run=True))
    with pytest.raises(NotFound):
        client.get_model(f"{dataset}.dry")
