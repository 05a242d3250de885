"""Whatever is asked, the feature server answers in its own form, and never fails."""

import json

import pytest
from feature_server import TOKEN, TYPES, Client, serve
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    server = serve(tmp_path_factory.mktemp("server"), token=TOKEN, allow_push=True)
    with Client(server, TOKEN) as client:
        yield client


texts = st.text(st.characters(codec=None), max_size=5)  # halves of surrogate pairs among them
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
KEYS_AND_TIMES = ["id", "airport_code", "carrier_code", "origin", "destination", "event_at"]
FEATURES = ["departures_count", "late_rate", "delay_mean", "an_int64", "a_numeric", "is_closed"]
columns = st.sampled_from([*KEYS_AND_TIMES, "known_at", *FEATURES])
moments = st.sampled_from(["2013-02-08T10:15:00Z", "0001-01-01T00:00:00+14:00", "2013-W06", "NaN"])
rows = st.dictionaries(columns, scalars | moments | values, max_size=5)
versions = st.none() | st.integers(0, 3) | values
reads = st.fixed_dictionaries(
    {"entities": st.lists(rows, max_size=3) | values},
    optional={"features": st.lists(columns, max_size=3) | values, "version": versions},
)
pushes = st.fixed_dictionaries(
    {"rows": st.lists(rows, max_size=3) | values}, optional={"version": versions}
)
read_paths = st.sampled_from(
    [
        "/v1/services/late_arrival:read",
        "/v1/views/feat_airport:read",
        "/v1/views/feat_carrier@1:read",
        "/v1/views/feat_types:read",
    ]
)
push_paths = st.sampled_from(
    [
        "/v1/views/feat_route:push",
        "/v1/views/feat_types:push",
        "/v1/views/feat_airport:push",
    ]
)


def check(client: Client, path: str, body: bytes) -> None:
    response = client.post(path, content=body, headers={"Content-Type": "application/json"})
    answer = response.json()
    if response.status_code == 200:
        assert "features" in answer or "rows" in answer
    else:
        assert 400 <= response.status_code < 500, answer
        assert answer["error"].keys() == {"code", "message"}
        assert len(answer["error"]["message"]) < 2000


@settings(max_examples=150)
@given(asked=st.tuples(read_paths, reads | values) | st.tuples(push_paths, pushes | values))
def test_any_json_is_answered_or_refused(client, asked):
    path, query = asked
    check(client, path, json.dumps(query).encode())


@settings(max_examples=100)
@given(path=read_paths | push_paths, body=st.binary(max_size=50))
def test_any_bytes_are_refused(client, path, body):
    check(client, path, body)


KEYS = {
    "feat_types": st.fixed_dictionaries({"id": scalars}),
    "feat_airport": st.fixed_dictionaries({"airport_code": scalars}),
    "feat_route": st.fixed_dictionaries({"origin": scalars, "destination": scalars}),
}


@settings(max_examples=100)
@given(st.sampled_from(sorted(KEYS)).flatmap(lambda v: st.tuples(st.just(v), st.lists(KEYS[v]))))
def test_any_key_is_answered_or_refused(client, asked):
    view, entities = asked
    check(client, f"/v1/views/{view}:read", json.dumps({"entities": entities}).encode())


ROW = {"id": st.integers(0, 3), "event_at": moments} | {
    name: scalars | moments | st.lists(scalars, max_size=3) for name in TYPES
}


@settings(max_examples=100)
@given(row=st.fixed_dictionaries(ROW))
def test_any_row_is_written_or_refused(client, row):
    check(client, "/v1/views/feat_types:push", json.dumps({"rows": [row]}).encode())
    everything = {"entities": [{"id": number} for number in range(4)]}
    check(client, "/v1/views/feat_types:read", json.dumps(everything).encode())
