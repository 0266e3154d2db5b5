"""Which date is a day of the invented shop, and what is the time then?"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

MORNING, EVENING = dt.time(9), dt.time(22, 30)
"""When the product's day runs, and when customers have told what they have to tell."""


@dataclass(frozen=True)
class Calendar:
    """begins: the date of day 0, a first of January. zone: the shop's."""

    begins: dt.date
    zone: str

    def date(self, day: int) -> dt.date:
        """Of this day."""
        return self.begins + dt.timedelta(days=day)

    def at(self, day: int, time: dt.time) -> dt.datetime:
        """This time on the shop's clock, in UTC."""
        return dt.datetime.combine(self.date(day), time, ZoneInfo(self.zone)).astimezone(dt.UTC)

    def span(self, day: int) -> tuple[dt.datetime, dt.datetime]:
        """From midnight to midnight."""
        return self.at(day, dt.time()), self.at(day + 1, dt.time())
