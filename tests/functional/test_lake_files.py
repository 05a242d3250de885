"""Which files a table of the lake has, in which encoding, and what of them is a record."""

import gzip
import json
import random
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from projects import Tiny
from pyarrow import parquet

from ingest.formats import FORMATS

COLUMNS = {
    "order_id": "int64",
    "customer": "string",
    "amount": "numeric",
    "weight": "float64",
    "due_date": "date",
    "event_at": "timestamp",
    "ingested_at": "timestamp",
}
TYPES = {
    "int64": pa.int64(),
    "string": pa.string(),
    "numeric": pa.decimal128(38, 9),
    "float64": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
DAY = "ingested_date=2013-01-02"
AT = "2013-01-02T10:00:00Z"


class Shop:
    """A project with one table `orders` of a format."""

    def __init__(self, folder: Path, format: str, **lake: object) -> None:
        self.project = Tiny(folder)
        meta = {"format": format, "key": ["order_id"], "max_lateness_days": 3}
        meta |= {"fixed_event_day": True} | lake
        columns = [{"name": name, "data_type": type_} for name, type_ in COLUMNS.items()]
        table = {"name": "orders", "config": {"meta": {"lake": meta}}, "columns": columns}
        sources = {"version": 2, "sources": [{"name": "shop", "tables": [table]}]}
        (self.project.root / "models" / "sources.yml").write_text(json.dumps(sources))
        self.project.model(
            "orders",
            "{{ config(materialized='incremental', incremental_strategy='replace_window',"
            " event_time='ingested_date') }}"
            " select * from {{ lake_records('shop', 'orders') }} as records"
            " where {{ in_window('ingested_date') }}",
        )
        self.format = format

    def put(self, name: str, content: bytes, day: str = DAY) -> Path:
        path = self.project.lake / "shop" / "orders" / day / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def put_records(self, name: str, *records: dict, day: str = DAY) -> Path:
        return self.put(name, self.written(*records), day)

    def written(self, *records: dict) -> bytes:
        if self.format == "csv":
            lines = [",".join(COLUMNS), *(",".join(map(str, one.values())) for one in records)]
            return "\n".join([*lines, ""]).encode()
        if self.format == "ndjson":
            return "".join(json.dumps(one) + "\n" for one in records).encode()
        schema = pa.schema([(name, TYPES[type_]) for name, type_ in COLUMNS.items()])
        rows = [
            one
            | {
                "amount": Decimal(one["amount"]),
                "due_date": date.fromisoformat(one["due_date"]),
                "event_at": datetime.fromisoformat(AT[:-1]),
                "ingested_at": datetime.fromisoformat(AT[:-1]),
            }
            for one in records
        ]
        return FORMATS["parquet"].write(pa.Table.from_pylist(rows, schema))

    def run(self, *arguments: str):
        return self.project.dbt("run", "--select", "orders", *arguments)

    def kept(self, columns: str = "order_id") -> list[tuple]:
        return self.project.query(
            f"select {columns} from orders where reject_reason is null order by order_id"
        )

    def reasons(self) -> list[str]:
        return [
            reason
            for (reason,) in self.project.query(
                "select reject_reason from orders where reject_reason is not null order by all"
            )
        ]


def order(number: int, **changes: object) -> dict:
    return {
        "order_id": number,
        "customer": "ann",
        "amount": "1.5",
        "weight": 2.5,
        "due_date": "2013-02-01",
        "event_at": AT,
        "ingested_at": AT,
    } | changes


WINDOW = ("--event-time-start", "2013-01-02", "--event-time-end", "2013-01-03")
NAMES = [
    "orders[2]", "orders2", "a*b", "aXb", "q?", "qZ", "{x}", "it's", 'say "x"', "%41",
    " sp ace ", "日本", "-dash", "[", "]", "[!a]", "~t", "ingested_date=2013-01-05", "#",
]  # fmt: skip


@pytest.mark.parametrize("format", ["csv", "ndjson", "parquet"])
def test_every_name_is_taken_literally(tmp_path, format):
    folder = tmp_path / "lake [prod] *" / "ingested_date=2012-01-01"
    shop = Shop(tmp_path, format)
    shop.project.lake = folder
    shop.project.variables["AZEKURA_LAKE"] = str(folder)
    for number, name in enumerate(NAMES):
        shop.put_records(f"{name}.{format}", order(number))
    shop.put_records(f"_SUCCESS.{format}", order(98))
    shop.put_records(f".{format}", order(99))
    shop.put_records(f"part.{format}", order(100), day=f"{DAY}/orders.{format}")
    shop.put_records(f"part.{format}", order(101), day=f"{DAY}/_temporary")
    shop.run().succeeded()
    expected = [(number,) for number in [*range(len(NAMES)), 100]]
    assert shop.kept() == expected
    shop.run(*WINDOW).succeeded()
    assert shop.kept() == expected
    assert shop.reasons() == []


@pytest.mark.parametrize("name", ["new\nline", "tab\t", "back\\slash", "x\x01"])
def test_a_name_of_control_characters_is_taken_literally(tmp_path, name):
    shop = Shop(tmp_path, "csv")
    shop.put_records(f"{name}.csv", order(1))
    shop.put_records("other.csv", order(2))
    shop.run().succeeded()
    shop.run(*WINDOW).succeeded()
    assert shop.kept() == [(1,), (2,)]


OUTSIDE = {
    "orders.csv": ("", "ingested_date=YYYY-MM-DD"),
    "ingested_date=2013-2-8/a.csv": ("", "ingested_date=YYYY-MM-DD"),
    "ingested_date=2013-02-30/a.csv": ("", "ingested_date=YYYY-MM-DD"),
    "day=1/a.csv": ("", "ingested_date=YYYY-MM-DD"),
    f"{DAY}/hour=01/d.csv": ("x", "hour=01", "folder of the day"),
    f"{DAY}/a.txt": ("x", ".csv or .csv.gz", "rename it"),
    f"{DAY}/part-0000": ("x", ".csv or .csv.gz"),
    f"{DAY}/a.csv.zst": ("x", ".csv or .csv.gz"),
    f"{DAY}/empty.csv": ("", "is empty (0 bytes)"),
    f"{DAY}/back\\slash[1].csv": ("x", "backslash"),
    f"{DAY}/bad\nname.txt": ("x", "bad\\nname.txt"),
}


@pytest.mark.parametrize("place", OUTSIDE)
def test_a_file_that_is_not_read_is_named(tmp_path, place):
    shop = Shop(tmp_path, "csv")
    shop.put_records("good.csv", order(1))
    shop.run().succeeded()
    content, *words = OUTSIDE[place]
    path = shop.project.lake / "shop" / "orders" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    shop.run(*WINDOW).failed_saying("source shop.orders", *words)
    shop.run("--full-refresh").failed_saying("source shop.orders", *words)
    assert shop.kept() == [(1,)]


def test_what_is_wrong_outside_of_the_window_is_not_looked_at(tmp_path):
    shop = Shop(tmp_path, "csv")
    shop.put_records("good.csv", order(1))
    shop.put("later.txt", b"x", day="ingested_date=2013-03-01")
    shop.run(*WINDOW).succeeded()
    shop.run("--full-refresh").failed_saying("later.txt")


def test_a_window_without_a_file_has_no_rows(tmp_path):
    shop = Shop(tmp_path, "csv")
    shop.put_records("good.csv", order(1))
    shop.run().succeeded()
    empty = ("--event-time-start", "2013-02-02", "--event-time-end", "2013-02-03")
    shop.run(*empty).succeeded()
    assert shop.kept() == [(1,)]


def test_a_csv_file_may_hold_a_header_only(tmp_path):
    shop = Shop(tmp_path, "csv")
    shop.put_records("none.csv")
    shop.run().succeeded()
    assert shop.kept() == []


@pytest.mark.parametrize("format", ["csv", "ndjson"])
def test_compressed_text_is_read(tmp_path, format):
    shop = Shop(tmp_path, format)
    shop.put_records(f"plain.{format}", order(1))
    shop.put(f"packed.{format}.gz", gzip.compress(shop.written(order(2, customer="日本"))))
    shop.run().succeeded()
    assert shop.kept("order_id, customer") == [(1, "ann"), (2, "日本")]
    whole = gzip.compress(shop.written(*map(order, range(500))))
    shop.put(f"broken.{format}.gz", whole[:-20])
    shop.run(*WINDOW).failed_saying(f"broken.{format}.gz", "not a whole gzip file")
    shop.put(f"broken.{format}.gz", shop.written(order(3)))
    shop.run(*WINDOW).failed_saying(f"broken.{format}.gz", "not a whole gzip file")
    shop.project.lake.joinpath("shop", "orders", DAY, f"broken.{format}.gz").unlink()
    shop.put(f"packed.{format}", whole)
    shop.run(*WINDOW).failed_saying(f"packed.{format}", "end its name in .gz")


@pytest.mark.parametrize("format", ["csv", "ndjson"])
@pytest.mark.parametrize(
    "encoding", ["shift_jis", "cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-16-le", "utf-32"]
)
def test_a_declared_encoding_is_read(tmp_path, format, encoding):
    shop = Shop(tmp_path, format, encoding=encoding)
    names = ["表示", "ソート", "a\\b" if format == "csv" else "ab", "アイウ"]
    text = shop.written(*(order(i, customer=name) for i, name in enumerate(names))).decode()
    text = text.encode().decode("unicode_escape") if format == "ndjson" else text
    shop.put(f"orders.{format}", text.encode(encoding))
    shop.put(f"packed.{format}.gz", gzip.compress(text.replace(AT, "x").encode(encoding)))
    shop.run().succeeded()
    assert shop.kept("customer") == [(name,) for name in names]
    assert len(shop.reasons()) == len(names)


def test_a_byte_that_the_encoding_has_not_spoils_its_line_only(tmp_path):
    shop = Shop(tmp_path, "csv", encoding="shift_jis")
    good, bad = (shop.written(order(i, customer="表")).decode() for i in (1, 2))
    lines = good.encode("shift_jis") + bad.splitlines()[1].encode("shift_jis").replace(
        "表".encode("shift_jis"), b"\x81\xff"
    )
    shop.put("orders.csv", lines)
    shop.run().succeeded()
    assert shop.kept() == [(1,)]
    assert shop.reasons() == ["is not valid shift_jis"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("order_id\n".encode("utf-16"), ["is UTF-16", "encoding: utf-16"]),
        ("order_id\n".encode("utf-32"), ["is UTF-32", "encoding: utf-32"]),
        ("order_id\n".encode("utf-16-le"), ["bytes 0", "`encoding`"]),
        (bytes(range(1, 256)) * 400, ["has the columns", "\\x01\\x02"]),
        (b"x" * 200_000, ["has the columns", "where its source declares order_id"]),
    ],
)
def test_a_file_of_something_else_is_told_on_one_short_line(tmp_path, content, words):
    shop = Shop(tmp_path, "csv")
    shop.put("orders.csv", content)
    outcome = shop.run()
    outcome.failed_saying("orders.csv", *words)
    message = next(one for one in outcome.messages if words[0] in one)
    sentence = next(line for line in message.splitlines() if words[0] in line)
    assert len(sentence) < 1500 and sentence.isprintable()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("format", ["csv", "ndjson"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_end_as_they_do_anywhere(tmp_path, end, format, mark):
    shop = Shop(tmp_path, format)
    text = shop.written(order(1), order(2)).decode().replace("\n", end)
    shop.put(f"orders.{format}", (mark + text).encode())
    shop.run().succeeded()
    assert shop.kept("order_id, customer") == [(1, "ann"), (2, "ann")]


@pytest.mark.parametrize("format", ["csv", "ndjson", "parquet"])
def test_an_empty_text_is_no_value_of_a_required_column(tmp_path, format):
    shop = Shop(tmp_path, format, required=["customer"])
    shop.put_records(f"orders.{format}", order(1, customer=""), order(2))
    shop.run().succeeded()
    assert (shop.kept(), shop.reasons()) == ([(2,)], ["column customer is empty"])


def test_a_model_that_does_not_keep_its_window_is_refused(tmp_path):
    project = Tiny(tmp_path)
    days = "select date '2013-01-01' + range::int as day, range as x from range(5)"
    strategy = (
        "{{ config(materialized='incremental', incremental_strategy='replace_window',"
        " event_time='day') }}"
    )
    project.model("days", f"{strategy} {days}")
    project.dbt("run").succeeded()
    project.dbt("run").failed_saying("Model days", "replace_window", "in_window('day')")
    project.model("days", f"{strategy} {days} where {{{{ in_window('day', before=1) }}}}")
    project.dbt("run").failed_saying("Model days", "in_window('day')")
    project.model("days", f"{strategy} {days} where {{{{ in_window('day') }}}}")
    project.dbt("run").succeeded()
    project.dbt("run", *WINDOW).succeeded()
    assert project.query("select count(*), count(distinct day) from days") == [(5, 5)]


def test_a_record_that_may_move_to_another_day_is_not_built_by_days(tmp_path):
    shop = Shop(tmp_path, "csv", fixed_event_day=False)
    shop.put_records("orders.csv", order(1))
    shop.run().failed_saying("Model orders", "shop.orders", "(order_id)", "fixed_event_day: true")
    shop.project.model("orders", "select * from {{ lake_records('shop', 'orders') }} as records")
    shop.run("--full-refresh").succeeded()
    moved = order(1, event_at="2013-01-03T10:00:00Z", ingested_at="2013-01-04T10:00:00Z")
    shop.put_records("orders.csv", moved, day="ingested_date=2013-01-04")
    shop.run().succeeded()
    assert shop.kept("order_id, event_at::date") == [(1, date(2013, 1, 3))]


def test_a_key_that_holds_the_event_is_built_by_days(tmp_path):
    shop = Shop(tmp_path, "csv", fixed_event_day=False, key=["order_id", "event_at"])
    shop.put_records("orders.csv", order(1))
    shop.run().succeeded()


@pytest.mark.parametrize("encoding", ["latin", 932, ["utf-8"]])
def test_an_unknown_encoding_is_refused(tmp_path, encoding):
    shop = Shop(tmp_path, "csv", encoding=encoding)
    shop.put_records("orders.csv", order(1))
    shop.run().failed_saying("shop.orders", f"encoding '{encoding}' is unknown", "shift_jis")


@pytest.mark.parametrize("encoding", ["UTF-8", "Shift_JIS", None])
def test_an_encoding_may_have_capitals(tmp_path, encoding):
    shop = Shop(tmp_path, "csv", encoding=encoding)
    shop.put_records("orders.csv", order(1))
    shop.run().succeeded()
    assert shop.kept() == [(1,)]


@pytest.mark.parametrize("format", ["csv", "ndjson"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_byte_order_mark_is_missed(tmp_path, format, encoding):
    shop = Shop(tmp_path, format, encoding=encoding)
    shop.put_records(f"orders.{format}", order(1))
    words = (f"orders.{format}", f"byte order mark of {encoding.upper()}", f"{encoding}-le")
    shop.run().failed_saying(*words)


def test_a_byte_0_is_text_of_its_line(tmp_path):
    shop = Shop(tmp_path, "csv")
    shop.put_records("orders.csv", order(1, customer="a\0b"), order(2))
    shop.run().succeeded()
    assert shop.kept("customer") == [("a\0b",), ("ann",)]


@pytest.mark.parametrize("written", ["\ufdd0", "\\ufdd0", "\\uFDD0"])
def test_the_sign_of_numbers_is_no_text(tmp_path, written):
    shop = Shop(tmp_path, "ndjson")
    text = shop.written(order(1, customer="@5"), order(2)).decode().replace("@", written)
    shop.put("orders.ndjson", text.encode())
    shop.run().succeeded()
    assert (shop.kept(), shop.reasons()) == ([(2,)], ["holds U+FDD0, which is no character"])


def test_numbers_are_kept_as_they_were_written(tmp_path):
    shop = Shop(tmp_path, "ndjson")
    line = json.dumps(order(1, tags=["a", "b"])).replace('"ann"', "12.50")
    greatest = "99999999999999999999999999999.999999999"
    amounts = ["883406386745030.3", greatest, "1E5", "1e400", greatest.replace(".", "9.")]
    lines = [
        line.replace('"order_id": 1', f'"order_id": {i}').replace('"1.5"', amount)
        for i, amount in enumerate(amounts)
    ]
    shop.put("orders.ndjson", "\n".join(lines).encode())
    shop.run().succeeded()
    assert shop.kept("amount, customer") == [
        (Decimal("883406386745030.3"), "12.50"),
        (Decimal(greatest), "12.50"),
        (Decimal(100000), "12.50"),
    ]
    [first, second] = shop.reasons()
    assert first == 'column amount holds "1e400", which is not NUMERIC'
    assert second.startswith('column amount holds "999999') and second.endswith("not NUMERIC")


@pytest.mark.parametrize("format", ["csv", "ndjson"])
def test_a_reason_quotes_the_start_of_a_value(tmp_path: Path, format: str) -> None:
    shop = Shop(tmp_path, format)
    shop.put_records(
        f"orders.{format}",
        order(1, weight="x" * 100),
        order(2, weight="y" * 1_000_000),
        order(3, weight="a\tb\x02"),
    )
    shop.run().succeeded()
    assert shop.reasons() == [
        'column weight holds "a\\tb?", which is not FLOAT64',
        f'column weight holds "{"x" * 100}", which is not FLOAT64',
        f'column weight holds "{"y" * 100}...", which is not FLOAT64',
    ]


GOOD = {
    "dictionary": ("customer", pa.array(["ann"]).dictionary_encode()),
    "large string": ("customer", pa.array(["ann"], pa.large_string())),
    "string view": ("customer", pa.array(["ann"], pa.string_view())),
    "nothing but NULL": ("customer", pa.nulls(1)),
    "half float": ("weight", pa.array([2.5], pa.float16())),
    "unsigned": ("order_id", pa.array([1], pa.uint64())),
    "narrow decimal": ("amount", pa.array([Decimal("1.5")], pa.decimal128(5, 2))),
    "milliseconds": ("event_at", pa.array([1357120800000], pa.timestamp("ms"))),
    "another zone": ("event_at", pa.array([1357120800000000], pa.timestamp("us", "Asia/Tokyo"))),
    "date in milliseconds": ("due_date", pa.array([1359676800000], pa.date64())),
}  # fmt: skip
BAD_VALUES = {
    "uint64": ("order_id", pa.array([2**64 - 1], pa.uint64()), "INT64"),
    "digits": ("amount", pa.array([Decimal(10) ** 37], pa.decimal128(38, 0)), "NUMERIC"),
    "far day": ("due_date", pa.array([3_000_000], pa.date32()), "DATE"),
    "day before all": ("due_date", pa.array([-(2**31)], pa.date32()), "DATE"),
    "far moment": ("event_at", pa.array([2**62], pa.timestamp("us")), "TIMESTAMP"),
}
BAD_FILES = {
    "50 digits": ("amount", pa.array([Decimal("1.5")], pa.decimal256(50, 9)), "more than 38"),
    "12 decimals": ("amount", pa.array([Decimal("1.5")], pa.decimal128(20, 12)), "not NUMERIC"),
    "float": ("amount", pa.array([1.5]), "double, which is not NUMERIC"),
    "list": ("order_id", pa.array([[1]]), "which is not INT64"),
    "duration": ("order_id", pa.array([1], pa.duration("us")), "which is not INT64"),
    "far millisecond": ("event_at", pa.array([2**62], pa.timestamp("ms")), "no TIMESTAMP holds"),
    "no UTF-8": ("customer", pa.array([b"\xff"]).view(pa.string()), "UTF8"),
}


def put_with(shop: Shop, name: str, values: pa.Array) -> None:
    path = shop.put_records("orders.parquet", order(1))
    table = parquet.read_table(path)
    changed = table.set_column(table.column_names.index(name), name, values)
    parquet.write_table(changed, path)


@pytest.mark.parametrize("case", GOOD)
def test_a_type_that_holds_the_value_is_read(tmp_path, case):
    shop = Shop(tmp_path, "parquet")
    put_with(shop, *GOOD[case])
    shop.run().succeeded()
    [row] = shop.kept("* exclude (lake_file, customer, ingested_date, line_number)")
    moment = datetime.fromisoformat(AT[:-1])
    assert row == (1, Decimal("1.5"), 2.5, date(2013, 2, 1), moment, moment, None, None)


@pytest.mark.parametrize("case", BAD_VALUES)
def test_a_value_that_its_type_does_not_hold_is_a_reject(tmp_path, case):
    shop = Shop(tmp_path, "parquet")
    name, values, declared = BAD_VALUES[case]
    put_with(shop, name, values)
    shop.put_records("good.parquet", order(2))
    shop.run().succeeded()
    assert shop.kept() == [(2,)]
    [reason] = shop.reasons()
    assert reason.startswith(f'column {name} holds "')
    assert reason.endswith(f'", which is not {declared}')


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_type_that_cannot_be_read_stops_the_model(tmp_path, case):
    shop = Shop(tmp_path, "parquet")
    name, values, words = BAD_FILES[case]
    put_with(shop, name, values)
    shop.run().failed_saying("orders.parquet", words)


def test_a_bit_that_flips_in_a_landed_file_is_seen(tmp_path):
    shop = Shop(tmp_path, "parquet")
    path = shop.put_records("orders.parquet", *map(order, range(300)))
    good = path.read_bytes()
    columns = {name: type_.upper() for name, type_ in COLUMNS.items()}
    problem = FORMATS["parquet"].problem
    random_, table = random.Random(5), parquet.read_table(path)
    assert problem(pa.BufferReader(good), columns, None) is None
    for _ in range(200):
        flipped = bytearray(good)
        flipped[random_.randrange(len(good))] ^= 1 << random_.randrange(8)
        found = problem(pa.BufferReader(bytes(flipped)), columns, None)
        assert found or parquet.read_table(pa.BufferReader(bytes(flipped))).equals(table)
