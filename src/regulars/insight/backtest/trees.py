"""Boosted trees that look at more than the order rhythm: products, returns, discounts, channels, reviews.

Trained on the snapshot before, whose outcome had become known by the day of the present one: nothing looks ahead.
Needs scikit-learn (the extra `ml`).
"""

import numpy as np

from regulars.insight.backtest.snapshot import Snapshot
from regulars.insight.lifetime.arrays import Booleans, Floats, Integers

CUSTOMERS_MIN = 1000
BUYERS_MIN = 50
SEED = 1


def outcome(before: Snapshot, now: Snapshot) -> Integers:
    """Order days of the customers of `before` in the days up to `now`, as far as known then; shape (before.n,).

    Both snapshots choose customers by the same hash; who is no longer among the chosen counts as silent.
    """
    place = np.searchsorted(now.customer, before.customer)
    place = np.minimum(place, max(0, now.n - 1))
    found = now.customer[place] == before.customer if now.n else np.zeros(before.n, dtype=bool)
    return np.where(found, now.recent[place] if now.n else 0, 0)


def foresee(before: Snapshot, now: Snapshot) -> tuple[Floats, Floats] | None:
    """Expected orders and P(order) of the customers of `now`; None without scikit-learn, or with too few to learn from."""
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    except ImportError:
        return None
    known = np.isin(before.customer, now.customer)
    came = outcome(before, now)[known]
    if known.sum() < CUSTOMERS_MIN or not BUYERS_MIN <= (came > 0).sum() <= came.size - BUYERS_MIN:
        return None
    rest = {"max_iter": 120, "learning_rate": 0.06, "max_leaf_nodes": 15, "min_samples_leaf": 40, "l2_regularization": 5.0,
            "random_state": SEED}  # fmt: skip
    told = _telling(before.features[known])
    features = before.features[known][:, told]
    orders = HistGradientBoostingRegressor(loss="poisson", **rest).fit(features, came)
    chance = HistGradientBoostingClassifier(**rest).fit(features, came > 0)
    seen = now.features[:, told]
    return np.asarray(orders.predict(seen)), np.asarray(chance.predict_proba(seen)[:, 1])


def _telling(features: Floats) -> Booleans:
    """The columns that differ between customers at all."""
    known = np.where(np.isnan(features), np.inf, features)
    low = known.min(axis=0)
    high = np.where(np.isnan(features), -np.inf, features).max(axis=0)
    return np.asarray(high > low)
