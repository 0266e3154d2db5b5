"""What is looked into about once a month: can the forecast be trusted, and what changed that is worth knowing?

The forecast is checked against the shop's own past each month; once a day until the choice is proven: a young shop learns
quickly. Changes are looked for when a month is finished.
"""

import datetime as dt
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from regulars.insight.backtest import Backtest, backtest
from regulars.insight.change_counts import Look
from regulars.insight.changes import changes
from regulars.insight.cohorts import finished_month
from regulars.insight.money import NO_CURRENCY
from regulars.insight.notebook.opened import Opened
from regulars.profiles import lake, trust
from regulars.profiles.models import Answer
from regulars.profiles.refresh import Asked, asked_of
from regulars.shop.models import Shop, the_shop

DAYS_BETWEEN = 30
CHANGES_KEPT = 24
CHANGES = "changes"


def due(shop: Shop, *, now: dt.datetime) -> bool:
    """Whether there is something to look into that has not been looked into lately."""
    return _forecast_due(shop, now) or _changes_due(shop)


def check(*, now: dt.datetime) -> None:
    """Ask every candidate about the shop's past days, and look for changes, as far as each is due."""
    with lake.alone():
        shop = the_shop()
        forecast, news = _forecast_due(shop, now), _changes_due(shop)
        with asked_of(shop, now=now) as asked:
            if asked is None:
                return
            test = backtest(asked.engine, asked.facts, asked.dates, asked.choices) if forecast else None
            found = _changes(asked) if news else None
    if test is not None:
        _keep(test, shop, asked.dates.complete, now)
    if found is not None:
        _save(CHANGES, found | {"of": _of(shop)}, asked.dates.complete, now)


def _forecast_due(shop: Shop, now: dt.datetime) -> bool:
    found = trust.kept()
    if not Answer.objects.filter(question="forecast").exists():
        return False  # no orders yet
    if found is None or found.data["of"] != _of(shop):
        return True
    zone = ZoneInfo(shop.zone)
    age = (now.astimezone(zone).date() - found.computed_at.astimezone(zone).date()).days
    return age >= (DAYS_BETWEEN if found.data["choice"]["proven"] else 1)


def _changes_due(shop: Shop) -> bool:
    shape = Answer.objects.filter(question="shape").first()
    if shape is None:
        return False
    found = Answer.objects.filter(question=CHANGES).first()
    month = finished_month(shape.as_of - dt.timedelta(days=1))
    return found is None or (found.data["month"], found.data["of"]) != (month, _of(shop))


def _changes(asked: Asked) -> dict[str, Any]:
    shop = Opened(asked.engine, asked.facts, asked.dates, asked.choices, NO_CURRENCY)
    look = Look(asked.dates.complete, asked.dates.history, asked.choices.horizon)
    found = changes(shop.valid, shop.began, shop.history.bought, look=look)
    named = {int(one.name) for one in found.findings if one.about == "product"}
    variants = asked.facts.variants.filter(asked.facts.variants.variant_id.isin(sorted(named) or [-1]))
    titles = {str(row["variant_id"]): row["title"] or row["sku"] for row in variants.to_pyarrow().to_pylist()}
    return {"month": look.month, "tested": found.tested, "findings": [asdict(one) for one in found.findings],
            "titles": titles}  # fmt: skip


def _keep(test: Backtest, shop: Shop, as_of: dt.date, now: dt.datetime) -> None:
    before, found = trust.chosen(), trust.kept()
    changed = (before.orders, before.chance) != (test.choice.orders, test.choice.chance)
    log: list[dict[str, Any]] = found.data["changes"] if found else []
    if changed:
        log = [{"day": as_of.isoformat(), "from": before.orders, "to": test.choice.orders}, *log]
    _save(trust.QUESTION, trust.to_plain(test) | {"of": _of(shop), "changes": log[:CHANGES_KEPT]}, as_of, now)


def _save(question: str, data: dict[str, Any], as_of: dt.date, now: dt.datetime) -> None:
    Answer.objects.update_or_create(question=question, defaults={"as_of": as_of, "computed_at": now, "data": data})


def _of(shop: Shop) -> list[str]:
    """What a look holds for: with other settings, other orders count."""
    return [str(shop.settings_version), str(shop.opened)]
