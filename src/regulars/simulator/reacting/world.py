"""What is this shop like? Every parameter of an invented shop, with its default; where each comes from and how sure
it is: docs/simulate.md. A world is read from a TOML table with `World.of`; a mistake names its key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MANY, STRONG = 1e9, 10.0
DAYS_A_YEAR = 365


def _knob(default: Any, low: float, high: float, means: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "means": means})


def _share(default: float, means: str) -> Any:
    return _knob(default, 0.0, 1.0, means)


def _positive(default: float, means: str) -> Any:
    return _knob(default, 1e-6, MANY, means)


def _strength(default: float, means: str) -> Any:
    return _knob(default, 0.0, STRONG, means)


def _amount(default: float, means: str) -> Any:
    return _knob(default, 0.0, MANY, means)


@dataclass(frozen=True, kw_only=True)
class World:
    """Rates are per week where said, else per day; money in any one unit; days count from 0, the first of January."""

    customers: int = _knob(20_000, 1, 50_000_000, "customers of the shop when plays may begin")
    burn_in: int = _knob(365, 1, 3_650, "days without plays before: the history to learn from")
    horizon: int = _knob(540, 1, 3_650, "days with plays")
    run_off: int = _knob(365, 0, 3_650, "days without plays after, which count in the profit")
    base_spread: int = _knob(365, 1, 3_650, "the first orders of these customers lie in the first so many days")
    arrivals: float = _share(0.001, "newcomers a day with plays, as a share of `customers`")
    arrivals_season: float = _share(0.0, "how far newcomers follow the season: 0 not, 1 as orders do")
    order_shape: float = _positive(0.35, "r: shape of the gamma of order rates")
    order_scale: float = _positive(9.0, "alpha: its rate, in weeks")
    leave_shape: float = _positive(0.60, "s: shape of the gamma of leaving rates")
    leave_scale: float = _positive(15.0, "beta: its rate, in weeks")
    rhythm: int = _knob(1, 1, 50, "shape of the gamma of the days between orders: 1 at any time, more the steadier")
    leaves_at_once: float = _share(0.0, "q1: share who leave after their first order")
    basket_scale: float = _positive(6.25, "p: mean basket = p / nu")
    basket_shape: float = _positive(3.74, "q: shape of the gamma of nu")
    basket_rate: float = _positive(15.44, "gamma: its rate")
    basket_max: float = _positive(400.0, "no mean basket above this")
    basket_spread: float = _amount(0.5, "sigma of the lognormal around a customer's mean basket")
    heavy_tail: float = _amount(0.0, "index of a Pareto of mean baskets with the same mean, e.g. 1.8, uncapped; 0: off")
    margin_rate: float = _share(0.40, "margin on the full price")
    starts: int = _knob(0, 0, 364, "day of the year of day 0")
    season: float = _share(0.25, "height of the yearly wave of order rates, highest on day 340")
    shocks: tuple[tuple[int, int, float], ...] = field(
        default=(), metadata={"means": "[first, last, factor]: on these days of the year order rates x factor"}
    )
    consent: float = _share(0.70, "share who agree to be written to")
    theta_scale: float = _knob(1.0, 0.0, 100, "all lifts x this, the larger basket of a bundle included")
    theta_birthday: float = _knob(0.9, -100, 100, "lift of birthday wishes, x message affinity")
    theta_gift: float = _knob(0.5, -100, 100, "lift of a gift, x gift affinity")
    theta_discount: float = _knob(0.5, -100, 100, "lift of a discount, x message affinity, and ...")
    theta_discount_price: float = _knob(1.8, -100, 100, "... x price sensitivity")
    theta_words: float = _knob(1.0, -100, 100, "lift of words alone, x message affinity")
    theta_second_order: float = _knob(1.6, -100, 100, "lift of the second-order play, x message affinity")
    theta_refill: float = _knob(3.0, -100, 100, "lift of a refill reminder that is due, x message affinity")
    not_due: float = _share(0.1, "share of a lift that is left outside the play's moment")
    theta_bundle: float = _knob(0.5, -100, 100, "lift of a bundle, x message affinity")
    bundle_basket: float = _amount(0.15, "how much larger a basket is with a bundle")
    response_decay: float = _strength(0.35, "psi: lift x exp(-psi F), F the contacts still felt")
    pull: float = _share(0.40, "share of a lift that is only pulled forward")
    unsubscribe: float = _share(0.0012, "u0: chance to unsubscribe at a contact when none is felt")
    fatigue: float = _strength(0.35, "kappa: mean growth of that chance with each contact felt")
    fatigue_spread: float = _strength(0.10, "its standard deviation over customers")
    fatigue_min: float = _strength(0.05, "its least, unless `fatigue` is 0")
    fatigue_keeps: float = _share(0.93, "contacts felt, x this a day")
    annoys_from: float = _amount(2.0, "contacts felt beyond this cost goodwill")
    annoys: float = _strength(0.03, "goodwill lost for each of them")
    answers: float = _share(0.01, "share of contacts that are answered, x 2 x message affinity x exp(-psi F)")
    unsubscribed_loss: float = _share(0.08, "share of the order rate that goes with consent")
    dogs: float = _share(0.10, "share of sleeping dogs")
    dogs_leave: float = _share(0.015, "chance that a win-back or bundle ends the relation with one")
    discount: float = _share(0.10, "price cut of the discount play")
    habit: float = _strength(0.5, "b_D: order rate at full price x exp(-b_D ps D)")
    habit_step: float = _strength(0.3, "growth of D with each discount")
    habit_keeps: float = _share(0.985, "D x this a day")
    goodwill_orders: float = _strength(0.35, "b_G: order rate x exp(b_G G)")
    goodwill_leaving: float = _strength(0.6, "b_M: leaving rate x exp(-b_M G)")
    goodwill_keeps: float = _share(0.985, "goodwill G x this a day")
    goodwill_birthday: float = _knob(0.10, -STRONG, STRONG, "goodwill of birthday wishes on the day")
    gift_first: float = _knob(0.4, -STRONG, STRONG, "goodwill of a gift after the first order, x gift affinity")
    gift_later: float = _knob(1.2, -STRONG, STRONG, "goodwill of a gift from the second order on, x gift affinity")
    gift_stock: int = _knob(3, 0, 50_000_000, "gifts a day")
    complaints: float = _share(0.03, "share of orders that go wrong")
    complaint_after: int = _knob(2, 1, 60, "days until the customer notices")
    complaint_low: float = _strength(0.5, "goodwill lost by it, at least")
    complaint_high: float = _strength(1.5, "... and at most")
    filed: float = _share(0.5, "share of those who say so")
    remedy_low: float = _share(0.50, "share of the loss that a remedy within 5 days restores, at least")
    remedy_high: float = _share(0.95, "... and at most")
    referral: float = _share(0.02, "chance that an invitation brings a friend, x clip(1 + G, 0, 2)")
    friend_leaving: float = _amount(0.82, "leaving rate of friends, x this")
    cycles: float = _share(0.40, "share with a cycle of refilling")
    cycle_median: float = _positive(60.0, "median of the cycles, in days")
    cycle_spread: float = _amount(0.4, "sigma of their lognormal")
    cycle_known: int = _knob(2, 1, 100, "orders after which the shop knows a cycle")
    returned: float = _share(0.04, "share of orders that come back")
    returned_discounted: float = _share(0.05, "the same of discounted ones")
    group: float = _share(0.30, "share of a hidden group that differs in nothing")
    proxy_noise: float = _amount(0.15, "noise of what can be seen of price sensitivity and message affinity")
    proxy_noise_gift: float = _amount(0.20, "noise of what can be seen of gift affinity")
    cost_contact: float = _amount(0.02, "cost of a contact")
    cost_gift: float = _amount(4.0, "cost of a gift")
    cost_remedy: float = _amount(5.0, "cost of a remedy")
    cost_friend: float = _amount(10.0, "cost of a friend who came")
    returned_within: int = _knob(30, 1, 365, "days within which they come back")
    late: float = _share(0.0, "share of orders, first ones aside, that the shop hears of 1 to 7 days late")
    second_address: float = _share(0.0, "share of customers who give a second address at every other order")
    second_known: int = _knob(60, 1, 3_650, "days until the shop finds out that it is theirs")
    mistaken: float = _share(0.0, "share of customers whom the shop takes for another, for 30 days")
    change_day: int = _knob(0, 0, 100_000, "the day something changes in the middle; 0: nothing does")
    change_orders: float = _amount(1.0, "order rates x this from then on")
    change_play: str = field(default="", metadata={"means": "the play that loses its lift from then on"})

    @property
    def days(self) -> int:
        """Of the whole world."""
        return self.burn_in + self.horizon + self.run_off

    @property
    def plays_end(self) -> int:
        """The first day of the run-off."""
        return self.burn_in + self.horizon

    @property
    def troubled(self) -> bool:
        """Whether the shop's books are wrong at times."""
        return bool(self.late or self.second_address or self.mistaken)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "World":
        """The world a TOML table describes; what it does not say has its default.

        Raises BadWorld, naming the key, for an unknown key (with the nearest right one), a wrong type or range.
        """
        from regulars.simulator.reacting.reading import checked

        return cls(**checked(said, cls))
