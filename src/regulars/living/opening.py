"""The invented shop as its owner sets it up: its name, its rules, and four plays that act by themselves, each with a hold-out."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from regulars.decisions.models import ONLY_ROW, ContactRules
from regulars.living.calendar import Calendar
from regulars.plays import switching
from regulars.plays.folders import Written
from regulars.plays.models import Play
from regulars.shop.models import Shop, the_shop
from regulars.simulator.reacting.plays import BIRTHDAY, NAMES, REFILL, SECOND_ORDER, WAITS, WORDS
from regulars.simulator.reacting.policies.product import LIFTS

OWNER = "owner"
WORDS_OF = {"letter.en.md": "Subject: Hello\n\nHello {{ customer.first_name | default: 'you' }}, we thought of you.\n"}
MOMENTS: Mapping[int, str] = {
    BIRTHDAY: 'audience = "orders > 0"\non = "occasion"\noccasions = ["birthday"]\npriority = 2',
    SECOND_ORDER: 'audience = "order_days = 1 and days_since_last_order between 10 and 60"\non = "daily"',
    REFILL: 'audience = "order_days >= 3 and days_since_last_order between usual_gap_days * 0.75 and usual_gap_days * 1.25"\non = "daily"',
    WORDS: 'audience = "orders > 0 and days_since_last_order between 45 and 300"\non = "daily"',
}
"""By play of the invented shop, whom the product's own play meets, and when."""


@dataclass(frozen=True)
class Terms:
    """What this owner chose. salt: of the lots; share: held out of each play, None for as long as it is unproven;
    of_all: held out of everything; per_day: people a play reaches on a day at most; margin: of the net revenue."""

    salt: str
    share: float | None = None
    of_all: float = 0.05
    per_day: int | None = 30
    margin_percent: int = 40
    cost: float = 0.02


def name_of(play: int) -> str:
    """What the product calls a play of the invented shop.

    >>> name_of(SECOND_ORDER)
    'second-order'
    """
    return NAMES[play].replace("_", "-")


PLAYS: Mapping[str, int] = {name_of(play): play for play in MOMENTS}


def written(play: int, terms: Terms) -> Written:
    """The product's play like this one: the same waiting time, and the lift that the product assumes."""
    lift, days = LIFTS[play]
    share = '"auto"' if terms.share is None else terms.share
    limits = "" if terms.per_day is None else f"[limits]\nper_day = {terms.per_day}\n"
    text = f"""[play]
name = "{name_of(play)}"
title = "{name_of(play)}"
because = "They have not heard from us."
once_every = {WAITS[play]}
purpose = "care"
{MOMENTS[play]}
[[action]]
kind = "message"
channel = "email"
words = "letter"
cost = {terms.cost}
[goal]
within = 60
[hold_out]
share = {share}
{limits}[value]
lift = {lift}
days = {days}
"""
    return Written(text, WORDS_OF)


def open_shop(calendar: Calendar, terms: Terms) -> None:
    """Name, currency, zone and rules; twice is once."""
    Shop.objects.filter(pk=the_shop().pk).update(
        name="The living shop", zone=calendar.zone, currency="EUR", currency_chosen=True, set_up=True, salt=terms.salt,
        margin_percent=terms.margin_percent, opened=calendar.begins,
    )  # fmt: skip
    ContactRules.objects.update_or_create(pk=ONLY_ROW, defaults={"held_out_of_everything": terms.of_all})


def switch_on(terms: Terms, *, now: dt.datetime) -> None:
    """Every play of MOMENTS, acting by itself; twice is once."""
    for play in MOMENTS:
        switching.keep(written(play, terms), by=OWNER, now=now)
        switching.switch_on(name_of(play), by=OWNER, now=now, mode=Play.Mode.AUTOMATIC)
