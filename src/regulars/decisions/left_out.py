"""Who is left out of everything: drawn by lot for a year at a time, from the day on which the first lot was drawn."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from regulars.decisions.models import ONLY_ROW, ContactRules, contact_rules
from regulars.policy.hold_out import HoldOut, year_begins, year_of
from regulars.shop.models import the_shop

ANNOUNCED = dt.timedelta(days=30)
"""So long before others are drawn it is told on which day."""


def lots(now: dt.datetime) -> HoldOut:
    """The shop's lots as they stand now; the share of a play is still to be put in."""
    shop, rules = the_shop(), contact_rules()
    today = now.astimezone(ZoneInfo(shop.zone)).date()
    return HoldOut(shop.salt, rules.held_out_of_everything, year=year(rules, today), until=next_draw(rules, today))


def begin(now: dt.datetime) -> None:
    """The first lot is drawn: from today on the years are counted. Twice is once, and share or pause change nothing."""
    today = now.astimezone(ZoneInfo(the_shop().zone)).date()
    ContactRules.objects.filter(pk=ONLY_ROW, held_out_since=None).update(held_out_since=today)


def year(rules: ContactRules, day: dt.date) -> int:
    """Which lot holds on this day, from 1."""
    return year_of(rules.held_out_since, day) if rules.held_out_since else 1


def year_began(rules: ContactRules, day: dt.date) -> dt.date | None:
    """From which day on the lot of this day holds; None for the first, which also holds for what was decided before it was counted."""
    number = year(rules, day)
    return year_begins(rules.held_out_since, number) if rules.held_out_since and number > 1 else None


def next_draw(rules: ContactRules, day: dt.date) -> dt.date:
    """On which day others are drawn; it counts from this day where nobody was drawn yet."""
    return year_begins(rules.held_out_since or day, year(rules, day) + 1)


@dataclass(frozen=True, slots=True)
class Lot:
    """Of today. number: of the year, from 1; others: the day on which others are drawn, where it is near enough to be told."""

    number: int
    others: dt.date | None


def lot(rules: ContactRules, now: dt.datetime) -> Lot:
    """What is to be told of the lot in force; number 0 where nobody is left out."""
    if not rules.held_out_of_everything or rules.held_out_since is None:
        return Lot(0, None)
    today = now.astimezone(ZoneInfo(the_shop().zone)).date()
    others = next_draw(rules, today)
    return Lot(year(rules, today), others if others - today <= ANNOUNCED else None)
