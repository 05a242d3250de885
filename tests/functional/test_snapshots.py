"""What changes slowly keeps its history: an aircraft that another carrier takes over."""

from datetime import date

from ingest.nycflights13 import land

LAYERS = ["--select", "resource_type:seed", "tag:lake", "tag:warehouse", "resource_type:snapshot"]
TAIL = "N232PQ"


def test_a_takeover_closes_one_stretch_opens_another_and_keeps_the_old_belief(azekura):
    project = azekura()
    stretches = (
        "select carrier_code, valid_to = timestamp '9999-12-31' from warehouse.dim_aircraft"
        f" where tail_number = '{TAIL}' order by valid_from"
    )
    beliefs = (
        "select carrier_code, valid_to = timestamp '9999-12-31',"
        " dbt_valid_to = timestamp '9999-12-31'"
        " from snapshots.snap_aircraft__carrier_assignment"
        f" where tail_number = '{TAIL}' order by valid_from, dbt_valid_from"
    )
    land(str(project.lake), date(2013, 5, 2), date(2013, 5, 2))
    project.build(*LAYERS)
    assert project.query(stretches) == [("9E", True)]

    land(str(project.lake), date(2013, 5, 21), date(2013, 5, 21))
    project.build(*LAYERS)
    assert project.query(stretches) == [("9E", False), ("EV", True)]
    assert project.query(beliefs) == [
        ("9E", True, False),  # believed to go on, until the takeover was known
        ("9E", False, True),
        ("EV", True, True),
    ]

    project.build(*LAYERS)
    assert len(project.query(beliefs)) == 3, "a run without news adds nothing"
    flown_by = (
        "select distinct aircraft.carrier_code = flight.carrier_code"
        " from warehouse.fct_flight as flight join warehouse.dim_aircraft as aircraft"
        " on flight.aircraft_key = aircraft.aircraft_key"
        " and flight.event_at >= aircraft.valid_from and flight.event_at < aircraft.valid_to"
        " where flight.tail_number is not null"
    )
    assert project.query(flown_by) == [(True,)]


def test_a_first_plain_run_needs_no_snapshot(azekura):
    project = azekura()
    land(str(project.lake), date(2013, 5, 2), date(2013, 5, 2))
    project.dbt("seed").succeeded()
    project.dbt("run", "--select", "tag:lake", "tag:warehouse").succeeded()
    [(aircraft,)] = project.query("select count(*) from warehouse.dim_aircraft")
    assert aircraft > 3000
