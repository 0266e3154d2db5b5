"""Which numbers move when only acquisition changes? Worlds whose customers all behave alike while newcomers grow,
stay or shrink: a retention number that differs between them is wrong (reference "metrics", section 8)."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from regulars.simulator.arrays import Floats, Integers
from regulars.simulator.streams import stream

MONTHS = 48
MONTH_DAYS = 30
HORIZON_DAYS = MONTHS * MONTH_DAYS
NEWCOMERS_FIRST_MONTH = {0.96: 4800, 1.00: 2000, 1.04: 800}
ORDER_RATE_SHAPE, ORDER_RATE_SCALE_PER_DAY = 0.6, 1 / 120
LEAVING_RATE_SHAPE, LEAVING_RATE_SCALE_PER_DAY = 0.9, 1 / 150
ORDER_NET_MINOR_UNITS = 100


def grow(seed: int, *, monthly_growth: float, boost_last_days: int = 0, boost: float = 1.0) -> pa.Table:
    """All orders of a world of about 100,000 customers over 48 months of 30 days, sorted by time.

    monthly_growth: factor on newcomers from month to month, one of 0.96, 1.00, 1.04. boost: factor on the order rate
    of customers acquired in the last `boost_last_days` days; all other customers keep exactly the same orders.
    Columns: customer (int64, from 0), day (int32, whole days since day 0), time (float64, days since day 0),
    net (int64, minor units, always 100). Raises ValueError for another growth, or a boost that is not positive.

    Source: reference "metrics", section 8. Order rate per day ~ Gamma(0.6, mean 0.6/120), drop-out rate per day
    ~ Gamma(0.9, mean 0.9/150), lifetime and gaps exponential, first order at a random time in the month.
    """
    if boost <= 0:
        raise ValueError(f"boost must be positive, not {boost}")
    first = _first_times(seed, monthly_growth)
    rate = stream(seed, "growth order rate").gamma(ORDER_RATE_SHAPE, ORDER_RATE_SCALE_PER_DAY, first.size)
    rate = np.where(first >= HORIZON_DAYS - boost_last_days, rate * boost, rate)
    rounds = list(_order_rounds(seed, first, until=_leaving_times(seed, first), rate=rate))
    customer = np.concatenate([who for who, _ in rounds])
    time = np.concatenate([when for _, when in rounds])
    by_time = np.lexsort((customer, time))
    return _as_table(customer[by_time], time[by_time])


def _first_times(seed: int, monthly_growth: float) -> Floats:
    """Each customer's first order in days since day 0, month after month."""
    if monthly_growth not in NEWCOMERS_FIRST_MONTH:
        raise ValueError(f"monthly_growth must be one of {sorted(NEWCOMERS_FIRST_MONTH)}, not {monthly_growth}")
    months = np.arange(MONTHS)
    newcomers = np.rint(NEWCOMERS_FIRST_MONTH[monthly_growth] * monthly_growth**months).astype(np.int64)
    month = np.repeat(months, newcomers)
    return (month + stream(seed, "growth first order").random(month.size)) * MONTH_DAYS


def _leaving_times(seed: int, first: Floats) -> Floats:
    """When each customer stops being seen: dropped out, or the world ends."""
    luck = stream(seed, "growth leaving")
    rate = luck.gamma(LEAVING_RATE_SHAPE, LEAVING_RATE_SCALE_PER_DAY, first.size)
    lifetime = luck.exponential(size=first.size) / rate
    return np.minimum(first + lifetime, HORIZON_DAYS)


def _order_rounds(seed: int, first: Floats, *, until: Floats, rate: Floats) -> Iterator[tuple[Integers, Floats]]:
    """Customers and times of all first orders, then of all second orders, and so on.

    Every round draws a number for every customer, used or not: a boost of some leaves the luck of others alone.
    """
    luck = stream(seed, "growth gaps")
    time, buying = first, np.arange(first.size)
    while buying.size:
        yield buying, time[buying]
        time = time + luck.exponential(size=first.size) / rate
        buying = np.flatnonzero(time < until)


def _as_table(customer: Integers, time: Floats) -> pa.Table:
    return pa.table(
        {
            "customer": pa.array(customer, pa.int64()),
            "day": pa.array(np.floor(time).astype(np.int32)),
            "time": pa.array(time),
            "net": pa.array(np.full(time.size, ORDER_NET_MINOR_UNITS, dtype=np.int64)),
        }
    )
