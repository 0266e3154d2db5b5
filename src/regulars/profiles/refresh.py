"""Facts to profiles: bring the lake up to date, ask insight, write back what changed, publish the numbers.

The first refresh of a day measures everybody and keeps the day's yardsticks; later ones of the same day measure by
them those whose facts changed. Small shops are measured whole each time.
Safe to kill anywhere: the lake is replaced by rename, profiles and answers are written in transactions, and running
again with the same facts writes nothing.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from regulars import environment
from regulars.insight.came_back import History
from regulars.insight.facts import Engine, Facts, duckdb_engine, first_and_last_day
from regulars.insight.lake_files import facts_views
from regulars.insight.profile import Choices, base, score
from regulars.insight.summary import Dates, Measured, summarise, summarise_again
from regulars.insight.valid import Rule
from regulars.insight.yardsticks import Yardsticks
from regulars.profiles import answers, kept_yardsticks, lake, numbers, stored, trust
from regulars.profiles.models import Answer, Profile
from regulars.shop import current
from regulars.shop.models import Shop, the_shop

Progress = Callable[[str], None]
SMALL_SHOP_ORDERS = 20_000


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did."""

    customers: int
    written: int
    removed: int
    as_of: dt.date | None
    incremental: bool


def refresh(*, now: dt.datetime, full: bool = False, progress: Progress | None = None) -> Refreshed:
    """Bring profiles, numbers and answers up to the committed facts, as of today in the shop's zone."""
    say = progress or (lambda step: None)
    with lake.alone():
        shop = the_shop()
        say("lake")
        with asked_of(shop, now=now, full=full) as asked:
            found = _refreshed(asked, shop, now, say) if asked else Refreshed(0, 0, _forget_everybody(), None, False)
        lake.settled(_told(shop))
        today = now.astimezone(ZoneInfo(shop.zone)).date()
        Shop.objects.filter(pk=shop.pk).update(refreshed_version=shop.facts_version, refreshed_on=today)
    return found


@dataclass(frozen=True)
class Asked:
    """The shop's facts in an engine, the days they are asked for, and what the shop chose."""

    live: lake.Lake
    engine: Engine
    facts: Facts
    dates: Dates
    choices: Choices


@contextmanager
def asked_of(shop: Shop, *, now: dt.datetime, full: bool = False) -> Iterator[Asked | None]:
    """The lake brought up to date and opened, as of today in the shop's zone; None for a shop without orders."""
    live = lake.update(shop, full=full)
    engine = open_engine(live, current.folder() / "lake" / "spill")
    try:
        facts = engine.facts({name: name for name in ("orders", "lines", "refunds", "people", "variants", "reviews")})
        days = first_and_last_day(facts)
        today = now.astimezone(ZoneInfo(shop.zone)).date()
        yield Asked(live, engine, facts, dates_of(shop, days, today), choices_of(shop)) if days else None
    finally:
        engine.close()


def _told(shop: Shop) -> dict[str, Any]:
    """What whoever reads the lake without the database must know of the shop."""
    return {"name": shop.name, "currency": shop.currency, "opened": shop.opened and shop.opened.isoformat(),
            "margin_percent": shop.margin_percent, "horizon_days": shop.horizon_days,
            "tags_left_out": list(shop.tags_left_out())}  # fmt: skip


def _refreshed(asked: Asked, shop: Shop, now: dt.datetime, say: Progress) -> Refreshed:
    live, engine, facts, dates, choices = asked.live, asked.engine, asked.facts, asked.dates, asked.choices
    whole = live.everybody or live.orders < SMALL_SHOP_ORDERS or not Profile.objects.exists()
    by = None if whole else kept_yardsticks.load(engine, shop, dates)
    say("profiles")
    if by is None:
        summary = summarise(engine, facts, dates, choices)
        written = stored.write(engine, summary.profiles)
        kept_yardsticks.save(summary.yardsticks, shop, dates)
    else:
        written = _write_touched(engine, facts, by, dates=dates, choices=choices)
        summary = summarise_again(engine, facts, Measured(stored.profiles(engine), by), dates, choices)
    say("numbers")
    numbers.publish(summary, shop=shop, now=now)
    answers.save(summary, facts, now=now)
    return Refreshed(written.all, written.changed, written.removed, dates.as_of, incremental=by is not None)


def _write_touched(engine: Engine, facts: Facts, by: Yardsticks, *, dates: Dates, choices: Choices) -> stored.Written:
    chosen = engine.stage(engine.con.table(lake.TOUCHED_TABLE), "touched")
    found = base(engine, facts, dates=dates, choices=choices, customers=chosen)
    profiles = engine.stage(score(engine, facts, found.customers, by, dates=dates), "profiles")
    return stored.write(engine, profiles, among=chosen)


def due(shop: Shop, *, now: dt.datetime) -> bool:
    """Whether facts came in since the last refresh, or a new day began in the shop's zone."""
    today = now.astimezone(ZoneInfo(shop.zone)).date()
    return shop.refreshed_version != shop.facts_version or (shop.refreshed_on != today and shop.facts_version > 0)


def _forget_everybody() -> int:
    with current.atomic():
        removed: int = Profile.objects.all().delete()[0]
        Answer.objects.all().delete()
    return removed


def open_engine(live: lake.Lake, spill: Path) -> Engine:
    """An engine with the lake's tables, returns matched to the orders they undo."""
    engine = duckdb_engine(memory_mb=environment.megabytes(environment.MEMORY_MB), temp_directory=str(spill))
    live.tables(engine.con.con)
    facts_views(engine.con.con)
    return engine


def dates_of(shop: Shop, days: tuple[dt.date, dt.date], today: dt.date) -> Dates:
    """Today for profiles, yesterday for the two numbers. A shop whose orders ended long ago is seen at its end."""
    first, last = days
    as_of = today if (today - last).days <= 365 else last
    history = History(shop.opened or first, opened=shop.opened is not None)
    return Dates(as_of=as_of, complete=as_of - dt.timedelta(days=1), history=history, known_by=today)


def choices_of(shop: Shop) -> Choices:
    """What the shop's settings, and its last back-test, say about its numbers."""
    return Choices(
        rule=Rule(tags_left_out=shop.tags_left_out()),
        margin_percent=shop.margin_percent,
        horizon=shop.horizon_days,
        forecast=trust.chosen(),
    )
