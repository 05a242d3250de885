"""A view version as a table of SQLite's: how it is made, written to and read.

It is wide and typed: keys, times, features. Its name ends in the hash of its columns, so that a
reader whose manifest says something else finds no table, not wrong values.
"""

import sqlite3
from collections.abc import Iterator
from itertools import chain

from serving.definitions import FeatureView
from serving.stores.base import Answer, Batch
from serving.stores.states import AnswerPlan, Asked
from serving.types import Form

# one statement for each, filled up with the last key
_BATCH_SIZES = (2, 10, 100)
# SQLite takes NaN for NULL: it is kept as this text, which compares greater than every number
_NAN_TEXT = "NaN"


def table_name(view: FeatureView) -> str:
    """`feat_airport__traffic__v1__26af9670`."""
    return f"{view.name}__v{view.version}__{view.schema_hash[:8]}"


def create(view: FeatureView, table: str) -> str:
    """The statement that makes the table of a view version under the name `table`."""
    keys = ", ".join(quoted(name) for name in view.key_names)
    as_rowid = len(view.keys) == 1 and view.keys[0].type.form is Form.INTEGER
    columns = [
        *[f"{quoted(key.name)} {key.type.form} not null" for key in view.keys],
        "_event_us INTEGER not null",
        "_known_us INTEGER not null",
        "_is_deleted INTEGER not null",
        # REAL would take NaN for NULL and lose the sign of zero
        *[
            f"{quoted(f.name)} {'ANY' if f.type.form is Form.REAL else f.type.form}"
            for f in view.features
        ],
        f"primary key ({keys})",
    ]
    options = "strict" if as_rowid else "strict, without rowid"
    return f"create table {quoted(table)} ({', '.join(columns)}) {options}"


def upsert(view: FeatureView, table: str, select: str | None = None) -> str:
    """The statement that writes rows unless what is there is greater: by time, then by the values.

    `select` is the query that gives the rows; without it they are parameters.
    """
    keys = [quoted(name) for name in view.key_names]
    ordered = [*[quoted(feature.name) for feature in view.tie_order], "_is_deleted"]
    others = ["_event_us", "_known_us", "_is_deleted", *map(quoted, view.feature_names)]
    alias = quoted(table)

    def comparable(side: str) -> str:
        pairs = [f"{side}.{c} is not null, ifnull({side}.{c}, 0)" for c in ordered]
        return f"({', '.join(pairs)})"

    source = select or f"values ({', '.join('?' * (len(keys) + len(others)))})"
    return (
        f"insert into {alias} ({', '.join([*keys, *others])}) {source}"
        f" on conflict ({', '.join(keys)}) do update set"
        f" {', '.join(f'{column} = excluded.{column}' for column in others)}"
        f" where (excluded._event_us, excluded._known_us) > ({alias}._event_us, {alias}._known_us)"
        f" or ((excluded._event_us, excluded._known_us) = ({alias}._event_us, {alias}._known_us)"
        f" and {comparable('excluded')} > {comparable(alias)})"
    )


def rows_of(view: FeatureView, batch: Batch) -> Iterator[tuple]:
    """The rows of a batch, as the statement of `upsert` takes them."""
    features = [
        _nan_as_text(values) if feature.type.form is Form.REAL else values
        for feature, values in zip(view.features, batch.features, strict=True)
    ]
    return zip(*batch.keys, batch.event_us, batch.known_us, batch.deleted, *features, strict=True)


def _nan_as_text(values: list[float | None]) -> list[float | str | None]:
    # a sum is NaN if a part is; it costs less than to look at each
    total = sum(filter(None, values))
    if total == total:
        return values
    return [value if value is None or value == value else _NAN_TEXT for value in values]


class SelectPlan(AnswerPlan):
    """How some columns of a view version are selected from its table."""

    def __init__(self, view: FeatureView, columns: tuple[str, ...] | None) -> None:
        super().__init__(view, columns)
        self._end = 3 + len(self.features)
        self._floats = [i for i, f in enumerate(self.features) if f.type.form is Form.REAL]
        # types of a key whose values are stored as they are
        plain = {"INT64": int, "STRING": str}
        self.plain_key = tuple([plain.get(key.type.name) for key in view.keys])
        columns_sql = ", ".join(
            ["_event_us", "_known_us", "_is_deleted", *[quoted(f.name) for f in self.features]]
        )
        names = [quoted(name) for name in view.key_names]
        table = quoted(table_name(view))
        is_key = " and ".join(f"{name} = ?" for name in names)
        self.one = f"select {columns_sql} from {table} where {is_key}"

        def many(size: int) -> str:
            columns = f"{columns_sql}, {', '.join(names)}"
            if len(names) == 1:
                places = ", ".join("?" * size)
                return f"select {columns} from {table} where {names[0]} in ({places})"
            # a row `in` a list would read the whole table, and `or` costs a quarter more
            aliases = [f"wanted_{n}" for n in range(len(names))]
            places = ", ".join([f"({', '.join('?' * len(names))})"] * size)
            is_wanted = " and ".join(map("{} = {}".format, names, aliases))
            return (
                f"with wanted ({', '.join(aliases)}) as (values {places})"
                f" select {columns} from wanted cross join {table} on {is_wanted}"
            )

        self._many = {size: many(size) for size in _BATCH_SIZES}

    def answers(
        self, cursor: sqlite3.Cursor, keys: list[tuple], asked: Asked
    ) -> dict[tuple, Answer]:
        """Answers by key, for those of `keys` (all different) that have a row."""
        if len(keys) == 1:
            row = cursor.execute(self.one, keys[0]).fetchone()
            return {keys[0]: self.answer_of(row, asked)}
        answer, end = self.answer_of, self._end
        largest = _BATCH_SIZES[-1]
        found = {}
        for start in range(0, len(keys), largest):
            part = keys[start : start + largest]
            size = next(size for size in _BATCH_SIZES if size >= len(part))
            part += part[-1:] * (size - len(part))
            rows = cursor.execute(self._many[size], list(chain.from_iterable(part)))
            found.update([(row[end:], answer(row, asked)) for row in rows])
        return found

    def answer_of(self, row: tuple | None, asked: Asked) -> Answer:
        """What a row (event, known, deleted, features, …) says at a moment."""
        if row is None:
            return self.absent
        values = row[3 : self._end]
        if self._floats and _NAN_TEXT in values:
            values = tuple(
                [
                    float("nan") if value == _NAN_TEXT and index in self._floats else value
                    for index, value in enumerate(values)
                ]
            )
        return self.answer(row[0], row[1], row[2], values, asked)


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
