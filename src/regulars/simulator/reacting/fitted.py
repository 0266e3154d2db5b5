"""An invented shop like this one: order rates, leaving, baskets and newcomers from its own past; the rest as assumed."""

from dataclasses import dataclass
from typing import Any

from regulars.insight.lifetime import gamma_gamma, paretonbd
from regulars.insight.lifetime.histories import Histories, Spend
from regulars.simulator.arrays import Floats, Integers
from regulars.simulator.reacting.world import World

CUSTOMERS_MAX = 4_000
FIT_MAX = 5_000
WEEK_DAYS = 7
BASKET_MAX = 40.0
"""No mean basket above so many times the usual one."""


@dataclass(frozen=True)
class Past:
    """What a shop's own past says. x, t_x, age: repeat order days, days to the last of them, days since the first; order:
    mean net value of an order day; one entry a customer. a_day: newcomers a day, of late; consent: share who may be
    written to; margin_rate: of net value."""

    x: Integers
    t_x: Integers
    age: Integers
    order: Floats
    a_day: float
    consent: float
    margin_rate: float


def world_like(past: Past, **chosen: Any) -> World:
    """The world. chosen: anything of `World` that shall be otherwise. Money is in the unit of `past.order`, all costs scaled
    with the margin of a usual order. Raises ValueError for a shop without repeat orders."""
    if not (past.x > 0).any():
        raise ValueError("nobody has ordered twice yet")
    churn = paretonbd.fit(Histories.of(past.x, past.t_x, past.age).sample(FIT_MAX))
    paid = past.order > 0
    spend = gamma_gamma.fit(Spend.of(past.x[paid] + 1, past.order[paid]))
    usual = float(past.order[paid].mean())
    customers = min(len(past.x), CUSTOMERS_MAX)
    default = World()
    scale = usual * past.margin_rate / (DEFAULT_ORDER * default.margin_rate)
    baskets = {"basket_scale": spend.p, "basket_shape": spend.q, "basket_rate": spend.v}
    if spend.state is gamma_gamma.State.NO_SPEND or spend.q <= 1:
        baskets = {"basket_scale": default.basket_scale * usual / DEFAULT_ORDER}
    said = baskets | {
        "customers": customers, "base_spread": min(default.base_spread, int(chosen.get("burn_in", default.burn_in))), "order_shape": churn.r, "order_scale": churn.alpha / WEEK_DAYS, "leave_shape": churn.s,
        "leave_scale": churn.beta / WEEK_DAYS, "arrivals": min(1.0, past.a_day / len(past.x)), "consent": past.consent,
        "margin_rate": past.margin_rate, "basket_max": BASKET_MAX * usual, "cost_contact": default.cost_contact * scale,
        "cost_gift": default.cost_gift * scale, "cost_remedy": default.cost_remedy * scale, "cost_friend": default.cost_friend * scale,
    }  # fmt: skip
    return World.of(said | chosen)


DEFAULT_ORDER = 35.0
"""A usual order of the default world, to which its costs belong."""
