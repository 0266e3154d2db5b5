"""Can we tell yet? When a shop's history, a fit or a customer is too young for a number, which is the reason, and how
far is it: what we have, and what it takes. A reason is shown in place of the number."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from regulars.insight.lifetime import gamma_gamma, verdict
from regulars.insight.lifetime.histories import Histories

HISTORY_DAYS_MIN = 180
CUSTOMERS_MIN = 500
REPEAT_BUYERS_MIN = 100
MOST_ORDERS_MIN = 3
SEEN_BEFORE_DAYS_MIN = 180
NEWCOMER_DAYS = 7


class Reason(StrEnum):
    """Why there is no number. `have` and `need` of a Shortage are in the unit given here."""

    SHORT_HISTORY = "short history"  # days
    FEW_CUSTOMERS = "few customers"  # customers
    FEW_REPEAT_BUYERS = "few repeat buyers"  # customers with at least two order days
    NO_FREQUENT_BUYER = "no frequent buyer"  # order days of the keenest customer
    CHURN_NOT_IDENTIFIABLE = "churn not identifiable"  # gain in ln L over NBD
    NOT_CONVERGED = "not converged"  # slope of the mean ln L; needs to be below
    NO_POPULATION_SPEND = "no population spend"  # Gamma-Gamma's q; needs to be above
    WORSE_THAN_NAIVE = "worse than naive"  # error in the back-test; needs to be below
    LEFT_TRUNCATED = "left-truncated"  # customers first seen long enough after the data begin
    NEWCOMER = "first order in the last few days"
    ONE_ORDER = "one order only"


@dataclass(frozen=True)
class Shortage:
    """A reason to say "cannot tell yet", with what there is and what it takes."""

    reason: Reason
    have: float
    need: float


class ChurnFit(Protocol):
    """A fit of any model with churn: what may it claim, by how much, and how steep is the place where it stopped?"""

    @property
    def state(self) -> verdict.State:
        """What the fit may claim."""

    @property
    def gain(self) -> float:
        """In ln L over the same model where nobody leaves."""

    @property
    def slope(self) -> float:
        """Of the mean ln L, by the logarithm of a parameter."""


def cannot_tell_yet(
    histories: Histories,
    *,
    history_days: int,
    churn: ChurnFit | None = None,
    spend: gamma_gamma.Fit | None = None,
) -> Shortage | None:
    """The first reason not to show a forecast of this shop, or None when there is none.

    history_days: from the first day of the data to the last. churn, spend: the fits the forecast rests on, if any.
    An unidentified spread of drop-out (see `verdict.State`) is no reason: P(order within) stands without it.
    """
    return next(find_shortages(histories, history_days=history_days, churn=churn, spend=spend), None)


def find_shortages(
    histories: Histories,
    *,
    history_days: int,
    churn: ChurnFit | None = None,
    spend: gamma_gamma.Fit | None = None,
) -> Iterator[Shortage]:
    """Every reason not to show a forecast, data before fits; arguments as in `cannot_tell_yet`."""
    yield from _data_shortages(histories, history_days)
    if churn is not None and churn.state is verdict.State.CHURN_NOT_IDENTIFIABLE:
        yield Shortage(Reason.CHURN_NOT_IDENTIFIABLE, churn.gain, verdict.GAIN_MIN)
    if churn is not None and churn.state is verdict.State.NOT_CONVERGED:
        yield Shortage(Reason.NOT_CONVERGED, churn.slope, verdict.SLOPE_MAX)
    if spend is not None and spend.state is gamma_gamma.State.NO_POPULATION_SPEND:
        yield Shortage(Reason.NO_POPULATION_SPEND, spend.q, 1.0)
    if spend is not None and spend.state is gamma_gamma.State.NOT_CONVERGED:
        yield Shortage(Reason.NOT_CONVERGED, spend.slope, gamma_gamma.SLOPE_MAX)


def loses_to_naive(error: float, naive_error: float) -> Shortage | None:
    """Whether the model's error in the shop's own back-test is above that of the best naive row; same measure, >= 0."""
    return Shortage(Reason.WORSE_THAN_NAIVE, error, naive_error) if error > naive_error else None


def choose_base(histories: Histories, *, history_days: int) -> tuple[Histories, Shortage | None]:
    """The customers to fit on, and a Shortage when that must be everybody, old customers who look new included.

    In data that begin in the middle of a shop's life only those first seen SEEN_BEFORE_DAYS_MIN days or more after
    the beginning are surely new. Not needed when the data reach the shop's opening. Everybody is scored either way.
    """
    first_seen = history_days - histories.T
    new = histories.where(first_seen >= SEEN_BEFORE_DAYS_MIN)
    lack = next(_data_shortages(new, HISTORY_DAYS_MIN), None)
    if lack is None:
        return new, None
    return histories, Shortage(Reason.LEFT_TRUNCATED, new.customers, CUSTOMERS_MIN)


def note_customers(histories: Histories) -> npt.NDArray[np.str_]:
    """The Reason to show beside each row's number, "" for none, shape (rows,): newcomers get the average of newcomers,
    customers of one order the number that all of their age have."""
    noted = np.where(histories.x == 0, Reason.ONE_ORDER.value, "")
    return np.where(histories.T < NEWCOMER_DAYS, Reason.NEWCOMER.value, noted)


def _data_shortages(histories: Histories, history_days: int) -> Iterator[Shortage]:
    repeat_buyers = int(histories.count[histories.x > 0].sum())
    most_orders = int(histories.x.max(initial=-1)) + 1
    for reason, have, need in (
        (Reason.SHORT_HISTORY, history_days, HISTORY_DAYS_MIN),
        (Reason.FEW_CUSTOMERS, histories.customers, CUSTOMERS_MIN),
        (Reason.FEW_REPEAT_BUYERS, repeat_buyers, REPEAT_BUYERS_MIN),
        (Reason.NO_FREQUENT_BUYER, most_orders, MOST_ORDERS_MIN),
    ):
        if have < need:
            yield Shortage(reason, have, need)
