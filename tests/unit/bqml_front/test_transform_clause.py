"""TRANSFORM clauses in BigQuery's words mean the same to the engine, or are refused."""

import pytest
from bqml_front.syntax import Edits, Node
from bqml_front.transform_clause import items

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
def test_what_may_mean_something_else_is_refused(front, item):
    refused = front.refusal(CREATE.format(f"\n{item} as z"))
    assert refused.code == 400
    assert refused.message.startswith("line 2: TRANSFORM cannot take ")


def test_a_clause_is_replayed(front):
    front.rewrite(
        CREATE.format(
            "ml.standard_scaler(miles) over () as z, extract(dayofweek from flight_date) as day,"
            " avg(wind) over () - wind as calm, if(carrier = \"AA\", 'a', 'b') as kind,"
            " safe_divide(miles, wind) as ratio"
        )
    )
    rows = front.table(
        "select z, day, calm, kind, ratio, minutes from ml.transform(model d.m,"
        " (select * from flights where flight_id in (1, 5))) order by minutes"
    ).to_pylist()
    # 2024-01-02 is a Tuesday
    assert [row["day"] for row in rows] == [3, 7]
    assert [row["kind"] for row in rows] == ["b", "b"]
    assert [row["ratio"] for row in rows] == [107.0, None]
    [(mean,)] = front.rows("select avg(wind) from flights where price is not null")
    assert rows[0]["calm"] == pytest.approx(mean - 1, rel=1e-5)


def test_casts_round_as_bigquery_does(front):
    front.rewrite(
        CREATE.format(
            "cast(wind + 0.5 as int64) as up, cast(-wind - 0.5 as int64) as down,"
            " safe_cast(carrier as int64) as none, cast(is_late as int64) as flag"
        )
    )
    rows = front.rows(
        "select up, down, none, flag from ml.transform(model d.m,"
        " (select * from flights where flight_id in (5, 6, 7))) order by up"
    )
    assert [row[:3] for row in rows] == [(1, -1, None), (2, -2, None), (3, -3, None)]
    assert {row[3] for row in rows} <= {0, 1}


def test_every_preprocessing_function_may_stand_in_a_clause(front):
    front.rewrite(
        CREATE.format(
            "ml.min_max_scaler(miles) over () as a, ml.quantile_bucketize(miles, 3) over () as b,"
            " ml.label_encoder(carrier, 9, 1) over () as c, ml.imputer(price, 'mean') over () as e,"
            " ml.polynomial_expand(struct(miles, wind as w)) as f,"
            " ml.hash_bucketize(carrier, 3) as g"
        )
    )
    assert front.rows("select count(*) from ml.predict(model d.m, table flights)") == [(120,)]
