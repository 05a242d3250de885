"""What the feature server answers to a read, by service and by view."""

import base64
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from feature_server import NOW, Client, materialize, row, serve

from serving.errors import StoreUnavailableError
from serving.registry import Registry
from serving.stores.opening import open_store


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with Client(serve(tmp_path_factory.mktemp("server"), max_entities=5)) as client:
        yield client


def ago(minutes: int) -> str:
    return datetime.fromtimestamp(NOW.timestamp() - 60 * minutes, UTC).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def error(response) -> tuple[int, str, str]:
    found = response.json()["error"]
    return response.status_code, found["code"], found["message"]


def test_a_service_reads_several_views_and_kinds_of_entities_in_one_call(client):
    response = client.read(
        "services/late_arrival",
        {"carrier_code": "AA", "origin": "JFK", "destination": "LAX"},
        {"carrier_code": "BB", "origin": "LGA", "destination": "JFK"},
        {"carrier_code": None, "origin": "EWR", "destination": "JFK"},
    )
    assert response.status_code == 200
    assert response.json() == {
        "service": "late_arrival",
        "features": {
            "late_rate": [0.25, None, None],
            "origin_departures_count": [12, None, None],
            "destination_departures_count": [None, 12, 12],
            "delay_mean": ["NaN", None, None],
        },
        "views": [
            {
                "view": "feat_carrier",
                "version": 2,
                "features": ["late_rate"],
                "status": ["PRESENT", "NULL", "NOT_FOUND"],
                "event_at": [ago(60), ago(60), None],
                "known_at": [ago(60), ago(60), None],
            },
            {
                "view": "feat_airport",
                "version": 1,
                "features": ["origin_departures_count"],
                "status": ["PRESENT", "OUTSIDE_TTL", "NOT_FOUND"],
                "event_at": [ago(30), ago(200), None],
                "known_at": [ago(30), ago(200), None],
            },
            {
                "view": "feat_airport",
                "version": 1,
                "features": ["destination_departures_count"],
                "status": ["NOT_FOUND", "PRESENT", "PRESENT"],
                "event_at": [None, ago(30), ago(30)],
                "known_at": [None, ago(30), ago(30)],
            },
            {
                "view": "feat_route",
                "version": 1,
                "features": ["delay_mean"],
                "status": ["PRESENT", "NOT_FOUND", "NOT_FOUND"],
                "event_at": [ago(10), None, None],
                "known_at": [ago(10), None, None],
            },
        ],
    }


def test_some_features_of_a_service_read_only_their_views(client):
    response = client.read(
        "services/late_arrival",
        {"carrier_code": "AA", "origin": "JFK", "destination": "LAX"},
        features=["destination_departures_count"],
    )
    answer = response.json()
    assert answer["features"] == {"destination_departures_count": [None]}
    assert [view["view"] for view in answer["views"]] == ["feat_airport"]
    # and need only their keys
    least = client.read(
        "services/late_arrival", {"destination": "LAX"}, features=["destination_departures_count"]
    )
    assert least.json() == answer


def test_a_view_is_read_in_its_latest_version_or_the_one_asked_for(client):
    latest = client.read("views/feat_carrier", {"carrier_code": "AA"})
    assert latest.json()["features"] == {"late_rate": [0.25], "flights_count": [str(2**53 + 1)]}
    assert "sunset" not in latest.headers
    older = client.read("views/feat_carrier", {"carrier_code": "AA"}, version=1)
    assert older.json()["features"] == {"late_rate": [0.25]}
    assert older.headers["sunset"] == "Tue, 01 Jan 2030 00:00:00 GMT"
    assert client.read("views/feat_carrier@1", {"carrier_code": "AA"}).json() == older.json()


def test_a_status_is_about_the_features_asked_for(client):
    rates = client.read("views/feat_carrier", {"carrier_code": "BB"}, features=["late_rate"])
    assert rates.json()["views"][0]["status"] == ["NULL"]


def test_values_are_json_as_bigquery_writes_it(tmp_path):
    server = serve(tmp_path)
    view = server.manifest.plans.registry.view("feat_types")
    values = {
        "an_int64": -(2**63),
        "a_float64": float("-inf"),
        "a_bool": True,
        "a_string": "Zürich\u2028\x00",
        "a_bytes": b"\x00\xff",
        "a_date": date(2013, 2, 8),
        "a_datetime": datetime(2013, 2, 8, 10, 15),
        "a_time": time(10, 15, 0, 1),
        "a_timestamp": datetime(2013, 2, 8, 10, 15, tzinfo=UTC),
        "a_numeric": Decimal("12.50"),
        "an_array": [1, 2**53 + 1],
    }
    materialize(server.store, view, row(1, id=1, **values), row(1, id=2, an_int64=2**53))
    with Client(server) as client:
        answer = client.read("views/feat_types", {"id": 1}, {"id": 2}).json()["features"]
    assert {name: column[0] for name, column in answer.items()} == {
        "an_int64": "-9223372036854775808",
        "a_float64": "-Infinity",
        "a_bool": True,
        "a_string": "Zürich\u2028\x00",
        "a_bytes": base64.b64encode(b"\x00\xff").decode(),
        "a_date": "2013-02-08",
        "a_datetime": "2013-02-08T10:15:00",
        "a_time": "10:15:00.000001",
        "a_timestamp": "2013-02-08T10:15:00Z",
        "a_numeric": "12.5",
        "an_array": [1, str(2**53 + 1)],
    }
    assert answer["an_int64"][1] == 2**53


def test_an_int64_key_is_a_number_or_its_digits(client):
    big = 2**62
    response = client.read("views/feat_types", {"id": big}, {"id": str(big)}, {"id": 3})
    assert response.json()["features"]["an_int64"] == [5, 5, None]
    assert response.json()["views"][0]["status"] == ["PRESENT", "PRESENT", "NOT_FOUND"]


@pytest.mark.parametrize(
    ("what", "query", "status", "code", "says"),
    [
        ("services/late_arival", {}, 404, "unknown_name", "did you mean 'late_arrival'"),
        ("views/feat_carier", {}, 404, "unknown_name", "did you mean 'feat_carrier'"),
        ("views/feat_carrier", {"version": 3}, 404, "unknown_name", "no version 3"),
        ("views/feat_carrier@x", {}, 404, "unknown_name", "no version 'x'"),
        ("views/feat_carrier", {"version": "2"}, 400, "malformed_request", '"version" is a number'),
        ("views/feat_carrier", {"version": True}, 400, "malformed_request", "not true"),
        ("views/feat_offline", {}, 400, "unsupported", "`online: true`"),
        ("services/half_offline", {}, 400, "unsupported", "feat_offline@1"),
        ("services/filled", {}, 400, "unsupported", "last_non_null"),
        ("views/feat_carrier", {"entitys": []}, 400, "malformed_request", 'not "entitys"'),
        ("services/late_arrival", {"version": 1}, 400, "malformed_request", 'not "version"'),
        ("views/feat_carrier", {}, 400, "malformed_request", '"entities" is a list'),
        ("views/feat_carrier", {"entities": []}, 400, "malformed_request", '"entities" is a list'),
        ("views/feat_carrier", {"entities": ["AA"]}, 400, "malformed_request", 'Entity 1 is "AA"'),
        (
            "services/late_arrival",
            {"entities": [{"carrier_code": "AA", "orign": "JFK", "destination": "LAX"}]},
            400,
            "malformed_request",
            'Entity 1 lacks "origin"',
        ),
        (
            "views/feat_carrier",
            {"entities": [{"carrier_code": "AA"}, {"carrier_code": "AA", "carier": 1}]},
            400,
            "malformed_request",
            'Entity 2 has "carier"',
        ),
        (
            "views/feat_carrier",
            {"entities": [{"carrier_code": "AA"}, {"carrier_code": 5}]},
            400,
            "value_refused",
            "Entity 2: carrier_code is STRING; 5",
        ),
        ("views/feat_types", {"entities": [{"id": 2**63}]}, 400, "value_refused", "id is INT64"),
        ("views/feat_types", {"entities": [{"id": 1.0}]}, 400, "value_refused", "id is INT64"),
        ("views/feat_types", {"entities": [{"id": True}]}, 400, "value_refused", "id is INT64"),
        (
            "views/feat_carrier",
            {"entities": [{"carrier_code": "AA"}], "features": ["late_rat"]},
            400,
            "unknown_feature",
            "did you mean 'late_rate'",
        ),
        (
            "views/feat_carrier",
            {"entities": [{"carrier_code": "AA"}], "features": "late_rate"},
            400,
            "malformed_request",
            '"features" is a list',
        ),
        ("views/feat_carrier", {"features": []}, 400, "malformed_request", '"features" is a list'),
        ("views/feat_carrier", {"features": ["late_rate"] * 2}, 400, "malformed_request", "twice"),
        (
            "views/feat_carrier",
            {"entities": [{"carrier_code": "AA"}] * 6},
            413,
            "too_many_entities",
            "6 entities are more than the 5",
        ),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong_with_it(client, what, query, status, code, says):
    found = error(client.post(f"/v1/{what}:read", query))
    assert found[:2] == (status, code)
    assert says in found[2]
    assert found[2].endswith((".", "?")) and "\n" not in found[2]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "line 1, column 1"),
        (b"{", "line 1, column 2"),
        (b'{"entities": [{"id": NaN}]}', "NaN is not JSON"),
        (b"\xff", "not UTF-8"),
        (b'{"entities": [{"id": ' + b"9" * 5000 + b"}]}", "request is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_wrong_json_is_told_where_it_is_wrong(client, body, says):
    response = client.post(
        "/v1/views/feat_types:read", content=body, headers={"Content-Type": "application/json"}
    )
    assert error(response)[:2] == (400, "invalid_json")
    assert says in error(response)[2]


def test_half_a_surrogate_pair_is_no_key(client):
    response = client.post(
        "/v1/views/feat_carrier:read",
        content=rb'{"entities": [{"carrier_code": "\ud800"}]}',
        headers={"Content-Type": "application/json"},
    )
    assert error(response)[:2] == (400, "value_refused")
    named = client.post(
        "/v1/views/feat_carrier:read",
        content=rb'{"entities": [{"\ud800": "AA"}]}',
        headers={"Content-Type": "application/json"},
    )
    assert error(named)[:2] == (400, "malformed_request")


def test_a_view_that_is_not_materialized_is_told_so(tmp_path):
    server = serve(tmp_path)
    server.store.drop("feat_route", 1)
    with Client(server) as client:
        response = client.read("views/feat_route", {"origin": "JFK", "destination": "LAX"})
        assert error(response)[:2] == (503, "not_materialized")
        assert "python -m serving materialize" in error(response)[2]


def test_a_store_that_is_down_is_told_so_and_counted(tmp_path):
    server = serve(tmp_path)

    def down(*_):
        raise StoreUnavailableError("The online store cannot be reached.")

    server.store.read = down
    with Client(server) as client:
        response = client.read("views/feat_carrier", {"carrier_code": "AA"})
        assert error(response)[:2] == (503, "store_unavailable")
        assert "azekura_serving_store_errors_total 1.0" in client.get("/metrics").text


def test_a_failure_of_the_server_says_nothing_of_its_inside(tmp_path):
    server = serve(tmp_path)
    server.store.read = lambda *_: 1 / 0
    with Client(server) as client:
        response = client.read("views/feat_carrier", {"carrier_code": "AA"})
        status, code, says = error(response)
        assert (status, code) == (500, "internal")
        assert "division" not in says


def test_a_build_switched_in_while_serving_is_what_the_next_read_sees(tmp_path):
    server = serve(tmp_path)
    with Client(server) as client:
        before = client.read("views/feat_airport", {"airport_code": "JFK"}).json()
        with open_store(server.settings.store) as other:
            view = Registry.from_manifest(server.settings.manifest).view("feat_airport")
            materialize(other, view, row(5, airport_code="JFK", departures_count=99))
        after = client.read("views/feat_airport", {"airport_code": "JFK"}).json()
    assert (before["features"], after["features"]) == (
        {"departures_count": [12]},
        {"departures_count": [99]},
    )


def test_both_stores_are_served_alike(client, store_url, tmp_path):
    asked = (
        "services/late_arrival",
        {"carrier_code": "AA", "origin": "JFK", "destination": "LAX"},
        {"carrier_code": "ZZ", "origin": "EWR", "destination": "LGA"},
    )
    with Client(serve(tmp_path, store_url)) as other:
        assert other.read(*asked).json() == client.read(*asked).json()
        assert other.get("/readyz").json()["status"] == "ready"


def test_data_of_the_past_are_read_as_they_were(tmp_path):
    at = NOW - timedelta(minutes=100)
    with Client(serve(tmp_path, at=at)) as client:
        answer = client.read("views/feat_airport", {"airport_code": "LGA"}).json()
    assert answer["views"][0]["status"] == ["PRESENT"]  # 100 minutes old by then, 200 now


@pytest.mark.parametrize("size", [1, 20])
def test_a_server_of_the_past_does_not_tell_what_came_later(tmp_path, size):
    server = serve(tmp_path, at=NOW - timedelta(minutes=60))
    server._in_loop = 3  # both ways, in the event loop and in a thread
    entity = {"carrier_code": "AA", "origin": "JFK", "destination": "LAX"}
    with Client(server) as client:
        answer = client.read("services/late_arrival", *[entity] * size).json()
    assert answer["features"]["late_rate"] == [0.25] * size  # known at that very moment
    assert [view["status"][0] for view in answer["views"]] == [
        *("PRESENT", "NOT_AVAILABLE_AT", "NOT_FOUND", "NOT_AVAILABLE_AT")
    ]
    for view in answer["views"][1:]:
        assert view["event_at"] == view["known_at"] == [None] * size
        assert answer["features"][view["features"][0]] == [None] * size


def test_of_two_equal_keys_of_an_object_the_first_counts(client):
    response = client.post(
        "/v1/views/feat_airport:read",
        content=b'{"entities": [{"airport_code": "JFK", "airport_code": "LGA"}], "entities": []}',
        headers={"Content-Type": "application/json"},
    )
    assert response.json()["features"] == {"departures_count": [12]}


def test_many_entities_are_read_as_one_is(tmp_path):
    server = serve(tmp_path)
    server._in_loop = 3  # both ways, in the event loop and in a thread
    entities = [{"airport_code": code} for code in ("JFK", "LGA", "EWR", "ABC", "JFK")]
    with Client(server) as client:
        whole = client.read("views/feat_airport", *entities).json()
        parts = [client.read("views/feat_airport", entity).json() for entity in entities]
    for name in ("status", "event_at", "known_at"):
        assert whole["views"][0][name] == [part["views"][0][name][0] for part in parts]
    assert whole["features"]["departures_count"] == [
        part["features"]["departures_count"][0] for part in parts
    ]
