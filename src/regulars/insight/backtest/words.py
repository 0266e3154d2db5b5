"""What the back-test says, in sentences. English, marked for translation; `translate` turns it into another language."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulars.insight.backtest.run import Backtest, Trial

Translate = Callable[[str], str]
SHOWN_NEAR = 0.3


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


NAMES = {
    "average customer": _("average customer"), "own rate": _("own rate"), "as in the days before": _("as in the days before"),
    "days since the last order": _("days since the last order"), "mean of BG and Pareto": _("mean of BG and Pareto"),
    "BG/NBD by season": _("BG/NBD by season"), "MBG/NBD by season": _("MBG/NBD by season"),
    "boosted trees": _("boosted trees"), "mean of BG, Pareto and trees": _("mean of BG, Pareto and trees"),
}  # fmt: skip
"""Candidates that have no name in the literature."""


def name_of(name: str, translate: Translate = str) -> str:
    """A candidate's name."""
    return translate(NAMES[name]) if name in NAMES else name


def verdict(test: "Backtest", translate: Translate = str) -> list[str]:
    """Which forecast is used and why, how far off it was, and whether a rule of thumb is as good."""
    choice = test.choice
    if not choice.proven:
        text = _(
            "The history is too short to check a forecast on {n} past days: {name} is used, unproven in this shop."
        )
        return [translate(text).format(n=2, name=name_of(choice.orders, translate))]
    chosen, rule = test.of(choice.orders), test.of(choice.naive_orders)
    text = _("In this shop {name} did best: on {n} past days its total was between {low} and {high} off.")
    found = [translate(text).format(name=name_of(choice.orders, translate), n=len(chosen), **_off(chosen))]
    if choice.orders != choice.naive_orders:
        text = _("The best rule of thumb ({name}) was between {low} and {high} off.")
        found.append(translate(text).format(name=name_of(choice.naive_orders, translate), **_off(rule)))
    if choice.naive_as_good:
        found.append(translate(_("For single customers that rule is as good as any model here.")))
    return found


def calibrated(test: "Backtest", translate: Translate = str) -> list[str]:
    """Whether chances came true: of customers of whom about so much was said, how many ordered."""
    if not test.bins:
        return []
    near = min(test.bins, key=lambda each: abs(each.said - SHOWN_NEAR))
    text = _("Of {n} customers who were given a chance of about {said}, {came} did order.")
    found = [translate(text).format(n=f"{near.n:,}", said=f"{near.said:.0%}", came=f"{near.came:.0%}")]
    text = _("Over all customers the chances were {points} percentage points off on average.")
    found.append(translate(text).format(points=f"{100 * test.calibration_error:.1f}"))
    if test.choice.recalibration:
        found.append(translate(_("They are set right by what earlier past days showed.")))
    return found


def _off(trials: "tuple[Trial, ...]") -> dict[str, str]:
    """The lowest and the highest bias, as shares with a sign; days on which nobody ordered tell nothing."""
    off = [trial.orders.bias for trial in trials if math.isfinite(trial.orders.bias)] or [0.0]
    return {"low": f"{min(off):+.0%}", "high": f"{max(off):+.0%}"}
