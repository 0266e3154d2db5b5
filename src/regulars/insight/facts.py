"""Which tables does insight ask, and what is in them?

Money is int64 minor units of the shop's base currency; days are dates in the shop's time zone, made before insight.
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

SCHEMAS: dict[str, dict[str, str]] = {
    "orders": {
        "order_id": "int64", "identifier_id": "int64", "day": "date", "known_day": "date", "cancelled_day": "date",
        "status": "string", "test": "boolean", "gift_card_only": "boolean", "renewal": "boolean", "total": "int64",
        "net": "int64", "discount": "int64", "shipping": "int64", "channel": "string", "country": "string",
        "discount_code": "string", "tags": "string", "hour": "int64",
    },
    "lines": {
        "order_id": "int64", "position": "int64", "variant_id": "int64", "kind": "string", "quantity": "int64",
        "net": "int64",
    },
    "refunds": {
        "refund_id": "int64", "order_id": "int64", "identifier_id": "int64", "variant_id": "int64", "day": "date",
        "known_day": "date", "amount": "int64", "quantity": "int64", "failed": "boolean",
    },
    "people": {"identifier_id": "int64", "customer_id": "int64", "kind": "string"},
    "variants": {
        "variant_id": "int64", "product_id": "int64", "sku": "string", "title": "string", "category": "string",
        "cost": "int64",
    },
    "reviews": {"review_id": "int64", "identifier_id": "int64", "day": "date", "rating": "float64"},
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """The tables of SCHEMAS as Ibis tables on one backend."""

    orders: "ir.Table"
    lines: "ir.Table"
    refunds: "ir.Table"
    people: "ir.Table"
    variants: "ir.Table"
    reviews: "ir.Table"


@dataclass
class Engine:
    """An Ibis backend on which shared intermediate tables are built once (`stage`) and dropped at the end."""

    con: Any
    prefix: str = "regulars"
    _names: list[str] = field(default_factory=list)
    _staged: int = 0

    def stage(self, expression: "ir.Table", name: str) -> "ir.Table":
        """The expression as a temporary table; repeated sub-queries would otherwise be computed again each time.

        Ibis knows no temporary tables on Spark: there it is a table of the warehouse until `close`.
        """
        self._staged += 1
        full = f"{self.prefix}_{name}_{self._staged}"
        self._names.append(full)
        return self.con.create_table(full, expression, temp=self.con.name != "pyspark")

    def drop(self, *tables: "ir.Table") -> None:
        """Drop staged tables that nothing will be asked of again."""
        for name in (table.op().name for table in tables):
            self._names.remove(name)
            self.con.drop_table(name)

    def facts(self, tables: dict[str, str]) -> Facts:
        """The facts whose tables (or Parquet files, by path) are named."""
        found = {}
        for name in SCHEMAS:
            source = tables[name]
            found[name] = self.con.read_parquet(source) if source.endswith(".parquet") else self.con.table(source)
        return Facts(**found)

    def facts_of(self, facts: Facts, customers: "ir.Table") -> Facts:
        """The facts of these customers alone, staged; `customers` has customer_id. Variants stay as they are.

        A refund belongs to the customer of its order; one that names no order to the customer of its identifier.
        """
        people = self.stage(facts.people.semi_join(customers, "customer_id"), "people")
        orders = self.stage(facts.orders.semi_join(people, "identifier_id"), "orders_of")
        loose = facts.refunds.filter(facts.refunds.order_id.isnull()).semi_join(people, "identifier_id")
        refunds = facts.refunds.semi_join(orders, "order_id").union(loose)
        return replace(
            facts,
            people=people,
            orders=orders,
            lines=self.stage(facts.lines.semi_join(orders, "order_id"), "lines_of"),
            refunds=self.stage(refunds, "refunds_of"),
            reviews=self.stage(facts.reviews.semi_join(people, "identifier_id"), "reviews_of"),
        )

    def close(self) -> None:
        """Drop what was staged."""
        for name in self._names:
            self.con.drop_table(name, force=True)
        self._names.clear()


def duckdb_engine(*, memory_mb: int = 1024, temp_directory: str = "") -> Engine:
    """An in-process engine of bounded memory that spills to `temp_directory`."""
    import ibis

    config = {"memory_limit": f"{memory_mb}MB", "preserve_insertion_order": "false"}
    if temp_directory:
        config["temp_directory"] = temp_directory
    return Engine(ibis.duckdb.connect(":memory:", **config))


def first_and_last_day(facts: Facts) -> tuple[dt.date, dt.date] | None:
    """The first and the last day with an order; None when there is none."""
    row = facts.orders.aggregate(first=facts.orders.day.min(), last=facts.orders.day.max()).to_pyarrow().to_pylist()[0]
    return (row["first"], row["last"]) if row["first"] else None
