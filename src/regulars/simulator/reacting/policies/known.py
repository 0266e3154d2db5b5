"""Which policies are there by name? Each is made anew for every run."""

from collections.abc import Callable, Mapping

from regulars.simulator.reacting.policies import habits
from regulars.simulator.reacting.policies.oracle import Oracle
from regulars.simulator.reacting.policies.policy import Policy
from regulars.simulator.reacting.policies.product import Product
from regulars.simulator.reacting.policies.rules import Rules

POLICIES: Mapping[str, Callable[[], Policy]] = {
    "nothing": lambda: habits.nothing,
    "blast": lambda: habits.blast,
    "discount": lambda: habits.discount,
    "risk": lambda: habits.risk,
    "rules": Rules,
    "rules-without-discounts": lambda: Rules(discounts=False),
    "regulars": Product,
    "oracle": Oracle,
}
