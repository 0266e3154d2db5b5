"""Of the customers who began in one month, how many ordered in each later month, and for how much?

A cell is mature when its whole month has passed, and the grace after it; an immature cell is unfinished, never zero.
"""

import datetime as dt
from typing import TYPE_CHECKING

from regulars.insight.valid import GRACE_DAYS

if TYPE_CHECKING:
    import ibis.expr.types as ir


def cohorts(valid: "ir.Table", began: "ir.Table", *, as_of: dt.date) -> "ir.Table":
    """One row a cohort month and age in months that saw orders, as of the last complete day `as_of`.

    Columns: cohort (year*12+month-1), age (0 = the first month), size (customers of the cohort), customers, net
    (minor units), mature. Months without any order have no row: they are zero when mature (`finished_month`).
    """
    import ibis

    joined = valid.join(began.select("customer_id", "first_day"), "customer_id")
    cohort = joined.first_day.year().cast("int64") * 12 + joined.first_day.month().cast("int64") - 1
    months = joined.mutate(cohort=cohort, age=joined.month - cohort)
    cells = months.group_by(["cohort", "age"]).aggregate(customers=months.customer_id.nunique(), net=months.net.sum())
    sizes = cells.filter(cells.age == 0).select("cohort", size="customers")
    table = cells.join(sizes, "cohort")
    mature = (table.cohort + table.age) <= ibis.literal(finished_month(as_of))
    return table.mutate(mature=mature).order_by(["cohort", "age"])


def finished_month(as_of: dt.date) -> int:
    """The last month (year*12+month-1) of which every order has had its grace by the last complete day `as_of`.

    >>> import datetime as dt
    >>> finished_month(dt.date(2024, 2, 14)) == 2024 * 12 + 0, finished_month(dt.date(2024, 2, 13)) == 2023 * 12 + 11
    (True, True)
    """
    next_day = as_of - dt.timedelta(days=GRACE_DAYS - 1)
    return next_day.year * 12 + next_day.month - 2
