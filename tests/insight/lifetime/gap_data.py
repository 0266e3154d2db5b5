"""The order days behind the public data sets, for what needs the gaps between them."""

from functools import cache

import lifetime_data
import numpy as np


@cache
def grocery_days():
    """(customer, day), sorted by both, each day once, up to the end of the calibration."""
    table = lifetime_data.read_parquet("btyd_small/groceryElog.parquet")
    return _days(np.array(table["cust"]), table["date"])


@cache
def apparel_days():
    table = lifetime_data.read_parquet("btyd_small/apparelTrans.parquet")
    return _days(np.array(table["Id"]), table["Date"])


def _days(customers, dates):
    days = np.array(dates, dtype="datetime64[D]")
    known = days <= np.datetime64("2006-12-31")
    number = np.unique(customers[known], return_inverse=True)[1]
    day = (days[known] - days.min()).astype(int)
    return np.divmod(np.unique(number * 10_000 + day), 10_000)
