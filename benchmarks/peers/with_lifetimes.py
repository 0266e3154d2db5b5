"""lifetimes 0.11.3, asked what it can: run by the Python of its own environment (see benchmarks/peers/__init__.py)."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
from lifetimes.utils import summary_data_from_transaction_data
from stages import Stages, serve

MONTHS, MONTHLY_RATE = 12, 1.15 ** (1 / 12) - 1
FITTERS = {"BG/NBD": BetaGeoFitter, "MBG/NBD": ModifiedBetaGeoFitter, "Pareto/NBD": ParetoNBDFitter}


def speed(asked: dict[str, Any]) -> dict[str, Any]:
    """From orders to the scores of everybody, as its documentation says, stage by stage."""
    stages = Stages()
    orders, last = transactions(asked["orders"], asked["end"])
    table = stages.run(
        "summary",
        lambda: summary_data_from_transaction_data(
            orders, "customer", "day", monetary_value_col="net", observation_period_end=last
        ),
    )
    seen = (table.frequency, table.recency, table["T"])
    churn = stages.run("BG/NBD fit", lambda: BetaGeoFitter().fit(*seen))
    paid = table[(table.frequency > 0) & (table.monetary_value > 0)]
    spend = stages.run("Gamma-Gamma fit", lambda: GammaGammaFitter().fit(paid.frequency, paid.monetary_value))

    def chances() -> Any:
        churn.conditional_probability_alive(*seen)
        return churn.conditional_expected_number_of_purchases_up_to_time(365, *seen)

    expected = stages.run("chance, orders", chances)
    value = stages.run(
        "value",
        lambda: spend.customer_lifetime_value(
            churn, *seen, table.monetary_value, time=MONTHS, freq="D", discount_rate=MONTHLY_RATE
        ),
    )
    sums = {"orders": float(np.nansum(expected)), "value": float(np.nansum(value))}
    if asked["pareto"]:
        stages.run("Pareto/NBD fit", lambda: ParetoNBDFitter().fit(*seen))
    rows = table.groupby(["frequency", "recency", "T"]).size().reset_index(name="count")
    counted = (rows.frequency, rows.recency, rows["T"])
    stages.run("BG/NBD fit, given counts", lambda: BetaGeoFitter().fit(*counted, weights=rows["count"]))
    fits = {**{k: float(churn.params_[k]) for k in ("r", "alpha", "a", "b")}, **spend.params_.to_dict()}
    return {"stages": stages.costs, "fits": fits, "sums": sums}


def foresee(asked: dict[str, Any]) -> dict[str, Any]:
    """Expected orders and the chance of any, of each customer, by each of its models; saved beside the question.

    Of the (M)BG/NBD it offers no chance of an order within days, only P(alive).
    """
    known = np.load(asked["file"])
    seen, days = tuple(known[name].astype(float) for name in ("x", "t_x", "T")), asked["days"]
    said: dict[str, np.ndarray] = {}
    fits: dict[str, Any] = {}
    for name in asked["models"]:
        try:
            model = FITTERS[name]().fit(*seen)
            said[f"{name} orders"] = np.asarray(
                model.conditional_expected_number_of_purchases_up_to_time(days, *seen), dtype=float
            )
            said[f"{name} chance"] = np.asarray(chance(name, model, days, seen), dtype=float)
            fits[name] = "ok"
        except Exception as trouble:  # whatever it raises is the answer
            fits[name] = f"{type(trouble).__name__}: {trouble}"[:120]
    np.savez(asked["answer"], **said)
    return {"fits": fits}


def chance(name: str, model: Any, days: float, seen: tuple[np.ndarray, ...]) -> Any:
    """The chance of an order within the days where it offers one, else P(alive)."""
    if name == "Pareto/NBD":
        return 1 - model.conditional_probability_of_n_purchases_up_to_time(0, days, *seen)
    return model.conditional_probability_alive(*seen)


def transactions(folder: str, end: int) -> tuple[pd.DataFrame, pd.Timestamp]:
    """The orders as the table it wants, and the last day. Not timed."""
    start = pd.Timestamp("2020-01-01")
    days = np.load(f"{folder}/day.npy").astype("timedelta64[D]") + np.datetime64(start, "D")
    columns = {"customer": np.load(f"{folder}/customer.npy"), "day": days.astype("datetime64[ns]")}
    return pd.DataFrame({**columns, "net": np.load(f"{folder}/net.npy")}), start + pd.Timedelta(days=end)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    serve({"speed": speed, "foresee": foresee})
