"""When will the next order come? A window of days and its middle, of those who order at all within a horizon, by any
lifetime model."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from regulars.insight.lifetime.arrays import Floats
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.models import Model


@dataclass(frozen=True, eq=False)
class Window:
    """Days from the end of the data, shape (rows,) each. chance: of any order within the horizon; the others are for
    those who do order: `covered` of them order between early and late, and half of them by the median day."""

    chance: Floats
    early: Floats
    median: Floats
    late: Floats
    covered: float


def window(model: Model, fitted: Any, histories: Histories, *, days: float, covered: float = 0.8) -> Window:
    """The window of the next order within `days` days. Raises ValueError for covered outside 0 .. 1, or bad days."""
    if not 0 <= covered <= 1:
        raise ValueError(f"covered must lie in 0 .. 1, not {covered}")
    early, median, late = (
        model.next_order_quantile(fitted, histories, days=days, share=share)
        for share in ((1 - covered) / 2, 0.5, (1 + covered) / 2)
    )
    return Window(model.p_order_within(fitted, histories, days=days), early, median, late, covered)


STEPS = 32
FIRST_DAY = 0.25


def window_in_days(model: Model, fitted: Any, histories: Histories, *, days: float, covered: float = 0.8) -> Window:
    """The same window to about a day, for millions of rows: read off the chances at STEPS times.

    P(order in t) is asked at times in geometric steps and taken to be straight in between.
    """
    chance = model.p_order_within(fitted, histories, days=days)
    aims = [share * chance for share in ((1 - covered) / 2, 0.5, (1 + covered) / 2)]
    found: list[Floats] = [np.full(chance.shape, float(days)) for _aim in aims]
    before, earlier = np.zeros_like(chance), 0.0
    for time in np.geomspace(FIRST_DAY, days, STEPS):
        now = model.p_order_within(fitted, histories, days=float(time))
        for aim, when in zip(aims, found, strict=True):
            here = (before < aim) & (aim <= now)
            part = (aim[here] - before[here]) / (now[here] - before[here])
            when[here] = earlier + part * (time - earlier)
        before, earlier = now, float(time)
    early, median, late = found
    return Window(chance, early, median, late, covered)
