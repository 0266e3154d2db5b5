"""Fill the demo shop: invented orders from the simulator, through the same import as everybody's."""

import datetime as dt
from pathlib import Path

from regulars import day
from regulars.customers.models import Attestation
from regulars.shop import current
from regulars.shop.models import Shop, the_shop
from regulars.simulator.demo import demo_shop
from regulars.sources import importing
from regulars.sources.models import Import
from regulars.sources.source import TABLES

SEED = 7
NAME = "Willow & Bean"
WEBSITE = "willow-and-bean.example"
OPENED_YEARS = 3


def fill(*, now: dt.datetime, say: day.Say) -> None:
    """Make the demo's facts once; later calls only bring its numbers up to today."""
    with current.using(current.DEMO):
        shop = the_shop()
        if not Import.objects.filter(state=Import.State.DONE).exists():
            say("inventing three years of orders for the demo shop ...")
            Shop.objects.filter(pk=shop.pk).update(
                name=NAME, zone="Europe/Berlin", currency="EUR", currency_chosen=True, margin_percent=45, website=WEBSITE, set_up=True,
                opened=now.date() - dt.timedelta(days=365 * OPENED_YEARS),
            )  # fmt: skip
            job = importing.create(_files(now.date() - dt.timedelta(days=1)), actor="demo", state=Import.State.READY)
            if importing.run(job, now=now).state == Import.State.FAILED:
                raise RuntimeError(job.error)
            _vouch(now)
        day.refresh(now=now, say=say)


def _vouch(now: dt.datetime) -> None:
    """The demo's owner says how the yes of its customer lists was given, so that its plays reach somebody."""
    Attestation.objects.create(
        kind=Attestation.Kind.CLAIMED, channel="email", wording="Yes, write to me (a box at the check-out, not ticked before)",
        period="since the opening", actor="demo", at=now,
    )  # fmt: skip


def _files(last_day: dt.date) -> list[Path]:
    from pyarrow import parquet

    folder = current.folder() / "invented"
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in demo_shop(SEED, last_day=last_day).items():
        path = folder / f"{name}.parquet"
        named = table.rename_columns(["account" if c == "customer_ref" else c for c in table.column_names])
        parquet.write_table(named.select([c for c in named.column_names if c in TABLES[name]]), path)
        paths.append(path)
    return paths
