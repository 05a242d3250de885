"""Rows written to the feature server: by whom, of which form, all or none."""

from datetime import UTC, datetime, timedelta

import pytest
from feature_server import NOW, TOKEN, Client, serve


@pytest.fixture
def client(tmp_path):
    server = serve(tmp_path, token=TOKEN, allow_push=True, max_entities=5)
    with Client(server, TOKEN) as client:
        yield client


def at(minutes: float) -> str:
    return (NOW - timedelta(minutes=minutes)).isoformat()


def push(client: Client, *rows: object, view: str = "feat_airport", **query):
    return client.post(f"/v1/views/{view}:push", {"rows": list(rows), **query})


def departures(client: Client, *codes: str) -> list:
    answer = client.read("views/feat_airport", *[{"airport_code": code} for code in codes]).json()
    [view] = answer["views"]
    return list(zip(answer["features"]["departures_count"], view["status"], strict=True))


def test_a_row_that_is_pushed_is_read(client):
    response = push(client, {"airport_code": "SFO", "event_at": at(1), "departures_count": 3})
    assert (response.status_code, response.json()) == (
        200,
        {"view": "feat_airport", "version": 1, "rows": 1},
    )
    answer = client.read("views/feat_airport", {"airport_code": "SFO"}).json()
    assert answer["features"] == {"departures_count": [3]}
    known_at = datetime.fromisoformat(answer["views"][0]["known_at"][0])
    assert timedelta(0) <= datetime.now(UTC) - known_at < timedelta(minutes=1)


def test_late_and_repeated_rows_replace_nothing_newer(client):
    newer = {"airport_code": "JFK", "event_at": at(5), "known_at": at(5), "departures_count": 20}
    older = {"airport_code": "JFK", "event_at": at(10), "known_at": at(1), "departures_count": 10}
    correction = {**newer, "known_at": at(4), "departures_count": 21}
    assert push(client, newer, older).status_code == 200
    assert departures(client, "JFK") == [(20, "PRESENT")]
    assert push(client, correction, newer).status_code == 200
    assert departures(client, "JFK") == [(21, "PRESENT")]


def test_a_row_may_take_an_entity_away_and_bring_it_back(client):
    gone = {"airport_code": "JFK", "event_at": at(5), "departures_count": None, "is_closed": True}
    assert push(client, gone).status_code == 200
    assert departures(client, "JFK") == [(None, "NOT_FOUND")]
    back = {"airport_code": "JFK", "event_at": at(4), "departures_count": 1, "is_closed": False}
    assert push(client, back).status_code == 200
    assert departures(client, "JFK") == [(1, "PRESENT")]


def test_a_version_is_written_that_is_asked_for(client):
    row = {"carrier_code": "AA", "event_at": at(1), "late_rate": "Infinity"}
    assert push(client, row, view="feat_carrier", version=1).json()["version"] == 1
    older = client.read("views/feat_carrier", {"carrier_code": "AA"}, version=1).json()
    newer = client.read("views/feat_carrier", {"carrier_code": "AA"}).json()
    assert older["features"]["late_rate"] == ["Infinity"]
    assert newer["features"]["late_rate"] == [0.25]


def test_values_are_read_as_they_are_written(client):
    values = {
        "an_int64": str(2**63 - 1),
        "a_float64": 1,
        "a_bool": False,
        "a_string": "Zürich",
        "a_bytes": "AP8=",
        "a_date": "2013-02-08",
        "a_datetime": "2013-02-08T10:15:00",
        "a_time": "10:15:00",
        "a_timestamp": "2013-02-08T10:15:00Z",
        "a_numeric": "-12.000000001",
        "an_array": [1, str(2**62)],
    }
    assert push(client, {"id": 7, "event_at": at(1), **values}, view="feat_types").json()
    answer = client.read("views/feat_types", {"id": 7}).json()
    assert {name: column[0] for name, column in answer["features"].items()} == values


GOOD = {"airport_code": "ABC", "event_at": "2013-02-08T10:15:00Z", "departures_count": 1}


@pytest.mark.parametrize(
    ("bad", "status", "code", "says"),
    [
        ("ABC", 400, "malformed_request", "Row 2 is"),
        ({**GOOD, "x": 1}, 400, "malformed_request", 'Row 2 has "x"'),
        ({"airport_code": "ABC", "event_at": GOOD["event_at"]}, 400, "malformed_request", "lacks"),
        ({**GOOD, "departures_count": "many"}, 400, "value_refused", "departures_count is INT64"),
        ({**GOOD, "departures_count": 1.50}, 400, "value_refused", "INT64; 1.5 (float) is not"),
        ({**GOOD, "event_at": "2013-02-08T10:15:00"}, 400, "value_refused", "time zone"),
        ({**GOOD, "event_at": "yesterday"}, 400, "value_refused", "event_at is TIMESTAMP"),
        ({**GOOD, "event_at": None}, 400, "value_refused", "event_at is NULL"),
        ({**GOOD, "airport_code": None}, 400, "value_refused", "airport_code is NULL"),
        ({**GOOD, "is_closed": "no"}, 400, "value_refused", "is_closed is BOOL"),
        (
            {**GOOD, "known_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()},
            400,
            "known_in_the_future",
            "not yet",
        ),
    ],
)
def test_a_wrong_row_is_told_and_none_is_written(client, bad, status, code, says):
    good = {**GOOD, "event_at": at(1)}
    response = push(client, good, bad)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert says in error["message"]
    assert departures(client, "ABC") == [(None, "NOT_FOUND")]


@pytest.mark.parametrize(
    ("query", "status"),
    [({}, 400), ({"rows": []}, 400), ({"rows": [GOOD] * 6}, 413), ({"row": [GOOD]}, 400)],
)
def test_a_push_needs_rows_and_not_too_many(client, query, status):
    assert client.post("/v1/views/feat_airport:push", query).status_code == status


def test_an_event_of_years_ahead_does_not_keep_later_rows_out(client):
    ahead = (datetime.now(UTC) + timedelta(days=2000)).isoformat()
    response = push(client, {**GOOD, "event_at": ahead})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "event_in_the_future")
    assert push(client, {**GOOD, "event_at": at(1)}).status_code == 200
    assert departures(client, "ABC") == [(1, "PRESENT")]


def test_a_row_pushed_to_a_server_of_the_past_is_not_known_there(tmp_path):
    past = datetime(2013, 2, 8, 11, tzinfo=UTC)
    with Client(serve(tmp_path, token=TOKEN, allow_push=True, at=past), TOKEN) as client:
        known = {**GOOD, "airport_code": "DEF", "known_at": "2013-02-08T10:30:00Z"}
        assert push(client, GOOD, known).status_code == 200
        assert departures(client, "ABC", "DEF") == [(None, "NOT_AVAILABLE_AT"), (1, "PRESENT")]


def test_only_views_that_are_there_and_online_take_rows(client):
    assert push(client, GOOD, view="feat_nothing").status_code == 404
    assert push(client, GOOD, view="feat_offline").json()["error"]["code"] == "unsupported"
    assert client.post("/v1/services/late_arrival:push", {}).status_code == 405


def test_a_server_is_read_only_unless_told_otherwise(tmp_path):
    with Client(serve(tmp_path, token=TOKEN), TOKEN) as client:
        response = push(client, GOOD)
        assert (response.status_code, response.json()["error"]["code"]) == (403, "read_only")
