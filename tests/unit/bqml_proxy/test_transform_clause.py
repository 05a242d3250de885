"""TRANSFORM clauses in BigQuery's words mean the same to the engine, or are refused."""

from decimal import Decimal

import duckdb
import pytest
from bqml_proxy.transform_clause import items

from googlesql.edits import Edits
from googlesql.syntax import Node

CREATE = (
    "create or replace model d.m transform({}, minutes) options(model_type = 'linear_reg',"
    " input_label_cols = ['minutes']) as select * from flights where price is not null"
)


@pytest.fixture
def clause(googlesql):
    def read(item: str) -> str:
        sql = f"create model m transform({item}) options(model_type = 'x') as select 1"
        statement = Node(googlesql.script(sql))["statement_list_node"]["statement_list"][0]
        [text] = items(Edits(sql), statement["transform_clause"])
        return text

    return read


@pytest.mark.parametrize(
    ("item", "written"),
    [
        ("miles", "miles"),
        ("* except (a, `b c`) replace (1 as d)", "* except (a, `b c`) replace (1 as d)"),
        ("s.*", "s.*"),
        ("ML.Standard_Scaler ( miles ) OVER ( ) AS z", "ml.standard_scaler(miles) over () AS z"),
        ("a -- it's )\n + /* ' */ b # \"\n as c", "a  \n +   b  \n as c"),
        ('if(a = "it\'s \\"ü\\"", 1, 0) as b', "if(a = 'it''s \"ü\"', 1, 0) as b"),
        ("r'a\\b' || '''x\ny''' as c", "'a\\b' || 'x\ny' as c"),
        ("cast(a as float64) as b", "cast(a as DOUBLE) as b"),
        ("safe_cast(a + 1 as numeric) as b", "try_cast(a + 1 as DECIMAL(38, 9)) as b"),
        ("safe_divide(a, b + 1) as c", "((a) / nullif(b + 1, 0)) as c"),
        ("log(a) as b", "ln(a) as b"),
        ("extract(DayOfWeek from a) as b", "(extract(dayofweek from a) + 1) as b"),
        ("extract(isoweek from a) as b", "extract(week from a) as b"),
        ("avg(a) over () as b", "avg(a) over () as b"),
        ("a * 2.5 + .5E1 as b", "a * 2.5e0 + .5E1 as b"),
        ("timestamp '2024-01-01' as b", "timestamptz '2024-01-01' as b"),
        ("count(*) over () as b", "count(*) over () as b"),
        (
            "case when a is null then 1 else (b) end as c",
            "case when a is null then 1 else (b) end as c",
        ),
        ("a between 1 and 2 and b in (1, 2) as c", "a between 1 and 2 and b in (1, 2) as c"),
        ("date '2024-01-01' as c", "date '2024-01-01' as c"),
        (
            "ml.feature_cross(struct(a, upper(b) as c)) as d",
            "ml.feature_cross(struct(a, upper(b) as c)) as d",
        ),
        ("ml.bucketize(a, [1, 2], false, 'bucket_ranges') as b",) * 2,
    ],
)
def test_items_as_the_engine_reads_them(clause, item, written):
    assert clause(item) == written


@pytest.mark.parametrize(
    "item",
    [
        "greatest(a, 1)",
        "round(a, 2)",
        "trunc(a, 2)",
        "log(a, 2)",
        "a like b",
        "a like 'a\\\\_b'",
        "cast(a as bool)",
        "concat(a, 'x')",
        "a ^ 2",
        "a[offset(0)]",
        "cast(a as bytes)",
        "cast(a as array<int64>)",
        "cast(a as string format 'YYYY')",
        "extract(week from a)",
        "extract(hour from a at time zone 'UTC')",
        "avg(a) over (order by b)",
        "row_number() over ()",
        "avg(a)",
        "(select 1)",
        "json '1'",
        "b'x'",
        "numeric '1'",
        "@x",
        "net.host(a)",
        "ml.nonsense(a)",
    ],
)
def test_what_may_mean_something_else_is_refused(proxy, item):
    refused = proxy.refusal(CREATE.format(f"\n{item} as z"))
    assert refused.code == 400
    assert refused.message.startswith("line 2: TRANSFORM cannot take ")


NUMBERS = ("-2.5", "2.5", "0.5", "-0.5", "1.2345", "cast(3 as int64)", "-7")
DATES = ("'2024-01-07'", "'2023-12-31'", "'2020-02-29'", "'2021-01-01'")
MEANT = [
    *(
        f"{name}({number})"
        for name in ("abs", "ceil", "floor", "sign", "round", "trunc", "exp", "cos", "tanh")
        for number in NUMBERS
    ),
    *(
        f"extract({part} from date {date})"
        for part in ("year", "quarter", "month", "day", "dayofyear", "dayofweek", "isoweek")
        for date in DATES
    ),
    *(
        f"extract({part} from timestamp '2024-03-10 23:59:58{zone}')"
        for part in ("month", "day", "hour", "minute", "dayofweek")
        for zone in ("", "+00", "-08")
    ),
    *(
        f"cast({value} as {type_name})"
        for value in ("2.5", "-2.5", "1.0", "0.1", "1e10", "'12'", "cast(7 as int64)", "3.5e10")
        for type_name in ("int64", "float64", "string", "numeric")
    ),
    *("ln(2)", "log(2)", "log10(1000)", "sqrt(2)", "atan2(1, 2)", "pow(2, 0.5)", "pow(2, -1)"),
    *("mod(-5, 3)", "mod(5, -3)", "safe_divide(1, 0)", "safe_divide(1, 3)", "1 / 3", "-7 / 2"),
    *("0.1 + 0.2 = 0.3", "1.0 * 3", "5 & 3", "5 | 3", "~5", "-(3)", "2 + 3 * 4", "1 = 1.0"),
    *("length('é漢🛩')", "char_length('é漢🛩')", "reverse('aé漢')", "upper('aé')", "lower('ÀÉ')"),
    *("starts_with('abc', '')", "ends_with('abc', 'bc')", "'a' || 'b'", "'a' < 'B'", "'é' > 'z'"),
    *("'a' || cast(null as string)", "coalesce(null, 2, 3)", "ifnull(null, 'x')", "nullif(1, 1)"),
    *("if(null, 1, 2)", "1 in (2, null)", "1 in (1, null)", "null is null", "1 between 0 and 1"),
    *("'abc' like 'a%c'", "'a' like 'A'", "'abc' not like 'a_'", "1 is distinct from null"),
    *("case 1 when 1 then 'x' else 'y' end", "case when null then 1 end", "true and null"),
    *("safe_cast('x' as int64)", "cast('2024-01-02' as date) = date '2024-01-02'"),
    *("cast(cast(1.50 as numeric) as string)", "cast(true as string)", "cast('nan' as float64)"),
    "timestamp '2024-01-01 00:00:00+01' < timestamp '2024-01-01 00:00:00'",
]


def test_what_is_let_through_means_the_same(clause, googlesql):
    """The text as DuckDB evaluates it beside the item as GoogleSQL's reference does."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for item in MEANT:
            [(wanted,)] = googlesql.evaluate(f"select {item}").rows
            [(made,)] = connection.execute(f"select {clause(f'{item} as z')}").fetchall()
            if isinstance(wanted, float | Decimal):
                assert float(made) == pytest.approx(float(wanted), rel=1e-12, nan_ok=True), item
            else:
                assert made == wanted, item


def test_a_clause_is_replayed(proxy):
    proxy.rewrite(
        CREATE.format(
            "ml.standard_scaler(miles) over () as z, extract(dayofweek from flight_date) as day,"
            " avg(wind) over () - wind as calm, if(carrier = \"AA\", 'a', 'b') as kind,"
            " safe_divide(miles, wind) as ratio"
        )
    )
    rows = proxy.table(
        "select z, day, calm, kind, ratio, minutes from ml.transform(model d.m,"
        " (select * from flights where flight_id in (1, 5))) order by minutes"
    ).to_pylist()
    # 2024-01-02 is a Tuesday
    assert [row["day"] for row in rows] == [3, 7]
    assert [row["kind"] for row in rows] == ["b", "b"]
    assert [row["ratio"] for row in rows] == [107.0, None]
    [(mean,)] = proxy.rows("select avg(wind) from flights where price is not null")
    assert rows[0]["calm"] == pytest.approx(mean - 1, rel=1e-5)


def test_casts_round_as_bigquery_does(proxy):
    proxy.rewrite(
        CREATE.format(
            "cast(wind + 0.5 as int64) as up, cast(-wind - 0.5 as int64) as down,"
            " safe_cast(carrier as int64) as none, cast(is_late as int64) as flag"
        )
    )
    rows = proxy.rows(
        "select up, down, none, flag from ml.transform(model d.m,"
        " (select * from flights where flight_id in (5, 6, 7))) order by up"
    )
    assert [row[:3] for row in rows] == [(1, -1, None), (2, -2, None), (3, -3, None)]
    assert {row[3] for row in rows} <= {0, 1}


def test_every_preprocessing_function_may_stand_in_a_clause(proxy):
    proxy.rewrite(
        CREATE.format(
            "ml.min_max_scaler(miles) over () as a, ml.quantile_bucketize(miles, 3) over () as b,"
            " ml.label_encoder(carrier, 9, 1) over () as c, ml.imputer(price, 'mean') over () as e,"
            " ml.polynomial_expand(struct(miles, wind as w)) as f,"
            " ml.hash_bucketize(carrier, 3) as g"
        )
    )
    assert proxy.rows("select count(*) from ml.predict(model d.m, table flights)") == [(120,)]
