"""Our own side of the comparison, measured by the same means: from orders in memory to the scores of everybody."""

from typing import Any

import numpy as np
from stages import Stages, serve

from regulars.insight.lifetime import bgnbd, gamma_gamma, models, scores
from regulars.insight.lifetime.order_days import OrderDays, gather


def speed(asked: dict[str, Any]) -> dict[str, Any]:
    """As the peers do; `fits and scores` is the path that counts, the single fits are made again to see their parts."""
    import scipy.optimize
    import scipy.sparse
    import scipy.special  # noqa: F401  imports are reported apart, for everybody

    stages = Stages()
    who, when, net = (np.load(f"{asked['orders']}/{name}.npy") for name in ("customer", "day", "net"))
    stages.run("raw limit: one group-by", lambda: (np.bincount(who), np.bincount(who, weights=net)))
    found = stages.run("summary", lambda: gather(who, when, net, end=asked["end"]))
    told = stages.run("fits and scores", lambda: scores.score(found))
    for name in ("NBD", "BG/NBD", "Pareto/NBD"):
        stages.run(f"{name} fit", lambda name=name: models.fit(name, found.histories))
    stages.run("Gamma-Gamma fit", lambda: gamma_gamma.fit(found.spend()))
    fits = {name: getattr(told.churn, name) for name in ("r", "alpha", "a", "b")}
    fits |= {name: getattr(told.spend, name) for name in ("p", "q", "v")}
    sums = {"orders": float(told.orders.sum()), "value": twelve_months(found, told), "exact": float(told.value.sum())}
    made = {"orders": int(who.size), "customers": int(found.row.size), "histories": int(found.histories.x.size)}
    return {"stages": stages.costs, "fits": fits, "sums": sums, "made": made}


def twelve_months(found: OrderDays, told: scores.Scores) -> float:
    """The value of everybody as the peers count it: twelve months of thirty days, each discounted at its end."""
    months = np.arange(13)
    orders = [bgnbd.expected_orders(told.churn, found.histories, days=30 * month) for month in months.tolist()]
    worth = sum(step / 1.15 ** (month / 12) for step, month in zip(np.diff(orders, axis=0), months[1:], strict=True))
    one = np.divide(told.net, told.orders)
    return float((worth[found.row] * one).sum())


if __name__ == "__main__":
    serve({"speed": speed})
