"""The log of what the feature server answered: files that a lake takes as they are."""

import asyncio
import gc
import json
import re
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from feature_server import Client, serve

from serving.server import request_log
from serving.server.request_log import RequestLog
from serving.server.settings import SettingsError


def lines_of(folder: Path) -> list[dict]:
    files = sorted(folder.rglob("*"))
    return [json.loads(line) for file in files if file.is_file() for line in file.open()]


def test_each_entity_and_view_is_a_line_under_the_day_it_was_written(tmp_path):
    log = tmp_path / "lake" / "serving" / "feature_reads"
    started = datetime.now(UTC)
    with Client(serve(tmp_path, request_log=str(log))) as client:
        by_service = client.read(
            "services/late_arrival",
            {"carrier_code": "AA", "origin": "JFK", "destination": "LAX"},
            {"carrier_code": "ZZ", "origin": "LGA", "destination": "JFK"},
        )
        by_view = client.read("views/feat_carrier", {"carrier_code": "AA"})
        client.read("views/feat_carrier", {"carrier_code": 5})  # refused: nothing was served
    lines = lines_of(log)
    assert len(lines) == 2 * 4 + 1
    assert (
        len({(line["request_id"], line["entity_number"], line["view_number"]) for line in lines})
        == 9
    )

    first = lines[0]
    for moment in ("event_at", "requested_at", "ingested_at"):
        assert started <= datetime.fromisoformat(first.pop(moment)) <= datetime.now(UTC)
    answer = by_service.json()
    assert first == {
        "request_id": by_service.headers["x-request-id"],
        "entity_number": 0,
        "view_number": 0,
        "service": "late_arrival",
        "view": "feat_carrier",
        "version": 2,
        "keys": {"carrier_code": "AA"},
        "values": {"late_rate": 0.25},
        "status": "PRESENT",
        "feature_event_at": answer["views"][0]["event_at"][0],
        "feature_known_at": answer["views"][0]["known_at"][0],
    }
    # keys and features have the view's own names, values are JSON as in the answer
    at_origin = [line for line in lines if line["view_number"] == 1]
    assert [(line["keys"], line["values"], line["status"]) for line in at_origin] == [
        ({"airport_code": "JFK"}, {"departures_count": 12}, "PRESENT"),
        ({"airport_code": "LGA"}, {"departures_count": None}, "OUTSIDE_TTL"),
    ]
    [route] = [line for line in lines if line["values"] == {"delay_mean": "NaN"}]
    assert route["keys"] == {"origin": "JFK", "destination": "LAX"}
    last = lines[-1]
    assert (last["service"], last["request_id"]) == (None, by_view.headers["x-request-id"])
    assert last["values"] == {"late_rate": 0.25, "flights_count": str(2**53 + 1)}

    for file in log.rglob("*.ndjson"):
        assert re.fullmatch(r"\d{6}-[0-9a-f]{12}-\d{6}\.ndjson", file.name)
        day = date.fromisoformat(file.parent.name.removeprefix("ingested_date="))
        for line in file.open():
            assert datetime.fromisoformat(json.loads(line)["ingested_at"]).date() == day
    assert not [file for file in log.rglob("*") if file.is_file() and file.suffix != ".ndjson"]


def test_a_folder_that_cannot_be_is_refused_before_the_server_starts(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (str(tmp_path / "file" / "log"), "s3://bucket/log"):
        with pytest.raises(SettingsError, match="request log"):
            serve(tmp_path, request_log=folder)


class Served:
    """What a request was answered, of one view."""

    views = 1

    def __init__(self, number: int, entities: int = 1) -> None:
        self.number = number
        self.entities = entities

    def log_records(self):
        for entity in range(self.entities):
            yield {"number": self.number, "entity": entity}


def run(scenario) -> tuple[dict[str, bytes], int]:
    """The files that a scenario leaves, and how many lines are lost."""
    files: dict[str, bytes] = {}
    lost = []
    asyncio.run(scenario(files, lost.append))
    return files, sum(lost)


def numbers(files: dict[str, bytes]) -> list[int]:
    return [json.loads(line)["number"] for text in files.values() for line in text.splitlines()]


def test_files_are_written_as_time_passes(monkeypatch):
    async def scenario(files, lost):
        log = RequestLog(files.__setitem__, 0.01, lost)
        log.start()
        log.add(Served(1))
        async with asyncio.timeout(20):
            while not files:
                await asyncio.sleep(0.01)
        log.add(Served(2))
        await log.close(20)

    files, lost = run(scenario)
    assert (len(files), numbers(files), lost) == (2, [1, 2], 0)


def test_many_lines_do_not_wait_for_their_time(monkeypatch):
    monkeypatch.setattr(request_log, "LINES_OF_A_FILE", 10)

    async def scenario(files, lost):
        log = RequestLog(files.__setitem__, 3600, lost)
        log.start()
        for number in range(5):
            log.add(Served(number, entities=6))
        async with asyncio.timeout(20):
            while len(files) < 2:
                await asyncio.sleep(0.01)
        await log.close(20)

    files, lost = run(scenario)
    assert (sorted(set(numbers(files))), len(numbers(files)), lost) == ([0, 1, 2, 3, 4], 30, 0)


def test_requests_go_on_between_the_lines_of_a_large_answer():
    async def scenario(files, lost):
        log = RequestLog(files.__setitem__, 3600, lost)
        log.start()
        log.add(Served(1, entities=1000))
        closing = asyncio.create_task(log.close(20))
        turns = 0
        while not closing.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns >= 1000 / request_log.LINES_AT_ONCE

    files, lost = run(scenario)
    assert (len(numbers(files)), lost) == (1000, 0)


def test_a_folder_that_fails_for_a_while_loses_nothing():
    async def scenario(files, lost):
        fails = [True, True]

        def write(path, content):
            if fails and fails.pop():
                raise OSError("The disk is full.")
            files[path] = content

        log = RequestLog(write, 0.01, lost)
        log.start()
        log.add(Served(1))
        async with asyncio.timeout(20):
            while not files:
                await asyncio.sleep(0.01)
        log.add(Served(2))
        await log.close(20)

    files, lost = run(scenario)
    assert (numbers(files), lost) == ([1, 2], 0)


def test_what_a_folder_never_takes_is_counted(monkeypatch, caplog):
    monkeypatch.setattr(request_log, "FILES_WAITING", 1)

    async def scenario(files, lost):
        def write(path, content):
            raise OSError("The disk is full.")

        log = RequestLog(write, 0.01, lost)
        log.start()
        for number in range(3):
            log.add(Served(number))
            await asyncio.sleep(0.05)
        await log.close(20)

    assert run(scenario) == ({}, 3)
    assert "The disk is full." in caplog.text


def test_more_than_memory_should_hold_is_dropped_and_counted(monkeypatch):
    monkeypatch.setattr(request_log, "LINES_WAITING", 10)

    async def scenario(files, lost):
        log = RequestLog(files.__setitem__, 3600, lost)
        for number in range(3):
            log.add(Served(number, entities=4))
        log.start()
        await log.close(20)

    files, lost = run(scenario)
    assert (sorted(set(numbers(files))), lost) == ([0, 1], 4)


def test_an_answer_that_cannot_be_written_down_does_not_end_the_log(caplog):
    class Broken(Served):
        def log_records(self):
            yield {"number": object()}

    async def scenario(files, lost):
        log = RequestLog(files.__setitem__, 3600, lost)
        log.start()
        log.add(Broken(1))
        log.add(Served(2))
        await log.close(20)

    files, lost = run(scenario)
    assert (numbers(files), lost) == ([2], 1)


def test_memory_does_not_grow_with_what_was_served(tmp_path):
    entity = {"carrier_code": "AA", "origin": "JFK", "destination": "LAX"}

    def taken(client: Client, requests: int) -> int:
        """Bytes that Python holds after so many requests more, when all lines are written."""
        for _ in range(requests):
            client.read("services/late_arrival", entity)
        log = client.server.log
        log._wake.set()
        while log._waiting or log._files:
            client.run(asyncio.sleep(0.01))
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    with Client(serve(tmp_path, request_log=str(tmp_path / "log"))) as client:
        taken(client, 100)
        tracemalloc.start()
        try:
            before = taken(client, 100)
            assert taken(client, 1000) - before < 100_000
        finally:
            tracemalloc.stop()
