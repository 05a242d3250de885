"""The days that a run builds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


class WindowError(ValueError):
    """The window cannot be built; the message says what to give instead."""


@dataclass(frozen=True)
class Window:
    """The UTC days from `start` to before `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise WindowError(
                f"The window from {self.start} to {self.end} is empty:"
                " its end is exclusive and must lie after its start."
            )

    @classmethod
    def of_interval(cls, start: datetime | None, end: datetime | None) -> "Window":
        """The window that is a run's data interval. Raises WindowError if it is not whole days."""
        if start is None or end is None:
            raise WindowError(
                "This run has no data interval:"
                " trigger it with a logical date, or use the DAG backfill."
            )
        for moment in (start, end):
            if moment.tzinfo is None or moment.astimezone(UTC).time() != time():
                raise WindowError(
                    f"The data interval from {start} to {end} is not of whole days:"
                    " both ends must be midnight UTC."
                )
        return cls(start.astimezone(UTC).date(), end.astimezone(UTC).date())

    @classmethod
    def of_texts(cls, start: str, end: str) -> "Window":
        """The window between two days written YYYY-MM-DD."""
        return cls(day(start), day(end))

    @property
    def last(self) -> date:
        """The last day, inclusive."""
        return self.end - timedelta(days=1)

    def pieces(self, days: int) -> Iterator["Window"]:
        """The window in pieces of so many days, in order; 0: in one."""
        start = self.start
        while start < self.end:
            end = min(start + timedelta(days=days), self.end) if days else self.end
            yield Window(start, end)
            start = end

    def __str__(self) -> str:
        return f"[{self.start}, {self.end})"


def day(text: str) -> date:
    """A day written YYYY-MM-DD. Raises WindowError for anything else."""
    try:
        read = date.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or text != read.isoformat():
        raise WindowError(f"{text!r} is not a day: write YYYY-MM-DD.")
    return read
