"""What is counted to find interesting changes? A few grouped tables, so that whoever judges them never sees a person."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.insight.came_back import HORIZON_DAYS, History
from regulars.insight.cohorts import finished_month
from regulars.insight.periods import month, month_number
from regulars.insight.valid import GRACE_DAYS
from regulars.insight.value import A_PERCENT, B_PERCENT

if TYPE_CHECKING:
    import ibis.expr.types as ir

YEAR = 12
YEAR_DAYS = 365
HALF_YEAR_DAYS = 182
ORDERS_MIN = 4


@dataclass(frozen=True)
class Look:
    """As of the last complete day `as_of`; `horizon` in days is that of coming back."""

    as_of: dt.date
    history: History
    horizon: int = HORIZON_DAYS

    @property
    def month(self) -> int:
        """The last finished month, year*12+month-1: the one that may have changed."""
        return finished_month(self.as_of)

    @property
    def mature_month(self) -> int:
        """The last month whose newcomers all had the horizon and the grace."""
        after = self.as_of - dt.timedelta(days=self.horizon + GRACE_DAYS - 1)
        return month_number(after) - 1

    def begins_by(self, number: int) -> bool:
        """Whether the history holds the whole month with this number."""
        return self.history.begins <= month(number).first


def counts(valid: "ir.Table", began: "ir.Table", bought: "ir.Table", *, look: Look) -> "dict[str, ir.Table]":
    """Named tables of counts k of n; month and first_month are numbers.

    newcomers: first_month, channel, country (of the first order), k (came back), n. newcomers_by_product: first_month,
    variant_id (in the first basket), k, n. buyers: month, channel, country (of the customer's first order in the
    month), k (with a discount), n, of the months that are compared. buyers_by_product: month, variant_id, k. grades:
    month, grade, tenure (half years), k (bought in the month), n. order_days: month, n. order_days_together: month,
    other_month, n (sum over customers of the product). discounts: channel, country, orders, discounted, n (customers).
    """
    compared = [look.month, look.month - 1, look.month - YEAR]
    recent = valid.filter(valid.month.isin(compared))
    goods = bought.mutate(month=bought.day.year().cast("int64") * YEAR + bought.day.month().cast("int64") - 1)
    new = _newcomers(began, look)
    grades = _grades(valid, began, look.month).union(_grades(valid, began, look.month - YEAR))
    return {
        "newcomers": _newcomers_by_place(valid, new),
        "newcomers_by_product": _newcomers_by_product(bought, new),
        "buyers": _buyers(recent),
        "buyers_by_product": _buyers_by_product(goods.filter(goods.month.isin(compared))),
        "grades": grades,
        **_order_days(valid, look.month),
        "discounts": _discounts(valid, look.as_of),
    }


def _newcomers(began: "ir.Table", look: Look) -> "ir.Table":
    """Known to be new, of the last 24 mature months: customer_id, first_day, first_month, came."""
    import ibis

    numbered = began.mutate(
        first_month=began.first_day.year().cast("int64") * YEAR + began.first_day.month().cast("int64") - 1,
        came=(began.second_day.delta(began.first_day, unit="day") <= look.horizon).fill_null(False).cast("int64"),
    )
    return numbered.filter(
        (numbered.first_day >= ibis.literal(look.history.first_known_new()))
        & (numbered.first_month <= look.mature_month)
        & (numbered.first_month > look.mature_month - 2 * YEAR)
    ).select("customer_id", "first_day", "first_month", "came")


def _newcomers_by_place(valid: "ir.Table", new: "ir.Table") -> "ir.Table":
    first = new.join(valid, [new.customer_id == valid.customer_id, new.first_day == valid.day])
    each = first.group_by(["customer_id", "first_month", "came"]).aggregate(
        channel=first.channel.argmin(first.order_id), country=first.country.argmin(first.order_id)
    )
    return each.group_by(["first_month", "channel", "country"]).aggregate(k=each.came.sum(), n=each.count())


def _newcomers_by_product(bought: "ir.Table", new: "ir.Table") -> "ir.Table":
    first = new.join(bought, [new.customer_id == bought.customer_id, new.first_day == bought.day])
    each = first.select("customer_id", "variant_id", "first_month", "came").distinct()
    return each.group_by(["first_month", "variant_id"]).aggregate(k=each.came.sum(), n=each.count())


def _buyers(recent: "ir.Table") -> "ir.Table":
    each = recent.group_by(["customer_id", "month"]).aggregate(
        channel=recent.channel.argmin(recent.order_id), country=recent.country.argmin(recent.order_id),
        cut=recent.discounted.cast("int64").max(),
    )  # fmt: skip
    return each.group_by(["month", "channel", "country"]).aggregate(k=each.cut.sum(), n=each.count())


def _buyers_by_product(goods: "ir.Table") -> "ir.Table":
    each = goods.select("customer_id", "variant_id", "month").distinct()
    return each.group_by(["month", "variant_id"]).aggregate(k=each.count())


def _grades(valid: "ir.Table", began: "ir.Table", number: int) -> "ir.Table":
    """Graded by the money of the 365 days before the month, as insight.value grades all."""
    import ibis

    days = month(number)
    before = (valid.day < ibis.literal(days.first)) & (
        valid.day >= ibis.literal(days.first - dt.timedelta(days=YEAR_DAYS))
    )
    inside = days.holds(valid.day)
    people = valid.filter(before | inside).group_by("customer_id").aggregate(
        money=valid.net.sum(where=before).fill_null(0), bought=inside.cast("int64").max()
    )  # fmt: skip
    people = people.filter(people.money > 0)
    sums = people.group_by("money").aggregate(all=people.money.sum())
    richer = ibis.window(order_by=sums.money.desc(), preceding=None, following=0)
    ranked = sums.mutate(before=(sums["all"].sum().over(richer) - sums["all"]) * 100, whole=sums["all"].sum().over())
    grade = ibis.cases(
        (ranked.before < ranked.whole * A_PERCENT, "A"), (ranked.before < ranked.whole * B_PERCENT, "B"), else_="C"
    )
    graded = people.join(ranked.select("money", grade=grade), "money")
    graded = graded.join(began.select("customer_id", "first_day"), "customer_id")
    age = ibis.literal(days.first).delta(graded.first_day, unit="day")
    tenure = sum(((age > HALF_YEAR_DAYS * step).cast("int64") for step in range(1, 6)), ibis.literal(0, "int64"))
    graded = graded.mutate(tenure=tenure, month=ibis.literal(number, "int64"))
    return graded.group_by(["month", "grade", "tenure"]).aggregate(k=graded.bought.sum(), n=graded.count())


def _order_days(valid: "ir.Table", last_month: int) -> "dict[str, ir.Table]":
    """Of the 24 months up to the last one."""
    years = valid.filter((valid.month > last_month - 2 * YEAR) & (valid.month <= last_month))
    days = years.select("customer_id", "month", "day").distinct()
    each = days.group_by(["customer_id", "month"]).aggregate(days=days.count())
    both = each.join(each.select("customer_id", other_month="month", other_days="days"), "customer_id")
    return {
        "order_days": each.group_by("month").aggregate(n=each.days.sum()),
        "order_days_together": both.group_by(["month", "other_month"]).aggregate(n=(both.days * both.other_days).sum()),
    }


def _discounts(valid: "ir.Table", as_of: dt.date) -> "ir.Table":
    """Of the last 365 days."""
    import ibis

    year = valid.filter(valid.day > ibis.literal(as_of - dt.timedelta(days=YEAR_DAYS)))
    each = year.group_by("customer_id").aggregate(
        orders=year.count(), discounted=year.discounted.cast("int64").sum(),
        channel=year.channel.argmin(year.order_id), country=year.country.argmin(year.order_id),
    )  # fmt: skip
    each = each.filter(each.orders >= ORDERS_MIN)
    return each.group_by(["channel", "country", "orders", "discounted"]).aggregate(n=each.count())
