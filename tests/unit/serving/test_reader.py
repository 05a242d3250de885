"""Reads of views and services by names."""

from datetime import timedelta

import pytest
from feature_views import at, make_view, row

from serving.definitions import FeatureService, ServiceView
from serving.errors import UnknownNameError, UnsupportedError, ValueRefusedError
from serving.reader import read_service, read_view
from serving.stores.base import Status

CARRIER = make_view(
    {"carrier_code": "STRING"}, {"rate_7d": "FLOAT64", "count_7d": "INT64"}, name="feat_carrier"
)
ROUTE = make_view(
    {"origin_code": "STRING", "destination_code": "STRING"},
    {"minutes": "FLOAT64"},
    name="feat_route",
    ttl=timedelta(minutes=5),
)
SERVICE = FeatureService(
    name="late_arrival",
    views=(
        ServiceView(CARRIER, (("carrier", "carrier_code"),), (("rate_7d", "late_rate_7d"),)),
        ServiceView(
            ROUTE,
            (("from", "origin_code"), ("to", "destination_code")),
            (("minutes", "minutes"),),
        ),
        ServiceView(
            ROUTE, (("to", "origin_code"), ("from", "destination_code")), (("minutes", "back"),)
        ),
    ),
    training_set="ml_late_arrival__training_set",
    unique_id="",
    at="predicted_at",
)


@pytest.fixture
def filled(store):
    for view, rows in {
        CARRIER: [row(CARRIER, "UA", 0, 0, 0.5, 7)],
        ROUTE: [row(ROUTE, ("JFK", "LAX"), 0, 0, 300.0), row(ROUTE, ("LAX", "JFK"), -9, 0, 320.0)],
    }.items():
        with store.materializing(view) as materialization:
            materialization.finish(None)
        store.write_rows(view, rows)
    return store


def test_a_service_gives_the_features_of_its_training_set_by_their_names(filled):
    entities = [
        {"carrier": "UA", "from": "JFK", "to": "LAX"},
        {"to": "JFK", "carrier": None, "from": "LAX"},
    ]
    first, second = read_service(filled, SERVICE, entities, at(0))
    assert first.values == {"late_rate_7d": 0.5, "minutes": 300.0, "back": None}
    assert first.statuses == (Status.PRESENT, Status.PRESENT, Status.OUTSIDE_TTL)
    assert second.values == {"late_rate_7d": None, "minutes": None, "back": 300.0}
    assert second.statuses == (Status.NOT_FOUND, Status.OUTSIDE_TTL, Status.PRESENT)
    assert read_service(filled, SERVICE, [], at(0)) == []


def test_a_view_is_read_by_its_keys_in_any_order(filled):
    entity = {"destination_code": "LAX", "origin_code": "JFK"}
    [answer] = read_view(filled, ROUTE, [entity], at(0))
    assert answer.values == (300.0,)
    [answer] = read_view(filled, CARRIER, [{"carrier_code": "UA"}], columns=["count_7d"])
    assert answer.values == (7,)


@pytest.mark.parametrize(
    ("entity", "error", "said"),
    [
        ({"carrier": "UA", "from": "JFK"}, ValueRefusedError, "'to' is missing"),
        (
            {"carrier": "UA", "from": "JFK", "to": "LAX", "form": 1},
            UnknownNameError,
            "no key 'form' of late_arrival (there are: carrier, from, to); did you mean 'from'?",
        ),
        ({"carrier": 7, "from": "a", "to": "b"}, ValueRefusedError, "feat_carrier@1.carrier_code"),
    ],
)
def test_an_entity_that_a_service_does_not_know_is_refused(filled, entity, error, said):
    with pytest.raises(error) as raised:
        read_service(filled, SERVICE, [entity])
    assert said in str(raised.value)


def test_a_service_that_fills_is_refused_because_one_state_is_not_enough(store):
    service = FeatureService(
        "s", SERVICE.views, "ml_s__training_set", "", "predicted_at", fill="last_non_null"
    )
    with pytest.raises(UnsupportedError, match="fills with last_non_null"):
        read_service(store, service, [])


def test_a_view_that_is_not_online_is_refused(store):
    with pytest.raises(UnsupportedError, match=r"feat_user__stats@1 is not online: set `online"):
        read_view(store, make_view(online=False), [{"user_id": 1}])
