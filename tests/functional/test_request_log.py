"""The feature server's request log is a table of the lake, as the documentation declares it."""

import re

from feature_server import Client, serve
from projects import ROOT


def test_each_line_of_the_log_is_a_record_of_the_lake(tiny, tmp_path):
    project = tiny()
    with Client(serve(tmp_path, request_log=str(project.lake / "serving/feature_reads"))) as client:
        flight = {"carrier_code": "AA", "origin": "JFK", "destination": "LAX"}
        client.read("services/late_arrival", flight, {**flight, "carrier_code": None})
        client.read("views/feat_types", {"id": 2**62})

    text = (ROOT / "docs" / "feature_server.md").read_text()
    [declared] = re.findall(r"```yaml\n(sources:.*?)```", text, re.DOTALL)
    (project.root / "models" / "_serving__sources.yml").write_text(declared)
    project.model("reads", "select * from {{ lake_records('serving', 'feature_reads') }} as reads")
    project.dbt("run").succeeded()

    assert project.query("select count(*), count(reject_reason) from reads") == [(9, 0)]
    assert (
        project.query(
            """
        select service, view, version, "keys", "values", status
        from reads
        where requested_at <= event_at and event_at <= ingested_at and view_number = 1
        order by entity_number
        """
        )
        == [
            (
                "late_arrival",
                "feat_airport",
                1,
                '{"airport_code":"JFK"}',
                '{"departures_count":12}',
                "PRESENT",
            )
        ]
        * 2
    )
    assert project.query(
        """
        select "keys", "values" ->> 'an_int64', feature_known_at < requested_at
        from reads
        where service is null
        """
    ) == [('{"id":"4611686018427387904"}', "5", True)]
    assert project.query(
        "select view_number, status, feature_event_at from reads where \"keys\" like '%null%'"
    ) == [(0, "NOT_FOUND", None)]
