"""By what is every customer of the shop measured? The shop's rhythm, where fifths and grades end, how people order.

Taken from everybody once a day, and then held still: whoever changes during the day is measured by the same
yardsticks as all others, and nobody's grade moves because somebody else bought.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from regulars.insight import forecast as forecasting
from regulars.insight import rfm, rhythm, value
from regulars.insight.dates import Dates
from regulars.insight.facts import Engine

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.insight.candidates.seen import Repeats


@dataclass(frozen=True)
class Yardsticks:
    """What `profile.score` needs to know of the whole shop. `levels` is that of `rhythm.product_levels`."""

    rhythm: rhythm.ShopRhythm
    levels: "ir.Table"
    fifths: rfm.Cuts
    grades: value.Grades
    margins: value.Grades
    forecast: forecasting.Forecast


def yardsticks(
    engine: Engine, customers: "ir.Table", gaps: "ir.Table", *, dates: Dates, told: forecasting.Told
) -> Yardsticks:
    """The yardsticks of everybody: `customers` and `gaps` are those of `profile.base`; `told` is what the forecast is."""
    from regulars.insight.candidates.registry import needs_season

    if needs_season((told.choice.orders, told.choice.chance)):
        told = replace(told, repeats=_repeats(customers, gaps, dates))
    shop = rhythm.shop_rhythm(customers.filter(customers.gaps > 0))
    return Yardsticks(
        rhythm=shop,
        levels=engine.stage(rhythm.product_levels(gaps, shop), "levels"),
        fifths=rfm.cuts(customers),
        grades=value.grades(customers),
        margins=value.grades(customers, money="margin_total"),
        forecast=forecasting.fit(customers, told, as_of=dates.as_of),
    )


def _repeats(customers: "ir.Table", gaps: "ir.Table", dates: Dates) -> "Repeats":
    from regulars.insight.backtest.snapshot import surely_new_from
    from regulars.insight.candidates.seen import repeats_of

    counts = rhythm.repeats_by_day(gaps, customers, new_from=surely_new_from(dates.history))
    return repeats_of(counts.to_pyarrow(), dates.as_of)
