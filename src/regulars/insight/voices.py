"""Who tells us much, who stays quiet though they keep coming, who passes the word on? And how engaged is each customer?

Labels are words about people: they are neutral, come with the counts behind them, and stand in what a person is shown
of themselves. The score is a plain sum of four parts, each shown, none learned.
"""

import datetime as dt
from typing import TYPE_CHECKING

from regulars.insight.facts import Facts

if TYPE_CHECKING:
    import ibis.expr.types as ir

YEAR_DAYS = 365
PART_MAX = 25
HALF_LIFE_DAYS = 90
ORDERS_FULL = 6
REVIEWS_FULL = 4
SHARES_FULL = 4
REVIEWER_DAYS_MIN = 3
QUIET_ORDERS_MIN = 3
SHARER_DAYS_MIN = 2


def voices(facts: Facts, days: "ir.Table", shared: "ir.Table", *, as_of: dt.date) -> "ir.Table":
    """One row a customer with an order day, a review or a share up to `as_of`.

    Columns: customer_id; order_days, orders_365d (order days), last_day; reviews, review_days, reviews_365d,
    rating_mean; shares, share_days, shares_365d; good_reviewer (reviews on at least 3 days), quiet (at least 3 order
    days, the last within 365 days, and never a review or share), sharer (shared on at least 2 days); part_recent,
    part_orders, part_reviews, part_shares (0 to 25 each) and engagement, their sum.

    part_recent halves every 90 days since the last of all three; orders, reviews and shares of the last 365 days count
    up to 6, 4 and 4. `days` has customer_id, day (insight.valid.customer_days); `shared` has customer_id, day: each time
    a customer recommended, referred or posted.
    """
    orders = _counted(days.select("customer_id", "day"), as_of, "order")
    people = facts.people.select("identifier_id", "customer_id")
    told = facts.reviews.select("identifier_id", "day", "rating").join(people, "identifier_id")
    reviews = _counted(told.select("customer_id", "day", "rating"), as_of, "review")
    shares = _counted(shared.select("customer_id", "day"), as_of, "share")
    table = _united(orders, reviews, shares)
    table = table.mutate(
        good_reviewer=table.review_days >= REVIEWER_DAYS_MIN,
        sharer=table.share_days >= SHARER_DAYS_MIN,
        quiet=(table.order_days >= QUIET_ORDERS_MIN) & (table.orders_365d > 0)
        & (table.reviews == 0) & (table.shares == 0),
    )  # fmt: skip
    return _with_engagement(table, as_of)


def _counted(events: "ir.Table", as_of: dt.date, name: str) -> "ir.Table":
    """customer_id, <name>s, <name>_days, <name>s_365d, last_<name>, and rating_mean of reviews."""
    import ibis

    seen = events.filter((events.day <= ibis.literal(as_of)) & events.customer_id.notnull())
    recent = ibis.literal(as_of).delta(seen.day, unit="day") < YEAR_DAYS
    rating = {"rating_mean": seen.rating.mean()} if name == "review" else {}
    return seen.group_by("customer_id").aggregate(
        **{f"{name}s": seen.count(), f"{name}_days": seen.day.nunique(), f"{name}s_365d": recent.cast("int64").sum()},
        **{f"last_{name}": seen.day.max()},
        **rating,
    )


def _united(*parts: "ir.Table") -> "ir.Table":
    """Everybody of any part; counts that are missing are 0."""
    everybody = parts[0].select("customer_id")
    for part in parts[1:]:
        everybody = everybody.union(part.select("customer_id"))
    table = everybody.distinct()
    for part in parts:
        table = table.left_join(part, "customer_id").drop("customer_id_right")
    zeros = {
        f"{name}{ending}": table[f"{name}{ending}"].fill_null(0)
        for name in ("order", "review", "share")
        for ending in ("s", "_days", "s_365d")
    }
    return table.mutate(**zeros)


def _with_engagement(table: "ir.Table", as_of: dt.date) -> "ir.Table":
    """Adds the parts and their sum; last_day is that of the last order."""
    import ibis

    never = ibis.literal(dt.date(1900, 1, 1))
    last = ibis.greatest(*(table[f"last_{name}"].fill_null(never) for name in ("order", "review", "share")))
    ago = ibis.literal(as_of).delta(last, unit="day").cast("float64")
    halved = (ago * -0.6931471805599453 / HALF_LIFE_DAYS).exp() * PART_MAX
    full = {"orders": ORDERS_FULL, "reviews": REVIEWS_FULL, "shares": SHARES_FULL}
    parts = {
        f"part_{name}": (ibis.least(table[f"{name}_365d"], most).cast("float64") * PART_MAX / most)
        .round()
        .cast("int64")
        for name, most in full.items()
    }
    scored = table.mutate(part_recent=halved.round().cast("int64"), **parts)
    total = scored.part_recent + scored.part_orders + scored.part_reviews + scored.part_shares
    return scored.mutate(engagement=total, last_day=scored.last_order).drop(
        "orders", "last_order", "last_review", "last_share"
    )
