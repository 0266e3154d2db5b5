"""Which days are compared with which? Spans of days with both ends included, and months as whole numbers."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included. Raises ValueError when there is none."""

    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period needs at least one day, not {self.first} to {self.last}")

    def holds(self, day: "ir.DateColumn") -> "ir.BooleanValue":
        """Whether each day lies in the period."""
        import ibis

        return (day >= ibis.literal(self.first)) & (day <= ibis.literal(self.last))


def month_number(day: dt.date) -> int:
    """The month of a day as one whole number, year*12+month-1.

    >>> import datetime as dt
    >>> month_number(dt.date(2024, 1, 31)) == 2024 * 12
    True
    """
    return day.year * 12 + day.month - 1


def month(number: int) -> Period:
    """The days of the month with this number (year*12+month-1).

    >>> month(2024 * 12 + 1).last
    datetime.date(2024, 2, 29)
    """
    first, after = (dt.date(at // 12, at % 12 + 1, 1) for at in (number, number + 1))
    return Period(first, after - dt.timedelta(days=1))
