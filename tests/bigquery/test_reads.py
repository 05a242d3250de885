"""Which columns of which tables a statement reads, and between which bounds."""

import pytest

from analyzer.reads import RULES, reads_of
from analyzer.warehouse import Warehouse
from googlesql.messages import walk

GIVEN = """
create table d.t (
    a int64, b string, c float64, s struct<x int64, y string>, l array<struct<p string, q float64>>,
    day date, moment timestamp
);
create table d.u (a int64, z string, day date);
create view d.v as select a, b as renamed, day from d.t where c > 0;
create model d.m options(model_type = 'LINEAR_REG', input_label_cols = ['a']) as
select a, b from d.t;
"""

FROM_MARCH = {"day": ("2013-03-01", None)}
MARCH = {"day": ("2013-03-01", "2013-04-01")}

# a statement, and each scan: the table, its columns, and the bounds of some of them
READ = {
    "a column": ("select a from d.t", [("t", "a", {})]),
    "all but some": ("select * except (s, l, moment) from d.t", [("t", "a b c day", {})]),
    "rows alone": ("select count(*) from d.t", [("t", "", {})]),
    "a column that is counted": ("select count(b) from d.t", [("t", "b", {})]),
    "a column for the filter alone": ("select 1 from d.t where a > 0", [("t", "a", {})]),
    "a column for the order alone": ("select a from d.t order by b", [("t", "a b", {})]),
    "a CTE whose columns nobody takes": (
        "with x as (select *, b || 'x' as longer from d.t) select a from x",
        [("t", "a", {})],
    ),
    "a CTE that nobody reads": (
        "with x as (select * from d.t), y as (select a from d.u) select * from y",
        [("u", "a", {})],
    ),
    "a window function that nobody takes": (
        "select a from (select a, sum(c) over (partition by b order by day) as n from d.t)",
        [("t", "a", {})],
    ),
    "a window function": (
        "select a, sum(c) over (partition by b order by day) as n from d.t",
        [("t", "a b c day", {})],
    ),
    "an aggregate that nobody takes": (
        "select b from (select b, sum(c) as n from d.t group by b, a)",
        [("t", "a b", {})],
    ),
    "a join": (
        "select t.c from d.t left join d.u on t.a = u.a",
        [("t", "a c", {}), ("u", "a", {})],
    ),
    "a union takes what is needed of each side": (
        "select a from (select a, b from d.t union all select a, z from d.u)",
        [("t", "a", {}), ("u", "a", {})],
    ),
    "a distinct union needs every column": (
        "select a from (select a, b from d.t union distinct select a, z from d.u)",
        [("t", "a b", {}), ("u", "a z", {})],
    ),
    "a subquery for existence": (
        "select b from d.t where exists (select * from d.u where u.a = t.a)",
        [("u", "a", {}), ("t", "a b", {})],
    ),
    "a subquery for a value": (
        "select (select max(z) from d.u where u.a = t.a) from d.t",
        [("u", "a z", {}), ("t", "a", {})],
    ),
    "a subquery of values": (
        "select b from d.t where a in (select a from d.u)",
        [("u", "a", {}), ("t", "a b", {})],
    ),
    "a field of a struct": ("select s.x from d.t", [("t", "s.x", {})]),
    "a whole struct": ("select s from d.t", [("t", "s", {})]),
    "a field of an array's structs": (
        "select e.q from d.t, unnest(l) as e",
        [("t", "l.q", {})],
    ),
    "an array's structs whole": ("select e from d.t, unnest(l) as e", [("t", "l", {})]),
    "an array for its number of rows": ("select 1 from d.t, unnest(l)", [("t", "l", {})]),
    "a view": ("select renamed from d.v", [("t", "b c", {})]),
    "never a row": ("select * from d.t where false and rand() > 1", []),
    "never a row of one side": (
        "select a from d.t union all select a from d.u where false",
        [("t", "a", {})],
    ),
    "a new view": ("create view d.w as select a from d.t", []),
    "a new table": ("create table d.x as select a from d.t", [("t", "a", {})]),
    "a prediction passes on what is taken of the data": (
        "select predicted_a, c from ml.predict(model d.m, (select * from d.t))",
        [("t", "b c", {})],
    ),
    "a model": (
        "create model d.n options(model_type = 'KMEANS', num_clusters = 2) as"
        " select a, c from (select * from d.t)",
        [("t", "a c", {})],
    ),
    # ---- bounds
    "from a day on": ("select a from d.t where day >= '2013-03-01'", [("t", "a day", FROM_MARCH)]),
    "after a day": ("select a from d.t where day > '2013-02-28'", [("t", "a day", FROM_MARCH)]),
    "a constant first": (
        "select a from d.t where date '2013-03-01' <= day",
        [("t", "a day", FROM_MARCH)],
    ),
    "between days": (
        "select a from d.t where day between '2013-03-01' and '2013-03-31'",
        [("t", "a day", MARCH)],
    ),
    "one day": (
        "select a from d.t where day = '2013-03-01'",
        [("t", "a day", {"day": ("2013-03-01", "2013-03-02")})],
    ),
    "some days": (
        "select a from d.t where day in ('2013-03-31', '2013-03-01', '2013-03-05')",
        [("t", "a day", MARCH)],
    ),
    "two conditions, one below a CTE": (
        "with x as (select a, day as d from d.t where day >= '2013-03-01')"
        " select a from x where d < '2013-04-01'",
        [("t", "a day", MARCH)],
    ),
    "through a view": (
        "select a from d.v where day >= '2013-03-01'",
        [("t", "a c day", FROM_MARCH)],
    ),
    "through a key of groups": (
        "select * from (select day, sum(a) as n from d.t group by day) where day >= '2013-03-01'",
        [("t", "a day", FROM_MARCH)],
    ),
    "through a union": (
        "select a from (select a, day from d.t union all select a, day from d.u)"
        " where day >= '2013-03-01'",
        [("t", "a day", FROM_MARCH), ("u", "a day", FROM_MARCH)],
    ),
    "a CTE taken twice is scanned twice": (
        "with x as (select a, day from d.t) select a from x where day < '2013-02-01'"
        " union all select a from x where day >= '2013-03-01'",
        [("t", "a day", {"day": (None, "2013-02-01")}), ("t", "a day", FROM_MARCH)],
    ),
    "of moments": (
        "select a from d.t where moment < timestamp '2013-03-01 00:00:00+00'",
        [("t", "a moment", {"moment": (None, "2013-03-01")})],
    ),
    "none by a limit above": (
        "select a from (select a, day from d.t limit 5) where day >= '2013-03-01'",
        [("t", "a day", {})],
    ),
    "none across the days of a window function": (
        "select n from (select day, count(*) over (order by day) as n from d.t)"
        " where day >= '2013-03-01'",
        [("t", "day", {})],
    ),
    "none by either of two conditions": (
        "select a from d.t where day >= '2013-03-01' or a > 0",
        [("t", "a day", {})],
    ),
    "none by an expression": (
        "select a from d.t where date_add(day, interval 1 day) >= '2013-03-01'",
        [("t", "a day", {})],
    ),
    "none on the side of an outer join that can be missing": (
        "select t.c from d.t left join d.u on t.a = u.a where u.day >= '2013-03-01'",
        [("t", "a c", {}), ("u", "a day", {})],
    ),
    # ---- what changes rows
    "an insert": ("insert into d.u (a) select a from d.t", [("t", "a", {})]),
    "a delete": (
        "delete from d.u where day >= '2013-03-01'",
        [("u", "day", FROM_MARCH), ("u", "a day z", FROM_MARCH)],
    ),
    "an update": (
        "update d.u set z = 'x' where a = 1",
        [("u", "a", {}), ("u", "a day z", {})],
    ),
    "a column that is set and asked for": (
        "merge into d.u using d.t on u.a = t.a"
        " when matched and u.z is null then update set z = t.b, day = t.day",
        [("u", "a z", {}), ("t", "a b day", {}), ("u", "a day z", {})],
    ),
    "a merge that only inserts": (
        "merge into d.u using d.t on u.a = t.a when not matched then insert (a, z) values (a, b)",
        [("u", "a", {}), ("t", "a b", {})],
    ),
    "a merge that deletes": (
        "merge into d.u using (select * from d.t) as given on false"
        " when not matched by source and u.day in unnest([date '2013-03-01']) then delete"
        " when not matched then insert (a, z) values (a, b)",
        [("u", "day", {}), ("t", "a b", {}), ("u", "a day z", {})],
    ),
}


@pytest.fixture(scope="module")
def warehouse(service) -> Warehouse:
    made = Warehouse(service, "demo")
    made.run(GIVEN)
    return made


@pytest.mark.parametrize(("sql", "expected"), READ.values(), ids=READ)
def test_a_statement_reads_no_more_than_it_needs(warehouse, sql, expected):
    assert scans_of(warehouse, sql) == expected


def test_every_scan_in_the_project_has_a_rule(built):
    found = {
        message.DESCRIPTOR.name.removeprefix("Resolved").removesuffix("ScanProto")
        for statement in built.sent
        for outcome in statement.outcomes
        if outcome.resolved is not None
        for message in walk(outcome.resolved)
        if message.DESCRIPTOR.name.endswith("ScanProto")
    }
    assert found - RULES - {"", "AnyResolved"} == set()


def scans_of(warehouse, sql):
    """The scans of a statement, and last the table whose rows it rewrites, as READ has them."""
    with warehouse.copied() as copy:
        [outcome] = copy.run(sql)
        reads = reads_of(outcome.resolved, copy.table)
    scans = [*reads.scans, *([reads.rewritten] if reads.rewritten else [])]
    return [
        (
            scan.table[-1],
            " ".join(sorted(scan.columns)),
            {
                name: tuple(bound and bound.strftime("%Y-%m-%d") for bound in (each.low, each.high))
                for name, each in scan.bounds.items()
            },
        )
        for scan in scans
    ]
