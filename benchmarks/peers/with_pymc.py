"""pymc-marketing with maximum a posteriori under flat priors, which is the likeliest fit: run by the Python of its own
environment (see benchmarks/peers/__init__.py)."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import numpy as np
import pandas as pd
from pymc_extras.prior import Prior
from pymc_marketing import clv
from stages import Stages, serve

MONTHS, MONTHLY_RATE = 12, 1.15 ** (1 / 12) - 1
NAMES = {
    "BG/NBD": (clv.BetaGeoModel, ("r", "alpha", "a", "b")),
    "MBG/NBD": (clv.ModifiedBetaGeoModel, ("r", "alpha", "a", "b")),
    "Pareto/NBD": (clv.ParetoNBDModel, ("r", "alpha", "s", "beta")),
}


def fitted(name: str, table: pd.DataFrame) -> Any:
    """The model at its optimum."""
    kind, names = NAMES[name]
    model = kind(data=table, model_config={each: Prior("HalfFlat") for each in names})
    model.fit(method="map", progressbar=False)
    return model


def spending(table: pd.DataFrame) -> Any:
    """The Gamma-Gamma model at its optimum; its priors are flat by default."""
    model = clv.GammaGammaModel(data=table[["customer_id", "frequency", "monetary_value"]])
    model.fit(method="map", progressbar=False)
    return model


def speed(asked: dict[str, Any]) -> dict[str, Any]:
    """From orders to the scores of everybody, as its documentation says, stage by stage."""
    stages = Stages()
    orders, last = transactions(asked["orders"], asked["end"])
    table = stages.run(
        "summary",
        lambda: clv.rfm_summary(orders, "customer", "day", monetary_value_col="net", observation_period_end=last),
    )
    churn = stages.run("BG/NBD fit", lambda: fitted("BG/NBD", table))
    paid = table[(table.frequency > 0) & (table.monetary_value > 0)].reset_index(drop=True)
    spend = stages.run("Gamma-Gamma fit", lambda: spending(paid))

    def chances() -> Any:
        churn.expected_probability_no_purchase(t=90)
        return churn.expected_purchases(future_t=365)

    expected = stages.run("chance, orders", chances)
    value = stages.run(
        "value",
        lambda: spend.expected_customer_lifetime_value(
            churn, table, future_t=MONTHS, discount_rate=MONTHLY_RATE, time_unit="D"
        ),
    )
    sums = {"orders": float(expected.sum()), "value": float(value.sum())}
    fits = {**_values(churn, ("r", "alpha", "a", "b")), **_values(spend, ("p", "q", "v"))}
    if asked["pareto"]:
        stages.run("Pareto/NBD fit", lambda: fitted("Pareto/NBD", table))
    return {"stages": stages.costs, "fits": fits, "sums": sums}


def foresee(asked: dict[str, Any]) -> dict[str, Any]:
    """Expected orders and the chance of any, of each customer, by each of its models; saved beside the question."""
    known = np.load(asked["file"])
    columns = {"frequency": known["x"], "recency": known["t_x"], "T": known["T"]}
    table = pd.DataFrame({"customer_id": np.arange(known["x"].size), **columns}).astype(float)
    said: dict[str, np.ndarray] = {}
    fits: dict[str, Any] = {}
    for name in asked["models"]:
        try:
            model = fitted(name, table)
            said[f"{name} orders"] = model.expected_purchases(future_t=asked["days"]).to_numpy().ravel()
            said[f"{name} chance"] = chance(name, model, asked["days"])
            fits[name] = "ok"
        except Exception as trouble:  # whatever it raises is the answer
            fits[name] = f"{type(trouble).__name__}: {trouble}"[:120]
    np.savez(asked["answer"], **said)
    return {"fits": fits}


def chance(name: str, model: Any, days: float) -> np.ndarray:
    """The chance of an order within the days."""
    if name == "Pareto/NBD":
        silent = model.expected_purchase_probability(n_purchases=0, future_t=days)
    else:
        silent = model.expected_probability_no_purchase(t=days)
    return 1 - silent.to_numpy().ravel()


def transactions(folder: str, end: int) -> tuple[pd.DataFrame, pd.Timestamp]:
    """The orders as the table it wants, and the last day. Not timed."""
    start = pd.Timestamp("2020-01-01")
    days = np.load(f"{folder}/day.npy").astype("timedelta64[D]") + np.datetime64(start, "D")
    columns = {"customer": np.load(f"{folder}/customer.npy"), "day": days.astype("datetime64[ns]")}
    return pd.DataFrame({**columns, "net": np.load(f"{folder}/net.npy")}), start + pd.Timedelta(days=end)


def _values(model: Any, names: tuple[str, ...]) -> dict[str, float]:
    return {name: float(model.fit_result[name].mean()) for name in names}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    serve({"speed": speed, "foresee": foresee})
