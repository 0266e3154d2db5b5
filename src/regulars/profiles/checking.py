"""Check the forecast against the shop's own past, at most once a month, and keep what came of it.

Until the choice is proven it is checked once a day: a young shop learns quickly.
"""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from regulars.insight.backtest import backtest
from regulars.insight.backtest.run import Backtest
from regulars.profiles import lake, trust
from regulars.profiles.models import Answer
from regulars.profiles.refresh import asked_of
from regulars.shop.models import Shop, the_shop

DAYS_BETWEEN = 30
CHANGES_KEPT = 24


def due(shop: Shop, *, now: dt.datetime) -> bool:
    """Whether there is something to check that has not been checked lately."""
    found = trust.kept()
    if not Answer.objects.filter(question="forecast").exists():
        return False  # no orders yet
    if found is None:
        return True
    if found.data["of"] != _of(shop):
        return True
    zone = ZoneInfo(shop.zone)
    age = (now.astimezone(zone).date() - found.computed_at.astimezone(zone).date()).days
    return age >= (DAYS_BETWEEN if found.data["choice"]["proven"] else 1)


def check(*, now: dt.datetime) -> None:
    """Ask every candidate about the shop's past days, and keep what they said against what came."""
    with lake.alone():
        shop = the_shop()
        with asked_of(shop, now=now) as asked:
            if asked is None:
                return
            test = backtest(asked.engine, asked.facts, asked.dates, asked.choices)
    _keep(test, shop, asked.dates.complete, now)


def _keep(test: Backtest, shop: Shop, as_of: dt.date, now: dt.datetime) -> None:
    before = trust.chosen()
    found = trust.kept()
    changed = (before.orders, before.chance) != (test.choice.orders, test.choice.chance)
    changes: list[dict[str, Any]] = found.data["changes"] if found else []
    if changed:
        changes = [{"day": as_of.isoformat(), "from": before.orders, "to": test.choice.orders}, *changes]
    data = trust.to_plain(test) | {"of": _of(shop), "changes": changes[:CHANGES_KEPT]}
    Answer.objects.update_or_create(
        question=trust.QUESTION, defaults={"as_of": as_of, "computed_at": now, "data": data}
    )


def _of(shop: Shop) -> list[str]:
    """What a check holds for: with other settings, other orders count."""
    return [str(shop.settings_version), str(shop.opened)]
