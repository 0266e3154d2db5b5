"""Facts to profiles: bring the lake up to date, ask insight, write back what changed, publish the numbers.

Safe to kill anywhere: the lake is replaced by rename, profiles and answers are written in transactions, and running
again with the same facts writes nothing.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from regulars import environment
from regulars.insight.came_back import History
from regulars.insight.facts import Engine, duckdb_engine
from regulars.insight.profile import Choices
from regulars.insight.summary import Dates, Summary, summarise
from regulars.insight.valid import Rule
from regulars.profiles import answers, lake, numbers
from regulars.profiles.dictionary import COLUMNS
from regulars.profiles.models import Answer, Profile
from regulars.shop import current
from regulars.shop.models import Shop, the_shop
from regulars.sources import bulk
from regulars.sources.facts_of import first_and_last_day, match_returns

Progress = Callable[[str], None]
PROFILE_TABLE = "profiles_profile"


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did."""

    customers: int
    written: int
    removed: int
    as_of: dt.date | None
    incremental: bool


def refresh(*, now: dt.datetime, full: bool = False, progress: Progress | None = None) -> Refreshed:
    """Recompute everything from the committed facts, as of today in the shop's zone."""
    say = progress or (lambda step: None)
    shop = the_shop()
    say("lake")
    live = lake.update(shop, full=full)
    engine = open_engine(live, Path(current.folder()) / "lake" / "spill")
    try:
        facts = engine.facts({name: name for name in ("orders", "lines", "refunds", "people", "variants", "reviews")})
        days = first_and_last_day(facts)
        if days is None:
            _done(shop, now)
            return _empty(live)
        say("profiles")
        dates = dates_of(shop, days, now.astimezone(ZoneInfo(shop.zone)).date())
        summary = summarise(engine, facts, dates, choices_of(shop))
        say("writing")
        written, removed, total = write_profiles(engine, summary)
        say("numbers")
        numbers.publish(summary, shop=shop, now=now)
        answers.save(summary, facts, shop=shop, now=now)
        _done(shop, now)
        return Refreshed(total, written, removed, dates.as_of, live.incremental)
    finally:
        engine.close()


def _done(shop: Shop, now: dt.datetime) -> None:
    today = now.astimezone(ZoneInfo(shop.zone)).date()
    Shop.objects.filter(pk=shop.pk).update(refreshed_version=shop.facts_version, refreshed_on=today)


def due(shop: Shop, *, now: dt.datetime) -> bool:
    """Whether facts came in since the last refresh, or a new day began in the shop's zone."""
    today = now.astimezone(ZoneInfo(shop.zone)).date()
    return shop.refreshed_version != shop.facts_version or (shop.refreshed_on != today and shop.facts_version > 0)


def _empty(live: lake.Lake) -> Refreshed:
    with current.atomic():
        removed = Profile.objects.all().delete()[0]
        Answer.objects.all().delete()
    return Refreshed(0, 0, removed, None, live.incremental)


def open_engine(live: lake.Lake, spill: Path) -> Engine:
    """An engine with the lake's tables, returns matched to the orders they undo."""
    engine = duckdb_engine(memory_mb=environment.megabytes(environment.MEMORY_MB), temp_directory=str(spill))
    con = engine.con.con
    live.tables(con)
    for name in ("orders", "lines", "people", "variants", "reviews"):
        con.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM raw_{name}")
    con.execute("CREATE OR REPLACE VIEW all_refunds AS SELECT * FROM raw_refunds")
    ordered = "(SELECT order_id AS id, identifier_id, day::TIMESTAMP AS ordered_at FROM raw_orders)"
    match_returns(con, {"orders": ordered, "lines": "raw_lines"})
    return engine


def dates_of(shop: Shop, days: tuple[dt.date, dt.date], today: dt.date) -> Dates:
    """Today for profiles, yesterday for the two numbers. A shop whose orders ended long ago is seen at its end."""
    first, last = days
    as_of = today if (today - last).days <= 365 else last
    history = History(shop.opened or first, opened=shop.opened is not None)
    return Dates(as_of=as_of, complete=as_of - dt.timedelta(days=1), history=history, known_by=today)


def choices_of(shop: Shop) -> Choices:
    """What the shop's settings say about its numbers."""
    return Choices(
        rule=Rule(tags_left_out=shop.tags_left_out()), margin_percent=shop.margin_percent, horizon=shop.horizon_days
    )


def write_profiles(engine: Engine, summary: Summary) -> tuple[int, int, int]:
    """Write the profiles that differ from the last ones. Returns (written, removed, all)."""
    con = engine.con.con
    path = Path(current.folder()) / "lake" / "profiles.parquet"
    names = ["customer_id", *(column.name for column in COLUMNS)]
    cells = ", ".join(_cell(name) if name in summary.profiles.columns else f"NULL AS {name}" for name in names)
    con.execute(f"CREATE OR REPLACE TEMP TABLE new_profile AS SELECT {cells} FROM {summary.profiles.get_name()}")
    old = (
        f"read_parquet('{path}')"
        if path.exists() and Profile.objects.exists()
        else "(SELECT * FROM new_profile LIMIT 0)"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE changed_profile AS SELECT * FROM new_profile EXCEPT SELECT * FROM {old}")
    gone = con.sql(
        f"SELECT customer_id FROM {old} WHERE customer_id NOT IN (SELECT customer_id FROM new_profile)"
    ).fetchall()
    written = 0
    for batch in con.sql("SELECT * FROM changed_profile ORDER BY customer_id").to_arrow_reader(20_000):
        with current.atomic():
            staged = bulk.stage("stage_profile", PROFILE_TABLE, _stored(batch))
            written += bulk.upsert(PROFILE_TABLE, staged, names, key="customer_id")
    with current.atomic():
        removed = sum(bulk.execute(f"DELETE FROM {PROFILE_TABLE} WHERE customer_id = %s", row) for row in gone)
        if not path.exists():
            removed += bulk.execute(
                f"DELETE FROM {PROFILE_TABLE} WHERE customer_id NOT IN (SELECT id FROM customers_customer)"
            )
    draft = path.with_suffix(".draft")
    con.execute(f"COPY new_profile TO '{draft}' (FORMAT parquet, COMPRESSION zstd)")
    draft.replace(path)
    total = con.sql("SELECT count(*) FROM new_profile").fetchall()[0][0]
    return written, removed, total


def _cell(name: str) -> str:
    if name == "customer_id":
        return "customer_id"
    kind = next(column.type for column in COLUMNS if column.name == name)
    if kind == "money":
        return f'round("{name}")::BIGINT AS "{name}"'
    if kind in ("share", "number"):
        return f'round("{name}", 9) AS "{name}"'
    if kind == "integer":
        return f'CAST("{name}" AS INTEGER) AS "{name}"'
    return f'left("{name}", 400) AS "{name}"' if kind == "text" else f'"{name}"'


def _stored(batch: Any) -> Any:
    """Dates as text, as both databases take them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [pc.strftime(c, format="%Y-%m-%d") if pa.types.is_date(c.type) else c for c in batch.columns]
    return pa.table(dict(zip(batch.schema.names, columns, strict=True)))
