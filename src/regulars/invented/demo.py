"""Fill the demo shop: invented orders from the simulator, through the same import as everybody's, and the plays' past."""

import datetime as dt
from pathlib import Path

from regulars import day
from regulars.customers.models import Attestation
from regulars.invented import past
from regulars.shop import current
from regulars.shop.models import Shop, the_shop
from regulars.simulator import willow
from regulars.simulator.demo import DEMO_CUSTOMERS, tables_of
from regulars.simulator.lived import Lot
from regulars.simulator.times import SHOP_DAYS, Calendar
from regulars.sources import importing
from regulars.sources.models import Import
from regulars.sources.source import TABLES

SEED = 7
NAME = "Willow & Bean"
WEBSITE = "willow-and-bean.example"


def fill(*, now: dt.datetime, say: day.Say) -> None:
    """Make the demo's facts and its plays' past once; later calls only bring its numbers up to today."""
    with current.using(current.DEMO):
        fill_shop(DEMO_CUSTOMERS, now=now, say=say)


def fill_shop(customers: int, *, now: dt.datetime, say: day.Say) -> None:
    """The same, in the shop at hand and with so many customers. Killed anywhere, it goes on there."""
    imported = Import.objects.filter(state=Import.State.DONE).exists()
    if not imported:
        say("inventing three years of orders ...")
        _open(now)
    whole = past.written() or the_shop().salt != past.SALT  # a demo of an earlier release has no such past
    lived = None if imported and whole else _lived(customers)
    if lived and not imported:
        job = importing.create(_files(lived), actor=past.BY, state=Import.State.READY)
        if importing.run(job, now=now).state == Import.State.FAILED:
            raise RuntimeError(job.error)
        _vouch(now)
    day.refresh(now=now, say=say)
    if lived:
        say("writing down two years in which four plays ran ...")
        past.write(lived, _calendar())
        day.measure(now=now, say=say)


def _open(now: dt.datetime) -> None:
    Shop.objects.filter(pk=the_shop().pk).update(
        name=NAME, zone="Europe/Berlin", currency="EUR", currency_chosen=True, margin_percent=45, website=WEBSITE,
        set_up=True, salt=past.SALT, opened=now.date() - dt.timedelta(days=SHOP_DAYS - 1),
    )  # fmt: skip


def _calendar() -> Calendar:
    """Three years from the opening: to the day before the demo was first filled."""
    opened = the_shop().opened
    assert opened is not None
    return Calendar(opened + dt.timedelta(days=SHOP_DAYS - 2))


def _lived(customers: int) -> willow.Shop:
    lot = Lot(past.SALT, past.number)
    return willow.open_shop(SEED, last_day=_calendar().last_day, customers=customers, lot=lot)


def _vouch(now: dt.datetime) -> None:
    """The demo's owner says how the yes of its customer lists was given, so that its plays reach somebody."""
    Attestation.objects.create(
        kind=Attestation.Kind.CLAIMED, channel="email", wording="Yes, write to me (a box at the check-out, not ticked before)",
        period="since the opening", actor=past.BY, at=now,
    )  # fmt: skip


def _files(shop: willow.Shop) -> list[Path]:
    from pyarrow import parquet

    folder = current.folder() / "invented"
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in tables_of(shop).items():
        path = folder / f"{name}.parquet"
        named = table.rename_columns(["account" if c == "customer_ref" else c for c in table.column_names])
        parquet.write_table(named.select([c for c in named.column_names if c in TABLES[name]]), path)
        paths.append(path)
    return paths
