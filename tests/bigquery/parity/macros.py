"""Calls of macros, and hard input for them.

Each case is a query that calls macros on tables of its own; dbt renders it for both engines.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import json_lines


@dataclass(frozen=True)
class Table:
    columns: dict[str, str]  # names and types of BigQuery's
    rows: list[tuple]


@dataclass(frozen=True)
class Case:
    calls: tuple[str, ...]  # the macros it is about
    template: str
    tables: dict[str, Table] = field(default_factory=dict)


def _numbered(type_: str, values: list, name: str = "given") -> Table:
    return Table({"id": "INT64", name: type_}, list(enumerate(values)))


# ---- input ---------------------------------------------------------------------------------------

# one JSON string a line: numbers, dates and times as they are not all written, words, white space
_TEXTS = Path(__file__).with_name("texts.ndjson").read_text()
TEXTS = [json.loads(line) for line in _TEXTS.split("\n") if line]

# every text of up to three of the characters that a number is made of
_SHORT_NUMBERS = ["".join(one) for n in (1, 2, 3) for one in product("+-.1e", repeat=n)]

JSON_LINES = [
    "",
    "null",
    "[1]",
    '"a"',
    "NaN",
    '\ufeff{"a": 1}',
    '{"a": 883406386745030.3, "b": 12.50}',
    '{"a": 99999999999999999999999999999.999999999, "b": {"c": [1.50, "1.50", null]}}',
    '{"tags": ["a","b"]}',
    '{"a": 1, "a": 2}',
    '{"a": "\ufdd0", "b": 1.50}',
    '{"a": "\\ufDd0 5", "b": 1}',
    *json_lines.written(seed=1, count=400),
    *json_lines.damaged(seed=2, count=800),
]
_BY_HAND = 12
_LINES = {"cases": _numbered("STRING", JSON_LINES)}
_JSON = """
{%- set columns = ['a', 'b', 'a.b', '$', '1', 'tags'] %}
{%- set line = _ndjson_line('given', columns) %}
select
    id, problem
    {%- for column in columns %}
    {%- set cell = array_at('cells', loop.index0) %}
    , case when left({{ cell }}, 1) in ('{', '[') then INSIDE else {{ cell }} end
        as {{ 'cell_' ~ loop.index0 }}
    {%- endfor %}
from (
    select
        id,
        {{ line.problem }} as problem,
        case when {{ line.problem }} is null then {{ line.cells }} end as cells
    from (select id, given, {{ line.record }} as record from cases) as lines
) as found
"""
CSV_LINES = ["", "a,b", '"a,""b""",c', '"a"b', 'a"b,c', '"open', ",,", "a,\tb", "日本,"]


def _each_of(words: str, read: Callable[[str], Any]) -> list:
    return [read(word) for word in words.split()]


DAYS = [
    None,
    *_each_of(
        """
        0001-01-02 1582-10-15 1900-02-28 1969-12-31 1970-01-01 2000-02-29 2012-02-29 2012-12-30
        2012-12-31 2013-01-01 2013-01-31 2013-02-28 2013-03-01 2013-03-10 2013-10-01 2013-11-03
        2013-12-31 2014-12-28 2014-12-29 2016-01-03 2016-01-04 2038-01-19
        """,
        date.fromisoformat,
    ),
]
_BOUNDARIES = _each_of(
    """
    0001-01-09 1900-03-01 1969-12-31 1970-01-01 2000-02-29 2012-12-31 2013-01-01T05 2013-03-10T07
    2013-06-16 2013-06-17 2013-10-01T04 2013-11-03T05 2013-11-03T06 2013-11-03T07 2014-01-01
    9999-12-25
    """,
    datetime.fromisoformat,
)
_SECOND = timedelta(seconds=1)
_STEPS = (-_SECOND / 1_000_000, timedelta(0), _SECOND / 1000, _SECOND * 5399.5)
MOMENTS = [None, *(moment + step for moment in _BOUNDARIES for step in _STEPS)]
ZONES = [
    *(
        "UTC",
        "America/New_York",
        "Europe/London",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "America/Phoenix",
    ),
    *(
        "Australia/Lord_Howe",
        "America/St_Johns",
        "Pacific/Apia",
        "America/Sao_Paulo",
        "Asia/Tokyo",
        None,
    ),
]
# around the days on which the clocks of these zones are put forward or back
CLOCKS = [
    (day, minute, zone)
    for zone, days in {
        "America/New_York": ["2013-03-10", "2013-11-03", "2013-06-14", "1969-12-31", "2037-11-01"],
        "Europe/London": ["2013-03-31", "2013-10-27", "1971-10-31"],
        "Australia/Lord_Howe": ["2013-04-07", "2013-10-06"],
        "America/Sao_Paulo": ["2013-10-20", "2013-02-16", "2013-02-17"],
        "America/St_Johns": ["2011-03-13", "2010-11-06", "2010-11-07"],
        "Asia/Kathmandu": ["1986-01-01"],
        "Asia/Kolkata": ["2013-01-01"],
        "UTC": ["2013-01-01", "0001-01-02", "9999-12-28"],
    }.items()
    for day, minute in product(
        map(date.fromisoformat, days),
        (-1440, -1, 0, 1, 59, 60, 90, 119, 120, 121, 150, 179, 180, 1379, 1380, 1439, 1440, 2880),
    )
] + [(None, 0, "UTC"), (date(2013, 1, 1), None, "UTC"), (date(2013, 1, 1), 0, None)]

UNITS = ["microsecond", "millisecond", "second", "minute", "hour", "day"]
CUTS = [*UNITS[1:], "week", "isoweek", "month", "quarter", "year"]


def _each(macro: str, *arguments: str) -> str:
    """A column per argument text: what the macro gives for it."""
    calls = [f"{{{{ {macro}({argument}) }}}} as column_{n}" for n, argument in enumerate(arguments)]
    return "select id, " + ", ".join(calls) + " from cases"


def _text_literals() -> str:
    texts = [text for text in TEXTS if text is not None]
    rows = " union all ".join(f"select {{{{ text_literal({text!r}) }}}} as given" for text in texts)
    return f"select given, length(given) as size from ({rows}) as texts"


def _literal_rows() -> str:
    columns = {
        **{"text": "string", "number": "int64", "share": "float64"},
        **{"is_known": "bool", "moment": "timestamp"},
    }
    rows = [{"text": text, "number": n, "is_known": n % 2 == 0} for n, text in enumerate(TEXTS)]
    rows += [{"number": -(2**63), "share": 1e-7, "moment": "2013-03-10 07:00:00"}, {}]
    return f"select * from {{{{ literal_rows({columns!r}, {rows!r}) }}}} as written"


_HOURS = [datetime(2013, 3, 9, 22) + timedelta(minutes=30 * n) for n in (0, 1, 2, 2, 6, 7, 8, 50)]
_ROLLED = Table(
    {"place": "STRING", "moment": "TIMESTAMP", "day": "DATE", "amount": "INT64"},
    [
        (place, hour, day, amount)
        for place, extra in (("x", 0), ("X", 3), (None, 5))
        for number, (hour, day, amount) in enumerate(
            zip(
                _HOURS,
                [date(2013, 2, 26) + timedelta(days=n) for n in (0, 1, 2, 2, 8, 9, 27, 28)],
                [1, None, 3, 4, -5, 0, 7, 8],
                strict=True,
            )
        )
        if number != extra
    ],
)


def _moment(hours: float | None) -> datetime | None:
    return None if hours is None else datetime(2013, 11, 3) + timedelta(hours=hours)


# labels: id, key, place, moment; states: key, place, event_at, known_at, level
_LABELS = Table(
    {"id": "INT64", "entity": "INT64", "place": "STRING", "moment": "TIMESTAMP"},
    [
        (number, entity, place, _moment(hour))
        for number, (entity, place, hour) in enumerate(
            [
                *product((1, 2, None), ("x", "X", "", None), (3, 8)),
                *((1, "x", hour) for hour in (-1, 0, 0, 0.5, 4, 5, 5.0001, 9, 10, 10.001, None)),
            ]
        )
    ],
)
_STATES = Table(
    {
        "entity_id": "INT64",
        "place": "STRING",
        "event_at": "TIMESTAMP",
        "known_at": "TIMESTAMP",
        "level": "INT64",
        "word": "STRING",
    },
    [
        (entity, place, _moment(event), _moment(known), level, word)
        for entity, place, event, known, level, word in (
            (1, "x", 0, 0, 10, "at once"),
            (1, "x", 1, 4, 11, "late"),
            (1, "x", 2, 3, 12, "known before the one that was earlier"),
            (1, "x", 4, 4, None, None),
            (1, "x", 5, 5, 13, ""),
            (1, "x", 6, 20, 14, "not yet"),
            (1, "X", 2, 2, 20, "another place"),
            (1, "", 2, 2, 21, "an empty place"),
            (1, None, 2, 2, 22, "no place"),
            (None, "x", 2, 2, 23, "no entity"),
            (None, None, 2, 2, 24, "nothing"),
            (2, "x", None, 2, 25, "never happened"),
            (2, "x", 2, None, 26, "never known"),
            (2, "X", 3, 3, 27, "at the label's own moment"),
            (2, "X", -2, 1, 28, "as old as can be"),
        )
    ],
)
_JOIN = """
select * from {{ feature_join('labels', at='moment', views=[
    {
        'relation': 'states',
        'keys': {'entity': 'entity_id', 'place': 'place'},
        'columns': ['level'],
        'ttl': '5 hours',
    },
    {'relation': 'others', 'keys': {'entity': 'entity_id'}, 'columns': ['word', 'rank']},
]) }} as joined
"""
_OTHERS = Table(
    {
        "entity_id": "INT64",
        "event_at": "TIMESTAMP",
        "known_at": "TIMESTAMP",
        "word": "STRING",
        "rank": "FLOAT64",
    },
    [
        (entity, _moment(hour), _moment(hour + delay), word, rank)
        for entity, hour, delay, word, rank in (
            (1, -100, 0, "old", 0.1),
            (1, 0, 8, "late", float("nan")),
            (1, 1, 1, None, None),
            (2, 3, 0, "Ñ", float("inf")),
            (None, 0, 0, "nobody's", 1.5),
        )
    ],
)

_DRIFT = """
select * from {{ feature_drift(
    'base',
    'study',
    numbers={'level': [-1, 0.5, 2], 'amount': [3]},
    categories=['word', 'is_on', 'nothing'],
    by='day',
    thresholds={'PSI': 0.1, 'word': {'L_INFTY': 0.4}}
) }} as drift
"""
_MOVED = {
    "day": "DATE",
    "level": "FLOAT64",
    "amount": "INT64",
    "word": "STRING",
    "is_on": "BOOL",
    "nothing": "STRING",
}
_LEVELS = [-1.0, -0.5, 0.5, 0.75, 2.0, 2.5, float("inf"), float("-inf"), float("nan"), None]


def _moved(days: list, step: int, words: list) -> Table:
    rows = [
        (
            days[number % len(days)],
            _LEVELS[number * step % len(_LEVELS)],
            number * step % 7,
            words[number % len(words)],
            None if number % 5 == 0 else number % step == 0,
            None,
        )
        for number in range(40)
    ]
    return Table(_MOVED, rows)


# the macro's half behind the feature view, of which a case has none
_SKEW = """
select * from {{ adapter.dispatch('serving_skew', 'azekura')(
    'logged',
    {
        'name': 'sensor', 'version': 2, 'keys': ['place', 'number'],
        'key_types': {'place': 'string', 'number': 'int64'},
        'joined': {
            'relation': 'states', 'keys': ['place', 'number'], 'ttl': '5 hours',
            'columns': ['level', 'word', 'count_1h', 'seen_at'],
        },
    },
    {'level': 'float64', 'word': 'string', 'count_1h': 'int64', 'seen_at': 'timestamp'}
) }} as skew
"""
_SENSED = Table(
    {
        "place": "STRING",
        "number": "INT64",
        "event_at": "TIMESTAMP",
        "known_at": "TIMESTAMP",
        "level": "FLOAT64",
        "word": "STRING",
        "count_1h": "INT64",
        "seen_at": "TIMESTAMP",
    },
    [
        ("x", 1, _moment(0), _moment(0), 0.1, "Ñ", 9007199254740993, _moment(0)),
        ("x", 1, _moment(1), _moment(3), float("nan"), None, 2, None),
        ("", 1, _moment(0), _moment(1), None, "", None, _moment(0.5)),
    ],
)
_KEYS = '{"place": "x", "number": 1}'
_LOGGED = Table(
    {
        "requested_at": "TIMESTAMP",
        "view": "STRING",
        "version": "INT64",
        "keys": "STRING",
        "values": "STRING",
    },
    [
        (_moment(hour), view, version, keys, values)
        for hour, view, version, keys, values in (
            (
                1,
                "sensor",
                2,
                _KEYS,
                '{"level": 0.1, "word": "Ñ", "count_1h": "9007199254740993",'
                ' "seen_at": "2013-11-03T00:00:00Z"}',
            ),
            (
                2,
                "sensor",
                2,
                _KEYS,
                '{"level": 0.10000000000000001, "word": "n", "count_1h": 4, "seen_at": null}',
            ),
            (3, "sensor", 2, _KEYS, '{"level": "NaN", "word": null}'),
            (4, "sensor", 2, _KEYS, '{"level": 7, "word": "x", "count_1h": 2}'),
            (9, "sensor", 2, _KEYS, '{"level": null, "count_1h": null}'),
            (2, "sensor", 2, '{"place": "", "number": "1"}', '{"level": 1e3, "word": ""}'),
            (2, "sensor", 2, '{"place": null, "number": 1}', '{"word": null}'),
            (2, "sensor", 1, _KEYS, '{"level": 9}'),
            (2, "other", 2, _KEYS, '{"level": 9}'),
        )
    ],
)

_ROLLED_DAYS = """
select
    *,
    cast(sum(amount) {{ over_last_days(28, 'day', by=['place']) }} as {{ dbt.type_bigint() }}) as a,
    count(amount) {{ over_last_days(2, 'day', by=['place']) }} as b
from cases
"""
_ROLLED_HOURS = """
select
    *,
    count(amount) {{ over_last_hours(3, 'moment', by=['place']) }} as a,
    max(amount) {{ over_last_hours(3, 'moment', by=['place']) }} as c,
    count(*) {{ over_last_hours(1, 'moment', by=['place']) }} as b
from cases
"""

_RECORDS = Table(
    {
        "id": "INT64",
        "text": "STRING",
        "count": "INT64",
        "rate": "FLOAT64",
        "is_on": "BOOL",
        "day": "DATE",
        "at": "TIMESTAMP",
        "raw": "BYTES",
    },
    [
        (
            0,
            'Ñ"\\/\n\x01😀<&',
            9007199254740992,
            1.5,
            True,
            date(2013, 1, 1),
            datetime(2013, 1, 1, 10),
            b"abc",
        ),
        (
            1,
            "",
            9007199254740993,
            -0.5,
            False,
            date(1, 1, 1),
            datetime(2013, 1, 1, 10, 0, 0, 500000),
            b"",
        ),
        (
            2,
            None,
            -9007199254740993,
            None,
            None,
            None,
            datetime(1969, 12, 31, 23, 59, 59, 999999),
            None,
        ),
        (
            3,
            "\u00e9",
            -9007199254740992,
            0.1,
            None,
            None,
            datetime(1, 1, 1, 0, 0, 0, 1000),
            b"\xff\x00",
        ),
        (4, "null", None, 1e-4, None, None, None, b"\\"),
    ],
)
_FIELDS = [
    {"name": "text", "data_type": "string"},
    {"name": "count", "data_type": "int64"},
    {"name": "rate", "data_type": "float64"},
    {"name": "is_on", "data_type": "bool"},
    {"name": "day", "data_type": "date"},
    {"name": "at", "data_type": "timestamp"},
    {"name": "raw", "data_type": "bytes"},
]
_SPEEDS = [None, 0.0, -1.5, float("inf"), float("-inf"), float("nan"), 2.0]

# of each size, on both sides of where an exponent is written, and halves that are rounded
_NUMBERS = [
    *(
        sign * digits * 10.0**size
        for size in range(-12, 13)
        for digits in (1, 1.5, 9.999995)
        for sign in (1, -1)
    ),
    *(
        1 / 3,
        0.1 + 0.2,
        0.698123456,
        999999.5,
        1000000.5,
        1234565.0,
        0.0001,
        0.00001,
        5e-324,
        1.7e308,
        -0.0,
    ),
]

_PAIRS = Table(
    {"id": "INT64", "one": "INT64", "other": "INT64", "word": "STRING"},
    [
        (number, one, other, word)
        for number, (one, other, word) in enumerate(
            zip(
                [None, 0, 1, -1, 7, -7, 7, -7, 2**53, 2**63 - 1, 3, 3, None, 1],
                [1, 3, 3, 3, 2, 2, -2, -2, 3, 2, None, 0, None, 10**9],
                ["", None, "a", "A", "B", "b", "é", "É", "Z", "z", "aa", "a ", None, "😀"],
                strict=True,
            )
        )
    ],
)
# what models write without a macro
_PLAIN = """
select
    id,
    one / nullif(other, 0) as ratio,
    cast(floor(one / nullif(other, 0)) as {{ dbt.type_bigint() }}) as floored,
    mod(one, nullif(other, 0)) as remainder,
    ln(nullif(abs(one), 0)) as logarithm,
    one = other or one is null as is_equal,
    coalesce(not (one > other), true) as is_checked,
    word < 'a' as is_before,
    word = 'a' as is_a,
    lower(word) as lowered,
    length(word) as size,
    coalesce(nullif(word, ''), 'none') as named,
    row_number() over (order by word, id) as place,
    row_number() over (order by word desc, id desc) as place_from_the_end,
    lag(word) over (order by one, id) as word_before,
    first_value(one) over (partition by other order by word, id) as first_one,
    count(one) over (partition by other) as ones_count,
    max(one) over (order by word range between unbounded preceding and current row) as greatest_one,
    rank() over (order by one desc) as one_rank
from cases
"""

_TYPES = ["string", "int64", "float64", "numeric", "bool", "date", "timestamp", "bytes"]

# ---- records of typed columns: good ones, rejected ones, and ties --------------------------------

TYPED = ("parquet", "avro", "orc")
_ORDER = {
    "order_id": "INT64",
    "customer": "STRING",
    "amount": "FLOAT64",
    "event_at": "TIMESTAMP",
    "ingested_at": "TIMESTAMP",
}


def _orders(format: str) -> dict:
    """The source's node of a table in one format."""
    lake = {
        "format": format,
        "key": ["order_id"],
        "required": ["customer"],
        "checks": [{"that": "amount >= 0", "else": "the amount is negative"}],
        "max_lateness_days": 1,
    }
    columns = {name: {"name": name, "data_type": type_} for name, type_ in _ORDER.items()}
    return {
        "source_name": "shop",
        "name": "orders",
        "config": {"meta": {"lake": lake}},
        "columns": columns,
    }


_DAY = date(2013, 1, 2)
_NOON = datetime(2013, 1, 2, 12)
_ORDERS = Table(
    {**_ORDER, "ingested_date": "DATE", "lake_file": "STRING", "line_number": "INT64"},
    [
        (order, customer, amount, event_at, ingested_at, day, file, None)
        for order, customer, amount, event_at, ingested_at, day, file in (
            (1, "ann", 1.5, _NOON, _NOON, _DAY, "a"),
            # of one key: a later one, then two of one moment in one file, and one in another
            (2, "ann", 1.25, _NOON, _NOON - timedelta(hours=1), _DAY, "a"),
            (2, "ann", 2.5, _NOON, _NOON, _DAY, "a"),
            (2, "bob", 2.5, _NOON, _NOON, _DAY, "a"),
            (3, "ann", 7.5, _NOON, _NOON, _DAY, "a"),
            (3, "ann", 6.5, _NOON, _NOON, _DAY, "a"),
            (3, "zoe", 9.5, _NOON, _NOON, _DAY, "b"),
            # not to be used
            (None, "ann", 1.25, _NOON, _NOON, _DAY, "a"),
            (4, None, 1.25, _NOON, _NOON, _DAY, "a"),
            (5, "ann", -1.25, _NOON, _NOON, _DAY, "a"),
            (6, "ann", 1.25, _NOON, _NOON, _DAY + timedelta(days=1), "a"),
            (7, "ann", None, _NOON - timedelta(days=2), _NOON, _DAY, "a"),
        )
    ],
)


CASES = {
    "plain_sql": Case(("SQL without a macro",), _PLAIN, {"cases": _PAIRS}),
    "safe_cast_text": Case(
        ("safe_cast_text",),
        _each("safe_cast_text", *(f"'given', '{type_}'" for type_ in _TYPES)),
        {"cases": _numbered("STRING", [*TEXTS, *_SHORT_NUMBERS])},
    ),
    "lake_shown": Case(
        ("_lake_shown",),
        _each("_lake_shown", "'given'"),
        {
            "cases": _numbered(
                "STRING",
                [
                    None,
                    "",
                    "a\tb\r\n\x01\x7f",
                    "\\t'\"",
                    *("é" * n for n in (99, 100, 101)),
                    "\n" * 101,
                ],
            )
        },
    ),
    "text_literal": Case(("text_literal",), _text_literals()),
    "literal_rows": Case(("literal_rows",), _literal_rows()),
    "farm_fingerprint": Case(
        ("farm_fingerprint",),
        _each("farm_fingerprint", "'given'"),
        {
            "cases": _numbered(
                "STRING", [*TEXTS, *("é" * n for n in (8, 16, 17, 32, 33, 64, 65, 300))]
            )
        },
    ),
    "surrogate_key": Case(
        ("surrogate_key",),
        _each(
            "surrogate_key",
            "['given']",
            "['given', 'id']",
            "['other', 'given']",
            "['day', 'other']",
        ),
        {
            "cases": Table(
                {"id": "INT64", "given": "STRING", "other": "STRING", "day": "DATE"},
                [
                    (number, one, other, day)
                    for number, (one, other, day) in enumerate(
                        zip(TEXTS, reversed(TEXTS), DAYS * 20, strict=False)
                    )
                ],
            )
        },
    ),
    "array_at": Case(
        ("array_at",),
        _each("array_at", *(f"'given', {position}" for position in (0, 1, 2, 5, -1, -2))),
        {
            "cases": _numbered(
                "ARRAY<STRING>", [(), ("a",), ("a", "", "c"), ("", "b", "c", "d", "e", "f")]
            )
        },
    ),
    "ml_probability_of": Case(
        ("ml_probability_of",),
        _each("ml_probability_of", '"given", "\'late\'"', '"given", "\'\'"'),
        {
            "cases": _numbered(
                "ARRAY<STRUCT<label STRING, prob FLOAT64>>",
                [(), (("late", 0.25), ("", 0.75)), (("Late", 1.0), (None, 0.5)), (("late", None),)],
            )
        },
    ),
    "days": Case(
        ("date_add_days", "day_of_week", "month_start", "unix_day"),
        "select id, {{ date_add_days('given', -1) }} as before,"
        " {{ date_add_days('given', 'id') }} as moved,"
        " {{ day_of_week('given') }} as weekday, {{ month_start('given') }} as month,"
        " {{ unix_day('given') }} as number from cases",
        {"cases": _numbered("DATE", DAYS)},
    ),
    "number_text": Case(
        ("number_text",),
        _each("number_text", "'given'"),
        {"cases": _numbered("FLOAT64", _SPEEDS + _NUMBERS)},
    ),
    "hhmm_to_minutes": Case(
        ("hhmm_to_minutes",),
        _each("hhmm_to_minutes", "'given'"),
        {
            "cases": _numbered(
                "INT64", [None, 0, 1, 59, 60, 99, 100, 517, 2359, 2400, -1, -100, -159, 10**15]
            )
        },
    ),
    "local_to_utc": Case(
        ("local_to_utc",),
        "select *, {{ local_to_utc('day', 'minute', 'zone') }} as moment from cases",
        {"cases": Table({"day": "DATE", "minute": "INT64", "zone": "STRING"}, CLOCKS)},
    ),
    "utc_to_local_date": Case(
        ("utc_to_local_date",),
        "select *, {{ utc_to_local_date('moment', 'zone') }} as day from cases",
        {
            "cases": Table(
                {"moment": "TIMESTAMP", "zone": "STRING"}, list(product(MOMENTS[5:], ZONES))
            )
        },
    ),
    "timestamps": Case(
        ("unix_second", "timestamp_truncate"),
        "select id, {{ unix_second('given') }} as number, "
        + ", ".join(
            f"{{{{ timestamp_truncate('given', '{unit}') }}}} as cut_{unit}" for unit in CUTS
        )
        + " from cases",
        {"cases": _numbered("TIMESTAMP", MOMENTS)},
    ),
    "timestamp_add": Case(
        ("timestamp_add",),
        "select id, "
        + ", ".join(
            f"{{{{ timestamp_add('given', {amount}, '{unit}') }}}} as {unit}_{n}"
            for unit in UNITS
            for n, amount in enumerate((-1, 100, "'id - 7'", "'nullif(id, 3)'"))
        )
        + " from cases",
        {
            "cases": _numbered(
                "TIMESTAMP", [m for m in MOMENTS if m is None or 1900 < m.year < 9999]
            )
        },
    ),
    "over_last_hours": Case(("over_last_hours",), _ROLLED_HOURS, {"cases": _ROLLED}),
    "over_last_days": Case(("over_last_days",), _ROLLED_DAYS, {"cases": _ROLLED}),
    "rows_checksum": Case(
        ("rows_checksum",),
        "select rows_count, checksum is not null as has_checksum"
        " from {{ rows_checksum('select * from cases') }} as counted",
        {"cases": _RECORDS},
    ),
    "feature_join": Case(
        ("feature_join",), _JOIN, {"labels": _LABELS, "states": _STATES, "others": _OTHERS}
    ),
    "feature_drift": Case(
        ("feature_drift",),
        _DRIFT,
        {
            "base": _moved([None], 3, ["a", "b", "B", "", None]),
            "study": _moved([date(2013, 1, 1), date(2013, 1, 2), None], 2, ["a", "new", "b"]),
        },
    ),
    "serving_skew": Case(("serving_skew",), _SKEW, {"logged": _LOGGED, "states": _SENSED}),
    # the text of what is inside an object may be written in several ways
    "ndjson_line": Case(("_ndjson_line",), _JSON.replace("INSIDE", "'inside'"), _LINES),
    "ndjson_line_inside": Case(
        ("_ndjson_line",),
        _JSON.replace("INSIDE", "{{ cell }}"),
        {"cases": _numbered("STRING", JSON_LINES[:_BY_HAND])},
    ),
    "csv_line": Case(
        ("_csv_line",),
        "{%- set line = _csv_line('given', []) %}"
        " select id, {{ line.problem }} as problem, {{ line.cells }} as cells from cases",
        {"cases": _numbered("STRING", CSV_LINES)},
    ),
    "record_as_json": Case(
        ("_record_as_json",),
        f"select id, {{{{ _record_as_json({_FIELDS}) }}}} as record from cases",
        {"cases": _RECORDS},
    ),
    "lake_descending": Case(
        ("_lake_descending",),
        "select id, row_number() over (order by {{ _lake_descending('given', true) }},"
        " {{ _lake_descending('id', false) }}) as place from cases",
        {"cases": _numbered("FLOAT64", _SPEEDS * 2)},
    ),
    **{
        f"lake_records_{name}": Case(
            ("_lake_records_sql", "_lake_typed_value", "_lake_typed_problem"),
            "select * from {{ _lake_records_sql('select * from cases',"
            f" _lake_plan({_orders(name)})) }}}} as records",
            {"cases": _ORDERS},
        )
        for name in TYPED
    },
}
