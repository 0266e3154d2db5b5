"""Which policies are there by name? Each is made anew for every run."""

from collections.abc import Callable, Mapping

from regulars.policy.hold_out import HoldOut
from regulars.simulator.reacting.policies import habits
from regulars.simulator.reacting.policies.hold_outs import HeldOut
from regulars.simulator.reacting.policies.oracle import Oracle
from regulars.simulator.reacting.policies.policy import Policy
from regulars.simulator.reacting.policies.product import Product
from regulars.simulator.reacting.policies.proven import Proven
from regulars.simulator.reacting.policies.rules import Rules

HELD_OUT = HoldOut("an invented shop", everything=0.05, play=0.10)
"""As a shop has them once its plays are known."""

POLICIES: Mapping[str, Callable[[], Policy]] = {
    "nothing": lambda: habits.nothing,
    "blast": lambda: habits.blast,
    "discount": lambda: habits.discount,
    "risk": lambda: habits.risk,
    "rules": Rules,
    "rules-without-discounts": lambda: Rules(discounts=False),
    "rules-held-out": lambda: HeldOut(Rules(), HELD_OUT),
    "regulars": Product,
    "regulars-held-out": lambda: Proven(HELD_OUT),
    "oracle": Oracle,
}
