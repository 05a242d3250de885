"""Each bridge writes what an emulator lacks in another form, and GoogleSQL takes both forms."""

import pytest
from bqml_proxy import bridges

TABLE = "(select 1 as a, 'UTC' as zone, datetime '2013-07-01 10:00:00' as clock)"

_STRUCTS = "[struct(1 as label, 0.75 as prob), struct(0 as label, 0.25 as prob)]"
_PROBS = f"(select 1 as a, ['a'] as words, {_STRUCTS} as probs) as t"


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("select struct(t.a, zone) as s from @ as t", "struct(t.a as a, zone as zone)"),
        ("select struct(a as b, 1, a + 1) as s from @ as t", "struct(a as b, 1, a + 1)"),
        ("select struct<int64>(a) as s from @ as t", "struct<int64>(a)"),
        ("select struct(struct(`a`)) as s from @ as t", "struct(struct(`a` as `a`))"),
        (
            "select timestamp(clock, zone) as t from @ as t",
            "timestamp(concat(cast(clock as string), ' ', zone))",
        ),
        (
            "select timestamp( /* of é, ( */ (clock) -- ,\n, (zone)) as t from @ as t",
            "timestamp(concat(cast( /* of é, ( */ (clock) -- ,\n as string), ' ', (zone)))",
        ),
        ("select timestamp(clock, 'UTC') as t from @ as t", "timestamp(clock, 'UTC')"),
        ("select timestamp(clock) as t from @ as t", "timestamp(clock)"),
        (
            "select json_value(x, '$.a') as v, coalesce(json_query(x, '$.a'), '') as q"
            """ from unnest(['{"a": 1.50}', '{"a": ', '{"a": {"b": 1}}', null, 'x']) as x""",
            "if(safe.parse_json(x, wide_number_mode => 'round') is null, null, "
            "json_value(x, '$.a')) as v",
        ),
        (
            "select l[safe_offset(-2)] as x, l[safe_offset(a - 1)] as y, l[safe_offset(9)] as z"
            " from (select ['a', 'b'] as l, a from @)",
            "if((-2) < 0, null, l[safe_offset(-2)]) as x,"
            " if((a - 1) < 0, null, l[safe_offset(a - 1)]) as y, l[safe_offset(9)] as z",
        ),
        (
            "select l[safe_offset(a)].m[safe_offset(a - 2)] as x"
            " from (select [struct([1, 2] as m)] as l, a from @)",
            "if((a - 2) < 0, null, if((a) < 0, null, l[safe_offset(a)]).m[safe_offset(a - 2)])",
        ),
        (
            "select timestamp(json_value(x, '$.a'), zone) as t"
            """ from (select '{"a": "2013-07-01 10:00:00"}' as x, zone from @)""",
            "timestamp(concat(cast(if(safe.parse_json(x, wide_number_mode => 'round') is null,"
            " null, json_value(x, '$.a')) as string), ' ', zone))",
        ),
        (
            f"select a, (select prob from unnest(probs) where label = a) as p from {_PROBS}",
            "from (select bqml_element.* from unnest(probs) as bqml_element) where label = a",
        ),
        (
            "select (select prob from unnest(t.probs) with offset as n where n = 1) as p"
            f" from {_PROBS}",
            "(select bqml_element.*, n from unnest(t.probs) as bqml_element with offset as n)",
        ),
        (
            "select (select count(*) from unnest(words)) as n, 'a' in unnest(words) as i"
            f" from {_PROBS}",
            "(select count(*) from unnest(words)) as n, 'a' in unnest(words)",
        ),
        (
            f"select (select p.prob from unnest(probs) as p where p.label = 0) as p from {_PROBS}",
            "(select p.prob from unnest(probs) as p where p.label = 0)",
        ),
        (
            """select json_value('{"a": 1}', '$.a') as v""",
            """select json_value('{"a": 1}', '$.a') as v""",
        ),
    ],
)
def test_an_expression_keeps_its_value_and_its_type(service, written, mended):
    query = written.replace("@", TABLE)
    bridged = bridges.mend_sql(service, query)
    assert mended in bridged
    assert service.evaluate(bridged) == service.evaluate(query)


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        (
            "declare v array<date>; set (v) = (select as struct array_agg(distinct d) from t);",
            "declare v array<date>; set v = (select  array_agg(distinct d) from t);",
        ),
        ("set (v) = (select as struct a from t)", "set v = (select  a from t)"),
    ],
)
def test_one_variable_is_set_to_a_value(service, written, mended):
    assert bridges.mend_sql(service, written) == mended


@pytest.mark.parametrize(
    "untouched",
    [
        "set (v, w) = (select as struct a, b from t)",
        "set (v) = struct(1)",
        "select 'struct(a)', timestamp 'x' -- struct(a), timestamp(a, b)",
        "this is no SQL: struct(a",
    ],
)
def test_all_else_is_left_alone(service, untouched):
    assert bridges.mend_sql(service, untouched) == untouched


def test_a_created_table_is_the_destination_of_its_job():
    made = {"tableId": "made"}
    job = {
        "configuration": {"query": {}},
        "statistics": {"query": {"ddlTargetTable": made}},
    }
    bridges.mend_job(job)
    assert job["configuration"]["query"]["destinationTable"] == made
    bridges.mend_job(load := {"configuration": {"load": {}}, "statistics": {}})
    assert load == {"configuration": {"load": {}}, "statistics": {}}
