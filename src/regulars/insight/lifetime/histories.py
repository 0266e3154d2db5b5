"""What does a lifetime model see of a customer? Three whole numbers of days and orders (`Histories`), and the mean
value of an order (`Spend`). Customers with equal histories are equal to the models, so a fit needs only the distinct
ones with their counts: its cost follows the distinct histories and not the customers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.insight.lifetime.arrays import Booleans, Floats, Integers

ORDER_DAYS_MAX = 100_000
AGE_DAYS_MAX = 1_000_000


class HistoriesError(ValueError):
    """These numbers cannot be the histories of customers; the message says which rule they break, and where."""


@dataclass(frozen=True, eq=False)
class Histories:
    """Rows of equal customers, all counted to the same last day. Arrays of shape (rows,), whole numbers.

    x: order days after the first one (frequency). t_x: days from the first to the last order day (recency; 0 when
    x = 0). T: days from the first order day to the end of the data (age), at least t_x. count: customers in the row.
    Raises HistoriesError when a row breaks one of these rules.
    """

    x: Integers
    t_x: Integers
    T: Integers
    count: Integers

    def __post_init__(self) -> None:
        for name in ("x", "t_x", "T", "count"):
            object.__setattr__(self, name, _whole(name, getattr(self, name)))
        _refuse_unequal_lengths(x=self.x, t_x=self.t_x, T=self.T, count=self.count)
        _refuse((self.x < 0) | (self.x > ORDER_DAYS_MAX), f"x must lie in 0 .. {ORDER_DAYS_MAX}")
        _refuse((self.t_x < 0) | (self.t_x > self.T), "t_x must lie in 0 .. T")
        _refuse(self.T > AGE_DAYS_MAX, f"T must not pass {AGE_DAYS_MAX} days")
        _refuse((self.x == 0) != (self.t_x == 0), "t_x is 0 when x is 0, and only then: order days differ")
        _refuse(self.count < 1, "count must be at least 1")

    @classmethod
    def of(
        cls, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, count: npt.ArrayLike | None = None
    ) -> "Histories":
        """The distinct histories of these customers, with counts (1 each unless given), sorted by x, T and t_x.

        Raises HistoriesError as the class does.
        """
        counts = np.ones_like(_whole("x", x)) if count is None else _whole("count", count)
        return cls(_whole("x", x), _whole("t_x", t_x), _whole("T", T), counts).distinct()

    @property
    def customers(self) -> int:
        """How many customers there are in all rows."""
        return int(self.count.sum())

    @property
    def longest(self) -> int:
        """The age of the oldest customer, in days; 0 for an empty shop."""
        return int(self.T.max(initial=0))

    def where(self, chosen: Booleans) -> "Histories":
        """The rows where `chosen`, shape (rows,), is true."""
        return Histories(self.x[chosen], self.t_x[chosen], self.T[chosen], self.count[chosen])

    def distinct(self) -> "Histories":
        """The same customers, each history once, sorted by x, T and t_x."""
        days = self.longest + 1
        keys = (self.x * days + self.T) * days + self.t_x
        if bool(np.all(keys[1:] > keys[:-1])):
            return self
        keys, count = _count_equal(keys, self.count)
        ages, t_x = np.divmod(keys, days)
        x, T = np.divmod(ages, days)
        return Histories(x, t_x, T, count)

    def sample(self, customers: int) -> "Histories":
        """About so many of the customers, at equal steps through the rows: no luck, so the same fit every time."""
        everybody = self.customers
        if everybody <= customers:
            return self
        upto = (np.cumsum(self.count) * customers + everybody // 2) // everybody
        taken = np.diff(upto, prepend=0)
        kept = taken > 0
        return Histories(self.x[kept], self.t_x[kept], self.T[kept], taken[kept])


@dataclass(frozen=True, eq=False)
class Spend:
    """What customers pay for an order. Arrays of shape (rows,).

    x: order days after the first one. m: mean net value of those x order days, any one unit of money, 0 when x = 0
    (the first order is left out, as in the literature). count: customers in the row.
    Raises HistoriesError for a negative or non-finite mean, or one without orders.
    """

    x: Integers
    m: Floats
    count: Integers

    def __post_init__(self) -> None:
        for name in ("x", "count"):
            object.__setattr__(self, name, _whole(name, getattr(self, name)))
        object.__setattr__(self, "m", np.asarray(self.m, dtype=np.float64))
        _refuse_unequal_lengths(x=self.x, m=self.m, count=self.count)
        _refuse((self.x < 0) | (self.x > ORDER_DAYS_MAX), f"x must lie in 0 .. {ORDER_DAYS_MAX}")
        _refuse(~(np.isfinite(self.m) & (self.m >= 0)), "m must be finite and not negative")
        _refuse((self.x == 0) & (self.m != 0), "m is 0 when x is 0: there is no repeat order to average")
        _refuse(self.count < 1, "count must be at least 1")

    @classmethod
    def of(cls, x: npt.ArrayLike, m: npt.ArrayLike, *, count: npt.ArrayLike | None = None) -> "Spend":
        """The spend of these customers, row by row; counts are 1 unless given. Raises HistoriesError."""
        counts = np.ones_like(_whole("x", x)) if count is None else _whole("count", count)
        return cls(_whole("x", x), np.asarray(m, dtype=np.float64), counts)


def _count_equal(keys: Integers, count: Integers) -> tuple[Integers, Integers]:
    """Each key once, ascending, and the customers who share it."""
    if bool(np.all(count == 1)):
        keys = np.sort(keys)
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        return keys[first], np.diff(first, append=keys.size)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[first], np.add.reduceat(count[order], first)


def _whole(name: str, values: npt.ArrayLike) -> Integers:
    array = np.asarray(values)
    if array.ndim != 1:
        raise HistoriesError(f"{name} must be one row of numbers, not {array.ndim}-dimensional")
    if array.size and array.dtype.kind not in "iu":
        raise HistoriesError(f"{name} must be whole numbers, not {array.dtype}")
    return array.astype(np.int64, copy=False)


def _refuse_unequal_lengths(**columns: Integers | Floats) -> None:
    sizes = {name: column.shape for name, column in columns.items()}
    if len(set(sizes.values())) > 1:
        raise HistoriesError(f"columns differ in length: {sizes}")


def _refuse(wrong: Booleans, rule: str) -> None:
    if bool(wrong.any()):
        raise HistoriesError(f"{rule}; row {int(np.argmax(wrong))} does not")
