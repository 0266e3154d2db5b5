"""Of the customers who began in one month, how many ordered in each later month, and for how much?

A cell is mature when its whole month has passed for the whole cohort; an immature cell is unfinished, never zero.
"""

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


def cohorts(valid: "ir.Table", began: "ir.Table", *, as_of: dt.date) -> "ir.Table":
    """One row a cohort month and age in months that saw orders.

    Columns: cohort (year*12+month-1), age (0 = the first month), size (customers of the cohort), customers, net
    (minor units), mature. Months without any order have no row: they are zero when mature.
    """
    import ibis

    last_month = as_of.year * 12 + as_of.month - 1
    finished = last_month if (as_of + dt.timedelta(days=1)).day == 1 else last_month - 1
    joined = valid.join(began.select("customer_id", "first_day"), "customer_id")
    cohort = joined.first_day.year().cast("int64") * 12 + joined.first_day.month().cast("int64") - 1
    months = joined.mutate(cohort=cohort, age=joined.month - cohort)
    cells = months.group_by(["cohort", "age"]).aggregate(
        customers=months.customer_id.nunique(), net=months.net.sum()
    )
    sizes = cells.filter(cells.age == 0).select("cohort", size="customers")
    table = cells.join(sizes, "cohort")
    return table.mutate(mature=(table.cohort + table.age) <= ibis.literal(finished)).order_by(["cohort", "age"])
