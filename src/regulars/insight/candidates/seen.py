"""What may a candidate look at, what may it learn from, and what does it say? Nothing in here lies after its day."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from regulars.insight.lifetime import enough
from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.histories import Histories

# What a learner may look at: all of it from the customer's own facts.
FEATURES = (
    "order_days", "orders", "days_since_first_order", "days_since_last_order", "gaps", "last_gap", "shortest_gap",
    "longest_gap", "log_sum", "orders_90d", "orders_365d", "orders_before_365d", "net_total", "net_90d", "net_365d",
    "net_first_day", "net_last_day", "order_value_largest", "units", "products", "categories", "refunded_total",
    "orders_refunded", "orders_discounted", "orders_cancelled", "channels", "identifiers", "reviews", "rating_mean",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Seen:
    """Customers at the end of a day, to be foreseen for `horizon` days. Arrays of shape (customers,).

    x: order days after the first. t_x: days from the first to the last. T: days from the first to now. recent: order
    days in the last `horizon` days. features: shape (customers, len(FEATURES)), NaN where not known.
    """

    horizon: int
    x: Integers
    t_x: Integers
    T: Integers
    recent: Integers
    features: Floats

    @property
    def n(self) -> int:
        """How many customers."""
        return int(self.x.size)

    def histories(self) -> tuple[Histories, Integers]:
        """The distinct histories, and the row of each customer."""
        days = int(self.T.max(initial=0)) + 1
        keys = (self.x * days + self.T) * days + self.t_x
        _keys, first, row, count = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
        return Histories(self.x[first], self.t_x[first], self.T[first], count), row


@dataclass(frozen=True, eq=False)
class Foreseen:
    """What a candidate says of customers: expected orders and P(order), shape (customers,)."""

    orders: Floats
    chance: Floats


class Foresee(Protocol):
    """A candidate that has learned; a frozen dataclass of plain numbers, so that it can be kept."""

    def __call__(self, seen: Seen, /) -> Foreseen:
        """What it says of these customers."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """Customers `horizon` days before the end of the past, and how many order days came since: `came`, shape (n,)."""

    before: Seen
    came: Integers


@dataclass(frozen=True, eq=False)
class Repeats:
    """Repeat order days of each day of the past, shape (days,), the last one its end: of everybody, and of customers who
    are surely new."""

    all: Integers
    of_new: Integers


@dataclass(frozen=True, eq=False)
class Past:
    """All that may be learned from at the end of `day`.

    histories: of everybody, distinct. log_gaps: the sum of ln(gap in days) of the customers of each of its rows.
    history_days: days of history. opened: it reaches back to the shop's opening. lesson: None where nobody can be
    learned from; repeats: None where they were not counted.
    """

    day: dt.date
    histories: Histories
    log_gaps: Floats
    history_days: int
    opened: bool
    lesson: Lesson | None = None
    repeats: Repeats | None = None

    def repeats_to_fit(self) -> Integers | None:
        """The repeat order days of the customers of `to_fit`."""
        if self.repeats is None:
            return None
        chosen = self.to_fit()[0]
        found = self.repeats.all if chosen is self.histories else self.repeats.of_new
        return np.concatenate([np.zeros(max(0, chosen.longest + 1 - found.size), dtype=np.int64), found])

    def to_fit(self) -> tuple[Histories, float, bool]:
        """The histories to fit on and their sum of ln gap, without who may be an old customer where enough are left;
        and whether old customers had to stay among them."""
        if self.opened:
            return self.histories, float(self.log_gaps.sum()), False
        # The first day of the history is day 0 of those first seen on it.
        days = self.history_days - 1
        chosen, lack = enough.choose_base(self.histories, history_days=days)
        if lack is not None:
            return self.histories, float(self.log_gaps.sum()), True
        new = days - self.histories.T >= enough.SEEN_BEFORE_DAYS_MIN
        return chosen, float(self.log_gaps[new].sum()), False


def repeats_of(rows: Any, end: dt.date) -> Repeats:
    """From an Arrow table with day, repeats and of_new (`rhythm.repeats_by_day`)."""
    days = np.asarray(rows.column("day").to_numpy(zero_copy_only=False), dtype="datetime64[D]")
    ago = (np.datetime64(end, "D") - days).astype(np.int64)
    size = int(ago.max(initial=0)) + 1
    found = [np.zeros(size, dtype=np.int64) for _which in range(2)]
    for counts, name in zip(found, ("repeats", "of_new"), strict=True):
        counts[size - 1 - ago] = rows.column(name).to_numpy()
    return Repeats(*found)


def columns_of(rows: Any, names: tuple[str, ...] = FEATURES) -> Floats:
    """Columns of an Arrow table as numbers, NaN for NULL, shape (rows, len(names))."""
    cells = [np.asarray(rows.column(name).to_numpy(zero_copy_only=False), dtype=np.float64) for name in names]
    return np.column_stack(cells)
