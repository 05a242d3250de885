"""A value that is pushed is read as the lake reads it: it means the same, or both refuse it."""

import json
import re
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from feature_server import TOKEN, Client, manifest, node
from projects import Tiny

from serving.registry import Registry
from serving.server.app import FeatureServer
from serving.server.settings import Settings
from serving.stores.opening import open_store

TYPES = ["int64", "float64", "numeric", "bool", "date", "timestamp", "string"]
REFUSED = "refused"
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = NOW.date()

# JSON as it is written; each is tried as a value of every type
WRITTEN = [
    *("0", "1", "-1", "-0", "1.0", "1.50", "-0.0", "1e2", "1E-2", "1e400", "-1e400", "1e-400"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775808", "1" + "0" * 30),
    *("883406386745030.3", "0.1", "0.1234567891", "0.12345678950", "1234567890123456789.123456789"),
    *("99999999999999999999999999999.999999999", "1e28", "1e29", "123456789012345678901234567890"),
    *("true", "false", "null", "[]", "{}", "[1]", '""', '" "', '"x"', '"ü"'),
    *(
        '"1"',
        '"-1"',
        '"+1"',
        '" 1 "',
        '"\\t1\\n"',
        '"\\u00a01"',
        '"1_000"',
        '"1,000"',
        '"١"',
        '"１"',
    ),
    *('"0x1F"', '"-0X10"', '"0x"', '"0xFFFFFFFFFFFFFFFF"', '"0x7FFFFFFFFFFFFFFF"', '"0b1"', '"01"'),
    *('"-0x8000000000000000"', '"1.0"', '".5"', '"5."', '"1e5"', '"1e"', '"--1"', '"+-1"', '"1 2"'),
    *('"NaN"', '"nan"', '"-nan"', '"inf"', '"Infinity"', '"-Infinity"', '"+inf"', '"infinit"'),
    *('"1e400"', '"0x1p3"', '"1f"', '"1d"', '"1.5.5"', '"1\\u0000"', '"0.12345678950"', '" 1.5 "'),
    *('"1e28"', '"1e29"', '"0.0000000001"', '"0.0000000005"', '"-0.0000000005"', '"1E+2"'),
    *('"true"', '"TRUE"', '"False"', '" true"', '"t"', '"yes"', '"1.50"', '"ſ"', '"fa\\u017fe"'),
    *('"2013-02-08"', '"2013-2-8"', '"20130208"', '"2013-W06-5"', '"2013-02-30"', '"0000-01-01"'),
    *(
        '"0001-01-01"',
        '"9999-12-31"',
        '"10000-01-01"',
        '"2013-02-08 "',
        '" 2013-02-08"',
        '"2013-039"',
    ),
    *('"-2013-02-08"', '"2013/02/08"', '"２０13-02-08"', '"2013-02-08T10:15:00Z"', '"13-02-08"'),
    *('"2013-02-08t10:15:00z"', '"2013-02-08 10:15:00 UTC"', '"2013-02-08 10:15:00+00"'),
    *('"2013-02-08T10:15:00+09:00"', '"2013-02-08T10:15:00+9"', '"2013-02-08T10:15:00+0930"'),
    *('"2013-02-08T10:15:00-14:00"', '"2013-02-08T10:15:00+14:01"', '"2013-02-08T10:15:00+15"'),
    *('"2013-02-08T10:15:00+09:60"', '"2013-02-08T10:15:00+09:00:30"', '"2013-02-08T23:59:60Z"'),
    *('"2013-02-08T10:15:60Z"', '"2013-12-31T23:59:60.5Z"', '"2013-02-08T10:15:61Z"'),
    *('"2013-02-08T24:00:00Z"', '"2013-02-08T10:15Z"', '"2013-02-08T1:2:3Z"', '"20130208T101500Z"'),
    *('"2013-W06-5T10:15:00Z"', '"2013-02-08T10:15:00.123456Z"', '"2013-02-08T10:15:00.1Z"'),
    *(
        '"2013-02-08T10:15:00.123456789Z"',
        '"2013-02-08T10:15:00.9999999Z"',
        '"2013-02-08T10:15:00,5Z"',
    ),
    *('"2013-02-08T10:15:00.1234567890Z"', '"2013-02-08T10:15:00.Z"', '"2013-02-08  10:15:00Z"'),
    *('"2013-02-08x10:15:00Z"', '"2013-02-08T10:15:00Europe/Paris"', '"2013-02-08 10:15:00 Z"'),
    *('"0001-01-01T00:00:00+01:00"', '"0001-01-01T00:00:00-01:00"', '"9999-12-31T23:59:59-01:00"'),
    *(
        '"9999-12-31T23:59:60Z"',
        '"2013-02-08T10:15:00Z\\n"',
        '"1360318500"',
        '"\\u0007"',
        '"\\ud800"',
    ),
    *(json.dumps("x" * 100_000), json.dumps("9" * 5000), "9" * 4000, '"a\\u0000b"', '"\\ufeff1"'),
]


# whole members of an object, where the JSON itself is what may be refused
MEMBERS = [
    *(
        '"a_int64": 1, "a_int64": 2',
        '"a_int64": null, "a_int64": 2',
        '"a_int64": 1, "a_int64": "x"',
    ),
    *('"a_int64": "x", "a_int64": 1', r'"a_int64": 1, "\u0061_int64": 2', '"a_string": "\t"'),
    *(
        '"a_float64": NaN',
        '"a_float64": Infinity',
        '"a_int64": 01',
        '"a_int64": +1',
        '"a_int64": 1,',
    ),
    *(
        '"a_float64": .5',
        '"a_float64": 1.',
        '"a_string": "\\x"',
        "\"a_string\": 'x'",
        '"a_bool": True',
    ),
    *('"a_int64": {"x": 1}', '"a_string": "\\u00zz"', '"a_string": "\\udc00"', '"a_int64": 1 2'),
]


def random_texts(count: int) -> list[str]:
    """Texts that look like numbers and moments, as JSON."""
    random = Random(0)
    pieces = [
        "1",
        "0",
        "9",
        "20",
        "13",
        "-",
        "+",
        ".",
        ":",
        "T",
        " ",
        "Z",
        "e",
        "x",
        "60",
        "UTC",
        "f",
    ]
    whole = [
        "2013-02-08",
        "T10:15:00",
        "+09:00",
        "Z",
        "1.5",
        "inf",
        "nan",
        "0x",
        "true",
        "\t",
        "_",
        "",
    ]
    return [
        json.dumps("".join(random.choices(pieces, k=random.randint(1, 5))))
        if random.random() < 0.5
        else json.dumps("".join(random.choices([*whole, *pieces], k=random.randint(1, 4))))
        for _ in range(count)
    ]


CASES = [
    *((type_, f'"a_{type_}": {text}') for type_ in TYPES for text in WRITTEN),
    *((type_, f'"a_{type_}": {text}') for type_ in TYPES for text in random_texts(300)),
    *((re.search("a_([a-z0-9]+)", members)[1], members) for members in MEMBERS),
]


def may_differ(type_: str, members: str) -> bool:
    """Where a push is stricter than the lake, for a reason."""
    _, _, text = members.partition(": ")
    match type_:
        case "string":
            # text formats know no types: to the lake a number is what was written. In a push it is
            # a mistake, a column mixed up with another.
            return not text.startswith('"')
        case "timestamp":
            # the lake's columns are declared to be UTC; a client's clock is not
            return not re.search(r'(?i)(z|utc|:[0-9]+([.][0-9]+)?[+-][0-9:]+)"$', text)
        case "float64":
            # DuckDB reads two signs, which BigQuery does not
            return re.match(r'"[\s]*\+-', text) is not None
    return False


def line(number: int, members: str) -> str:
    """A line of NDJSON; the key is the number of its case."""
    at = NOW.isoformat()
    return f'{{"id": {number}, "event_at": "{at}", "ingested_at": "{at}", {members}}}'


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    project = Tiny(tmp_path_factory.mktemp("lake"))
    columns = {"id": "int64"} | {f"a_{t}": t for t in TYPES}
    columns |= {"event_at": "timestamp", "ingested_at": "timestamp"}
    lake = {"format": "ndjson", "key": ["id"], "max_lateness_days": 3}
    table = {
        "name": "values",
        "config": {"meta": {"lake": lake}},
        "columns": [{"name": name, "data_type": type_} for name, type_ in columns.items()],
    }
    sources = {"version": 2, "sources": [{"name": "given", "tables": [table]}]}
    (project.root / "models" / "sources.yml").write_text(json.dumps(sources))
    project.model("records", "select * from {{ lake_records('given', 'values') }} as records")
    folder = project.lake / "given" / "values" / f"ingested_date={DAY}"
    folder.mkdir(parents=True)
    lines = [line(number, members) for number, (_, members) in enumerate(CASES)]
    (folder / "all.ndjson").write_text("\n".join([*lines, ""]))
    project.dbt("run", "--select", "records").succeeded()
    return project


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("server")
    columns = {"id": "int64"} | {f"a_{t}": t for t in TYPES}
    described = manifest(given=node("feat_given", columns, keys=["id"]))
    (folder / "manifest.json").write_text(json.dumps(described))
    url = f"sqlite:///{folder}/online.sqlite"
    registry = Registry.from_manifest(folder / "manifest.json")
    with (
        open_store(url) as store,
        store.materializing(registry.view("feat_given")) as materialization,
    ):
        materialization.finish(None)
    settings = Settings(manifest=folder / "manifest.json", store=url, token=TOKEN, allow_push=True)
    with Client(FeatureServer(settings), TOKEN) as client:
        yield client


def of_lake(project: Tiny) -> list[Any]:
    """For each case what the lake holds, or REFUSED."""
    found: list[Any] = [REFUSED] * len(CASES)
    columns = ", ".join(f"a_{type_}" for type_ in TYPES)
    for number, *values in project.query(
        f"select id, {columns} from records where reject_reason is null"
    ):
        value = values[TYPES.index(CASES[number][0])]
        found[number] = value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
    return found


def pushed(client: Client, type_: str, members: str) -> Any:
    """What the store holds of a value that was pushed, or REFUSED."""
    others = [f'"a_{other}": null' for other in TYPES if f"a_{other}" not in plain(members)]
    row = ", ".join(['"id": 1', f'"event_at": "{datetime.now(UTC).isoformat()}"', *others, members])
    response = client.post(
        "/v1/views/feat_given:push",
        content=f'{{"rows": [{{{row}}}]}}'.encode(),
        headers={"content-type": "application/json"},
    )
    if response.status_code == 400:
        assert len(response.json()["error"]["message"]) < 1000
        return REFUSED
    assert response.status_code == 200, response.text
    view = client.server.manifest.plans.registry.view("feat_given")
    [value] = client.server.store.read_one(view, (1,), None, (f"a_{type_}",)).values
    return value


def plain(members: str) -> str:
    return members.replace(r"\u0061", "a")


def test_a_value_is_read_alike_or_refused_by_both(lake, client):
    differing = []
    for (type_, members), expected in zip(CASES, of_lake(lake), strict=True):
        found = pushed(client, type_, members)
        if repr(found) != repr(expected) and not (found == REFUSED and may_differ(type_, members)):
            differing.append((members[:80], str(expected)[:50], str(found)[:50]))
    assert not differing, "(case, lake, push): " + "\n".join(map(str, differing))


def test_an_event_far_ahead_is_refused_by_both(lake, client):
    first_of_day = datetime.combine(DAY, time(), UTC)
    for days, is_taken in ((0, True), (1, True), (2, False), (400, False)):
        event_at = (first_of_day + timedelta(days=days)).isoformat()
        rows = [{"id": 10 + days, "event_at": event_at, **{f"a_{type_}": None for type_ in TYPES}}]
        response = client.post("/v1/views/feat_given:push", {"rows": rows})
        assert (response.status_code == 200) == is_taken, response.text
        if not is_taken:
            error = response.json()["error"]
            assert error["code"] == "event_in_the_future"
            assert "event_at" in error["message"] and error["message"].count(". ") == 0
    folder = lake.lake / "given" / "values" / f"ingested_date={DAY}"
    (folder / "ahead.ndjson").write_text(
        "".join(
            json.dumps(
                {
                    "id": 10**6 + days,
                    "event_at": (first_of_day + timedelta(days=days)).isoformat(),
                    "ingested_at": NOW.isoformat(),
                }
            )
            + "\n"
            for days in (0, 1, 2, 400)
        )
    )
    lake.dbt("run", "--select", "records").succeeded()
    taken = lake.query(
        "select id - 1000000 from records where id >= 1000000 and reject_reason is null order by 1"
    )
    assert taken == [(0,), (1,)]
