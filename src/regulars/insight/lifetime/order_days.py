"""What do a lifetime model and its spend model see of customers whose order days lie in arrays? For notebooks and for
measuring: the same numbers that the engine makes of a shop's facts, without an engine and in linear time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.histories import AGE_DAYS_MAX, Histories, HistoriesError, Spend

SPARSE_MIN = 4
"""Customer numbers that span more than so many times the orders are looked up by sorting, not by counting."""


@dataclass(frozen=True, eq=False)
class OrderDays:
    """Customers, by ascending number, and the distinct histories among them.

    customer, row: the number of each customer, and the row of `histories` that counts it. m: mean net value of its
    repeat order days, 0 without any or where refunds outweigh them. net: of all its order days. Shape (customers,).
    log_gaps: the shop's sum of ln(days between two order days), as MBG/CNBD-k wants it.
    """

    customer: Integers
    row: Integers
    m: Floats
    net: Floats
    histories: Histories
    log_gaps: float

    def spend(self) -> Spend:
        """What those who came back and paid for it spend: what Gamma-Gamma is fitted on."""
        paid = self.m > 0
        return Spend.of(self.histories.x[self.row[paid]], self.m[paid])


def gather(customer: npt.ArrayLike, day: npt.ArrayLike, net: npt.ArrayLike, *, end: int) -> OrderDays:
    """The customers behind these orders, given in any order; orders of one customer and day count as one.

    customer: whole numbers; day: whole days from any beginning; net: money, any one unit; shape (orders,) each.
    end: the last complete day, to which ages count. Time and memory are linear, about 30 bytes an order beside what is
    given. Raises HistoriesError for columns that differ in length or hold other things, or for a day after the end.
    """
    who, when, worth = _checked(customer, day, net, end=end)
    names, number, days, nets = _by_customer(who, when, worth)
    x, starts = number - 1, np.cumsum(number) - number
    first, last = days[starts], days[starts + x]
    at_first = nets[starts]
    nets[starts] = 0.0
    later = np.add.reduceat(nets, starts)
    mean = np.maximum(later, 0.0) / np.maximum(x, 1)
    oldest = end - int(when.min(initial=end))
    histories, row = _distinct(x, last - first, oldest - first)
    return OrderDays(names, row, mean, at_first + later, histories, _log_gaps(days, starts))


def _checked(
    customer: npt.ArrayLike, day: npt.ArrayLike, net: npt.ArrayLike, *, end: int
) -> tuple[Integers, Integers, Floats]:
    """The columns as arrays; whole numbers and floats are not copied."""
    who, when, worth = np.asarray(customer), np.asarray(day), np.asarray(net, dtype=np.float64)
    if not who.shape == when.shape == worth.shape == (who.size,):
        raise HistoriesError(f"columns must be of one length: {who.shape}, {when.shape}, {worth.shape}")
    for name, column in (("customer", who), ("day", when)):
        if column.size and column.dtype.kind not in "iu":
            raise HistoriesError(f"{name} must be whole numbers, not {column.dtype}")
    if when.size and not end - AGE_DAYS_MAX <= int(when.min()) <= int(when.max()) <= end:
        raise HistoriesError(f"days must lie in the {AGE_DAYS_MAX} up to the end, {end}; they are in "
                             f"{int(when.min())} .. {int(when.max())}")  # fmt: skip
    if not np.isfinite(worth).all():
        raise HistoriesError("net must be finite")
    return who, when, worth


def _by_customer(who: Integers, when: Integers, worth: Floats) -> tuple[Integers, Integers, Integers, Floats]:
    """The customers, how many order days each has, and those days, counted from the first of all, with their net.

    A counting sort: orders are the entries of a sparse matrix, customer by day, and entries at one place are added.
    """
    from scipy.sparse import csr_array

    if not who.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    names, places = _numbered(who)
    days = np.subtract(when, when.min(), dtype=np.int32, casting="unsafe")
    matrix = csr_array((worth, (places, days)), shape=(names.size, int(days.max()) + 1))
    number = np.diff(matrix.indptr)
    return names[number > 0], number[number > 0], matrix.indices, matrix.data


def _numbered(who: Integers) -> tuple[Integers, Integers]:
    """Numbers of customers, ascending, some perhaps without orders; and the place of each order's customer in them."""
    low, high = int(who.min()), int(who.max())
    if high - low > SPARSE_MIN * who.size:
        return np.unique(who, return_inverse=True)
    places = np.int32 if high - low < np.iinfo(np.int32).max else np.int64
    return np.arange(low, high + 1), np.subtract(who, who.min(), dtype=places, casting="unsafe")


def _distinct(x: Integers, t_x: Integers, T: Integers) -> tuple[Histories, Integers]:
    """The distinct histories, sorted by x, T and t_x as `Histories.distinct` does, and the row of each customer.

    Those who ordered once, mostly more than half, are counted by their age; only the others are sorted.
    """
    days = int(T.max(initial=0)) + 1
    once, back = np.flatnonzero(x == 0), np.flatnonzero(x)
    ages = np.bincount(T[once], minlength=days)
    seen = np.flatnonzero(ages)
    keys, place = _sorted((x[back].astype(np.int64) * days + T[back]) * days + t_x[back])
    new = np.diff(keys, prepend=-1) > 0
    first = np.flatnonzero(new)
    row: Integers = np.empty(x.size, dtype=np.int64 if x.size > np.iinfo(np.int32).max else np.int32)
    row[once] = (np.cumsum(ages > 0) - 1)[T[once]]
    row[back[place]] = np.cumsum(new) + (seen.size - 1)
    lived, recencies = np.divmod(np.append(seen * days, keys[first]), days)
    frequencies, lived = np.divmod(lived, days)
    return Histories(frequencies, recencies, lived, np.append(ages[seen], np.diff(first, append=keys.size))), row


def _sorted(keys: Integers) -> tuple[Integers, Integers]:
    """The keys, >= 0, ascending, and where each was; where both fit in one number, that is sorted, which is faster."""
    bits = int(keys.size).bit_length()
    if int(keys.max(initial=0)) >> (63 - bits):
        place = np.argsort(keys)
        return keys[place], place
    keys <<= bits
    keys |= np.arange(keys.size)
    keys.sort()
    return keys >> bits, keys & ((1 << bits) - 1)


def _log_gaps(days: Integers, starts: Integers) -> float:
    """The sum of ln(gap) over all gaps within customers: gaps are whole days, so each length is counted."""
    gaps = np.diff(days)
    gaps[starts[1:] - 1] = 0
    count = np.bincount(gaps)[1:]
    return float((count * np.log(np.arange(1, count.size + 1))).sum())
