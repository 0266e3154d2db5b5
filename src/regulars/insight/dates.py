"""Which days does an answer cover, and up to when may anything have become known?"""

import datetime as dt
from dataclasses import dataclass

from regulars.insight.came_back import History


@dataclass(frozen=True)
class Dates:
    """`as_of`: facts and profiles up to this day. `complete`: the last complete day, T of the two numbers.

    `known_by`: what became known later is not used (an undated refund is known at import); empty means `as_of`.
    """

    as_of: dt.date
    complete: dt.date
    history: History
    known_by: dt.date | None = None

    @property
    def history_days(self) -> int:
        """Days from the first day of the history to `as_of`, both included."""
        return (self.as_of - self.history.begins).days + 1
