"""Which lifetime models are there? All answer the same questions by the same names, so that a back-test can let them
compete without knowing which is which."""

from typing import Any, Protocol

from regulars.insight.lifetime import bgbb, bgnbd, mbgcnbd, mbgnbd, nbd, paretonbd
from regulars.insight.lifetime.arrays import Floats
from regulars.insight.lifetime.histories import Histories


class Forecaster(Protocol):
    """A model of what customers do next; each module's Parameters go with its own functions."""

    def fit(self, histories: Histories, /) -> Any:
        """The likeliest parameters, with a state; never fails to return numbers."""

    def log_likelihood(self, parameters: Any, histories: Histories, /) -> Floats:
        """Of each row's history for one customer, in days, shape (rows,)."""

    def p_order_within(self, parameters: Any, histories: Histories, /, *, days: float) -> Floats:
        """The chance of at least one order in the next `days` days, shape (rows,)."""

    def expected_orders(self, parameters: Any, histories: Histories, /, *, days: float) -> Floats:
        """Orders of each row's customer in the next `days` days, shape (rows,)."""


class Model(Forecaster, Protocol):
    """A forecaster that knows of churn."""

    def p_alive(self, parameters: Any, histories: Histories, /) -> Floats:
        """The chance that a customer has not left for good, shape (rows,)."""

    def next_order_quantile(self, parameters: Any, histories: Histories, /, *, days: float, share: float) -> Floats:
        """In how many days the next order has come for `share` of those who order within `days`, shape (rows,)."""


MODELS: dict[str, Model] = {
    "BG/NBD": bgnbd,
    "MBG/NBD": mbgnbd,
    "Pareto/NBD": paretonbd,
    "MBG/CNBD-k": mbgcnbd,
    "BG/BB": bgbb,
}
"""By the names of the literature. BG/BB takes every day for a chance, and so whole numbers of days only."""

FORECASTERS: dict[str, Forecaster] = {"NBD": nbd, **MODELS}
"""The baseline without churn, and the models with it; simplest first."""


def fit(name: str, histories: Histories, *, log_gaps: float | None = None) -> Any:
    """The named model's fit. log_gaps: the shop's sum of ln(gap in days), see `gaps`, for the model that uses it.

    Raises KeyError for a name that is not in FORECASTERS.
    """
    if name == "MBG/CNBD-k":
        return mbgcnbd.fit(histories, log_gaps=log_gaps)
    return FORECASTERS[name].fit(histories)
