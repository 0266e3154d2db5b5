"""Did it sell today and lose tomorrow? What was earned while a play lasted, with what was forecast of people when it was over.

The forecast is the profile's, as it stood in the night somebody's days were over, and is kept from then on; today's would know
what came later. A surrogate index (Athey, Chetty, Imbens and Kang, NBER w26463): it rests on the forecast seeing all that the
play left behind. So it is shown as a forecast, carries no verdict, and nothing is learned from it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from regulars.customers.owners import owners_of
from regulars.insight.lift.aipw import Drawn as Arms
from regulars.insight.lift.effect import judge
from regulars.insight.lift.forecasting import running_line
from regulars.measurement.models import Outlook
from regulars.measurement.windows import EPOCH, Drawn
from regulars.profiles.models import Profile
from regulars.shop.models import the_shop

if TYPE_CHECKING:
    from regulars.insight.lift.aipw import Numbers, Whole

LATE_DAYS_MAX = 7
"""A forecast made longer after the end of somebody's days is kept, but counts as none."""
AT_ONCE = 5_000


class Ahead(NamedTuple):
    """A forecast that was kept: on which day it was made, and the margin of the year from then on, in minor units."""

    day: dt.date
    margin: int | None


def note(source: str, drawn: Iterable[Drawn], *, days: int, made: dt.date) -> int:
    """Keep what is forecast of everybody whose days are over by `made`, the day of the profiles; returns of how many.

    Who is kept already stays as they are, whoever they were united with since."""
    zone = ZoneInfo(the_shop().zone)
    over = made - dt.timedelta(days=days)
    first: dict[int, dt.date] = {}
    for one in drawn:
        day = one.at.astimezone(zone).date()
        first[one.identifier] = min(day, first.get(one.identifier, day))
    kept = set(Outlook.objects.filter(source=source).values_list("identifier_id", flat=True).iterator())
    due = sorted(identifier for identifier, day in first.items() if day <= over and identifier not in kept)
    for start in range(0, len(due), AT_ONCE):
        _keep(source, due[start : start + AT_ONCE], made)
    return len(due)


def _keep(source: str, identifiers: list[int], made: dt.date) -> None:
    owner = owners_of(identifiers)
    rows = Profile.objects.filter(pk__in=set(owner.values())).values_list("pk", "margin_next_365d")
    margin = dict(rows)
    Outlook.objects.bulk_create(
        [Outlook(source=source, identifier_id=one, day=made, margin=margin.get(owner.get(one))) for one in identifiers],
        ignore_conflicts=True,
    )


def of(source: str) -> dict[int, Ahead]:
    """By identifier, what was kept."""
    rows = Outlook.objects.filter(source=source).values_list("identifier_id", "day", "margin")
    return {identifier: Ahead(day, margin) for identifier, day, margin in rows.iterator()}


def ahead_of(kept: Mapping[int, Ahead], identifiers: "Whole", began: "Whole", days: int) -> "Numbers":
    """The margin forecast of each (began: their first day, since 1970), NaN where none was made in time."""
    import numpy as np

    found = np.full(len(identifiers), np.nan)
    for place, (identifier, day) in enumerate(zip(identifiers.tolist(), began.tolist(), strict=True)):
        one = kept.get(identifier)
        if one and one.margin is not None and one.day.toordinal() - EPOCH - day - days <= LATE_DAYS_MAX:
            found[place] = one.margin
    return found


def long_run(told: Mapping[str, Any], margin: "Numbers", ahead: "Numbers", *, planned: int) -> dict[str, Any]:
    """The change a person of margin and forecast together, for those of whom there is one; how many of each side are without.

    No state and no evidence is kept: nothing can be claimed from it."""
    import numpy as np

    treated, have = told["arm"] == 1, np.isfinite(ahead)
    outcome = (margin + ahead)[have]
    line = running_line(told["day"][have], told["margin"][have], outcome)
    found = judge(Arms(outcome, treated[have], told["chance"][have], line), planned=planned)
    return {
        "n": found.n, "n_held_out": found.n_held_out, "low": found.low, "high": found.high,
        "estimate": found.estimate, "error": found.error,
        "without": {"treated": int((~have & treated).sum()), "held_out": int((~have & ~treated).sum())},
    }  # fmt: skip
