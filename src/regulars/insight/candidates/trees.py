"""Boosted trees that look at more than the order rhythm: products, returns, discounts, channels, reviews.

Trained on the lesson, whose outcome had become known by the day of the present one: nothing looks ahead.
Needs scikit-learn (the extra `ml`).
"""

from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import numpy as np

from regulars.insight.candidates.seen import Foreseen, Lesson, Past, Seen
from regulars.insight.lifetime.arrays import Booleans, Floats

CUSTOMERS_MIN = 1000
BUYERS_MIN = 50
SEED = 1
SHAPE = {"max_iter": 120, "learning_rate": 0.06, "max_leaf_nodes": 15, "min_samples_leaf": 40, "l2_regularization": 5.0,
         "random_state": SEED}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees grown from a lesson when they are first asked; the same lesson always grows the same trees."""

    lesson: Lesson

    def __call__(self, seen: Seen) -> Foreseen:
        """What the trees say."""
        from threadpoolctl import threadpool_limits

        # On busy cores threads wait for each other far longer than they work.
        with threadpool_limits(1):
            told, orders, chance = self._grown
            features = seen.features[:, told]
            return Foreseen(np.asarray(orders.predict(features)), np.asarray(chance.predict_proba(features)[:, 1]))

    @cached_property
    def _grown(self) -> tuple[Booleans, Any, Any]:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        came, told = self.lesson.came, _telling(self.lesson.before.features)
        features = self.lesson.before.features[:, told]
        orders = HistGradientBoostingRegressor(loss="poisson", **SHAPE).fit(features, came)
        return told, orders, HistGradientBoostingClassifier(**SHAPE).fit(features, came > 0)


def trees(past: Past) -> Trees | None:
    """None without scikit-learn, without a lesson, or with too few customers to learn from."""
    lesson = past.lesson
    if lesson is None or find_spec("sklearn") is None:
        return None
    bought = int((lesson.came > 0).sum())
    enough = lesson.before.n >= CUSTOMERS_MIN and BUYERS_MIN <= bought <= lesson.before.n - BUYERS_MIN
    return Trees(lesson) if enough else None


def _telling(features: Floats) -> Booleans:
    """The columns that differ between customers at all."""
    known = np.where(np.isnan(features), np.inf, features)
    low = known.min(axis=0)
    high = np.where(np.isnan(features), -np.inf, features).max(axis=0)
    return np.asarray(high > low)
