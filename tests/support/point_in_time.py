"""What a training set must hold, case by case: the contract of docs/feature_store.md.

Each case is an entity of its own, so that one join answers them all. Times are hours before (-) or
after the labels' moment; the time to live is 24 hours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

MOMENT = datetime(2026, 1, 10)
MICROSECOND = 1 / 3_600_000_000

PRESENT, NULL, NOT_FOUND, OUTSIDE_TTL = "PRESENT", "NULL", "NOT_FOUND", "OUTSIDE_TTL"

MODES = {
    "known": "",
    "event": ", as_of='event'",
    "known_strict": ", strict=true",
    "event_strict": ", as_of='event', strict=true",
    "known_fill": ", fill='last_non_null'",
    "event_fill": ", as_of='event', fill='last_non_null'",
}


@dataclass(frozen=True)
class Case:
    """States are (event hour, known hour, level, is_gone); answers are (level, status) by mode."""

    name: str
    states: list[tuple[float | None, float | None, int | None, bool]]
    answer: tuple[int | None, str]  # in every mode that `but` does not name
    but: dict[str, tuple[int | None, str]]
    labels: int = 1


def _case(name, states, answer, labels=1, **but) -> Case:
    rows = [(*state, False)[:4] if len(state) == 3 else state for state in states]
    return Case(name, rows, answer, but, labels)


CASES = [
    _case("same event, two known times: the later known", [(-2, -2, 1), (-2, -1, 2)], (2, PRESENT)),
    _case(
        "same event and known time: the greatest value",
        [(-2, -1, 1), (-2, -1, 5), (-2, -1, 3), (-2, -1, None)],
        (5, PRESENT),
    ),
    _case("known at no time: loses", [(-2, None, 9), (-2, -1, 1)], (1, PRESENT)),
    _case(
        "known at no time, and alone: not known, but it happened",
        [(-2, None, 9)],
        (None, NOT_FOUND),
        event=(9, PRESENT),
        event_strict=(9, PRESENT),
        event_fill=(9, PRESENT),
    ),
    _case(
        "at the label's moment: seen, unless strict",
        [(-3, -3, 3), (0, 0, 4)],
        (4, PRESENT),
        known_strict=(3, PRESENT),
        event_strict=(3, PRESENT),
    ),
    _case("as old as its time to live: seen", [(-24, -24, 5)], (5, PRESENT)),
    _case("a microsecond older: not", [(-24 - MICROSECOND, -24, 6)], (None, OUTSIDE_TTL)),
    _case("only later rows: not found", [(1, 1, 7)], (None, NOT_FOUND)),
    _case(
        "the last value is NULL: it is the answer, unless filled",
        [(-2, -2, 8), (-1, -1, None)],
        (None, NULL),
        known_fill=(8, PRESENT),
        event_fill=(8, PRESENT),
    ),
    _case("a value too old does not fill", [(-25, -25, 8), (-1, -1, None)], (None, NULL)),
    _case(
        "happened before, known after: only where the event counts",
        [(-3, -3, 1), (-2, 1, 2)],
        (1, PRESENT),
        event=(2, PRESENT),
        event_strict=(2, PRESENT),
        event_fill=(2, PRESENT),
    ),
    _case(
        "happened first, known last: the later event stays",
        [(-2, -2, 2), (-3, -1, 1)],
        (2, PRESENT),
    ),
    _case("two labels alike: both stay", [(-2, -2, 1)], (1, PRESENT), labels=2),
    _case("an entity without rows: not found", [], (None, NOT_FOUND)),
]
# a deleted entity has no features; fill would bring them back, and is refused
DELETIONS = [
    _case("deleted: not found", [(-2, -2, 1), (-1, -1, None, True)], (None, NOT_FOUND)),
    _case("deleted and back again", [(-3, -3, 1), (-2, -2, 0, True), (-1, -1, 2)], (2, PRESENT)),
    _case("deleted too long ago: still not found", [(-30, -30, 1, True)], (None, NOT_FOUND)),
    _case("deleted late, before what is there", [(-1, -1, 2), (-2, 0, 0, True)], (2, PRESENT)),
    _case("alike, and one deletes: not found", [(-1, -1, 1), (-1, -1, 1, True)], (None, NOT_FOUND)),
]


def cases(mode: str) -> list[Case]:
    return CASES if mode.endswith("fill") else CASES + DELETIONS


def labels(mode: str) -> list[tuple[int, int | None, datetime]]:
    """(id, entity, moment); the last one is of no entity."""
    entities = [number for number, case in enumerate(cases(mode)) for _ in range(case.labels)]
    return [(number, entity, MOMENT) for number, entity in enumerate([*entities, None])]


def states(mode: str) -> list[tuple]:
    """(entity, event_at, known_at, level, is_gone), with a row of no entity, that nobody sees."""
    rows = [
        (number, _at(event), _at(known), level, is_gone)
        for number, case in enumerate(cases(mode))
        for event, known, level, is_gone in case.states
    ]
    return [*rows, (None, _at(-1), _at(-1), 99, False)]


def answers(mode: str) -> list[tuple]:
    """(id, entity, moment, level, status) for every label, by id."""
    found = [
        (number, *case.but.get(mode, case.answer))
        for number, case in enumerate(cases(mode))
        for _ in range(case.labels)
    ]
    found.append((None, None, NOT_FOUND))
    return [
        (number, entity, MOMENT, level, status)
        for number, (entity, level, status) in enumerate(found)
    ]


def join(mode: str, labels: str = "labels") -> str:
    """The query, as a template: 'states' is a table that is no feature view."""
    deleted = "" if mode.endswith("fill") else "'is_deleted': 'is_gone', "
    return (
        f"select * from {{{{ feature_join('{labels}', at='moment', status=true, views=[{{"
        f"'relation': 'states', 'as': 'state', 'keys': ['entity'], 'columns': ['level'], "
        f"{deleted}'ttl': '24 hours'}}]{MODES[mode]}) }}}} as joined order by id"
    )


def _at(hour: float | None) -> datetime | None:
    if hour is None:
        return None
    return MOMENT + timedelta(microseconds=round(hour * 3_600_000_000))
