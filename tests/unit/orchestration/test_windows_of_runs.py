"""Which days a run builds."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some
from orchestration.windows import Window, WindowError, day

MARCH_5 = datetime(2013, 3, 5, tzinfo=UTC)


def test_a_data_interval_of_a_day_is_that_day() -> None:
    window = Window.of_interval(MARCH_5, MARCH_5 + timedelta(days=1))
    assert (window.start, window.end, window.last) == (
        date(2013, 3, 5),
        date(2013, 3, 6),
        date(2013, 3, 5),
    )
    assert str(window) == "[2013-03-05, 2013-03-06)"


def test_midnight_utc_may_be_written_in_another_zone() -> None:
    tokyo = timezone(timedelta(hours=9))
    start, end = MARCH_5.astimezone(tokyo), (MARCH_5 + timedelta(days=7)).astimezone(tokyo)
    assert Window.of_interval(start, end) == Window(date(2013, 3, 5), date(2013, 3, 12))


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (MARCH_5, MARCH_5, "is empty"),
        (MARCH_5, MARCH_5 - timedelta(days=1), "is empty"),
        (MARCH_5, MARCH_5 + timedelta(hours=12), "whole days"),
        (MARCH_5 + timedelta(seconds=1), MARCH_5 + timedelta(days=1), "whole days"),
        (datetime(2013, 3, 5), datetime(2013, 3, 6), "whole days"),
        (
            datetime(2013, 3, 5, tzinfo=timezone(timedelta(hours=9))),
            datetime(2013, 3, 6, tzinfo=timezone(timedelta(hours=9))),
            "whole days",
        ),
        (None, None, "no data interval"),
        (MARCH_5, None, "no data interval"),
    ],
)
def test_an_interval_that_is_not_whole_days_is_refused(start, end, words) -> None:
    with pytest.raises(WindowError, match=words):
        Window.of_interval(start, end)


@pytest.mark.parametrize("text", ["", "yesterday", "2013-3-5", "20130305", "2013-02-30"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(WindowError, match="YYYY-MM-DD"):
        day(text)


@given(
    start=some.dates(date(2000, 1, 1), date(2030, 1, 1)),
    length=some.integers(1, 800),
    days=some.integers(0, 400),
)
def test_pieces_are_the_window_without_gap_or_overlap(start, length, days) -> None:
    window = Window(start, start + timedelta(days=length))
    pieces = list(window.pieces(days))
    assert pieces[0].start == window.start
    assert pieces[-1].end == window.end
    assert [piece.end for piece in pieces[:-1]] == [piece.start for piece in pieces[1:]]
    if days:
        assert {(piece.end - piece.start).days for piece in pieces[:-1]} <= {days}
    else:
        assert pieces == [window]
