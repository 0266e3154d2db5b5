"""The tables that questions are asked of, each built once when the first question needs it."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from regulars.insight import profile, summary
from regulars.insight.came_back import began_by
from regulars.insight.dates import Dates
from regulars.insight.facts import Engine, Facts
from regulars.insight.money import written
from regulars.insight.profile import Choices
from regulars.insight.valid import counting, starts

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, eq=False, repr=False)
class Opened:
    """A shop's facts on an engine. people: customer_id and customer, their own name of it, where they have one."""

    engine: Engine
    facts: Facts
    dates: Dates
    choices: Choices
    currency: str
    people: "ir.Table | None" = None

    @cached_property
    def history(self) -> profile.Base:
        """Every customer's own history as of the last complete day."""
        return profile.base(self.engine, self.facts, dates=self.dates, choices=self.choices)

    @cached_property
    def summary(self) -> summary.Summary:
        """The two numbers, the shape of the base, and the profiles."""
        return summary.summarise(self.engine, self.facts, self.dates, self.choices, found=self.history)

    @cached_property
    def valid(self) -> "ir.Table":
        """The orders that count, up to the last complete day."""
        import ibis

        orders = counting(self.history.orders)
        return self.engine.stage(orders.filter(orders.day <= ibis.literal(self.dates.complete)), "valid")

    @cached_property
    def began(self) -> "ir.Table":
        """When each customer began and came back, by the last complete day."""
        return self.engine.stage(began_by(starts(self.history.days), self.dates.complete), "began")

    def money(self, amount: float) -> str:
        """Minor units as text, whole units of the currency."""
        return written(round(amount), self.currency, cents=False)

    def named(self, table: "ir.Table") -> "ir.Table":
        """The table with the shop's own name of each customer in front, where it has one."""
        if self.people is None:
            return table
        joined = table.join(self.people, "customer_id")
        return joined.select("customer", *table.columns)

    def titled(self, table: "ir.Table", column: str = "variant_id") -> "ir.Table":
        """The table with the title of each variant in front."""
        titles = self.facts.variants.select(**{column: "variant_id", "product": "title"})
        joined = table.left_join(titles, column)
        return joined.select("product", *table.columns)
