"""Publish the two numbers with everything they rest on, and log every later change of a published value.

N1 is also computed for the last month ends, so that it can be drawn as a line and restatements show.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from regulars.insight.came_back import CameBack, came_back
from regulars.insight.kept import Kept
from regulars.insight.summary import Summary
from regulars.profiles.models import Number, Restatement
from regulars.shop import current
from regulars.shop.models import Shop

N1, N2 = "n1", "n2"
MONTHS_SHOWN = 13


def publish(summary: Summary, *, shop: Shop, now: dt.datetime) -> None:
    """Save N1 and N2 as of the last complete day, and N1 at earlier month ends."""
    with current.atomic():
        for as_of, n1 in _n1_series(summary, shop):
            _save(N1, as_of, _n1_row(n1), shop=shop, now=now)
        _save(N2, summary.dates.complete, _n2_row(summary.n2), shop=shop, now=now)


def _n1_series(summary: Summary, shop: Shop) -> Iterator[tuple[dt.date, CameBack]]:
    yield summary.dates.complete, summary.n1
    day = summary.dates.complete.replace(day=1) - dt.timedelta(days=1)
    for _month in range(MONTHS_SHOWN - 1):
        if day <= summary.dates.history.begins:
            break
        yield (
            day,
            came_back(
                summary.began, as_of=day, history=summary.dates.history, horizon=shop.horizon_days, compare=False
            ),
        )
        day = day.replace(day=1) - dt.timedelta(days=1)


def _n1_row(n1: CameBack) -> dict[str, Any]:
    details = {
        "k": n1.k, "why_not": n1.why_not, "have_days": n1.have_days, "need_days": n1.need_days, "horizon": n1.horizon,
        "early_read": n1.early_read, "unknown": n1.unknown, "verdict": n1.verdict,
        "last_year": None if n1.last_year is None else {"value": n1.last_year.value, "n": n1.last_year.n, "k": n1.last_year.k},
    }  # fmt: skip
    return {"value": n1.value, "n": n1.n, "low": n1.low, "high": n1.high, "window_from": n1.window.first,
            "window_to": n1.window.last, "details": details}  # fmt: skip


def _n2_row(n2: Kept) -> dict[str, Any]:
    details = {
        "why_not": n2.why_not, "have_months": n2.have_months, "then": n2.then, "now": n2.now, "rebuyers": n2.rebuyers,
        "rebuy_rate": n2.rebuy_rate, "spend_then": n2.spend_then, "spend_now": n2.spend_now,
        "new_last_year": n2.new_last_year, "already_old": n2.already_old,
    }  # fmt: skip
    end = n2.as_of
    start = None if end is None else end - dt.timedelta(days=730)
    return {
        "value": n2.value,
        "n": n2.n,
        "low": n2.low,
        "high": n2.high,
        "window_from": start,
        "window_to": end,
        "details": details,
    }


def _save(metric: str, as_of: dt.date, row: dict[str, Any], *, shop: Shop, now: dt.datetime) -> None:
    version = shop.horizon_days if metric == N1 else 1
    stamps = {"identity_version": shop.identity_version, "settings_version": shop.settings_version, "computed_at": now}
    old = Number.objects.filter(metric=metric, as_of=as_of, definition_version=version).first()
    if old is None:
        Number.objects.create(metric=metric, as_of=as_of, definition_version=version, **row, **stamps)
        return
    if (old.value, old.n) != (row["value"], row["n"]):
        Restatement.objects.create(metric=metric, as_of=as_of, old=old.value, new=row["value"], old_n=old.n, new_n=row["n"],
                                   why=_why(old, shop), at=now)  # fmt: skip
    Number.objects.filter(pk=old.pk).update(**row, **stamps)


def _why(old: Number, shop: Shop) -> str:
    if old.settings_version != shop.settings_version:
        return Restatement.Why.SETTINGS
    return Restatement.Why.IDENTITY if old.identity_version != shop.identity_version else Restatement.Why.FACTS
