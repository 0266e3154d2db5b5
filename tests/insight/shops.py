"""Small shops from plain rows, as the tables insight asks.

The cast: Ada the regular, Ben who lapsed, Cleo the newcomer, Dan held out, Eve who said no. Days count from START.
"""

import datetime as dt
import random
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from typing import Any

import ibis
import pyarrow as pa

from regulars.insight.came_back import History
from regulars.insight.dates import Dates
from regulars.insight.facts import SCHEMAS, Engine
from regulars.insight.profile import Choices, base, score

ADA, BEN, CLEO, DAN, EVE = 1, 2, 3, 4, 5
POSTAGE = 99
START = dt.date(2023, 1, 2)
TYPES = {
    "int64": pa.int64(),
    "date": pa.date32(),
    "string": pa.string(),
    "boolean": pa.bool_(),
    "float64": pa.float64(),
}
NUMBERS = count()


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


@dataclass(frozen=True)
class Order:
    """Bought by the identifier `who` on a day. lines: (variant, quantity, net); one line of variant 1 unless given.

    fee: net of a line that is no product (postage), though it has a variant.
    """

    id: int
    who: int | None
    day: dt.date
    net: int = 1000
    total: int | None = None
    known: dt.date | None = None
    cancelled: dt.date | None = None
    status: str = "paid"
    test: bool = False
    gift_card_only: bool = False
    renewal: bool = False
    discount: int = 0
    channel: str = "web"
    country: str = "DE"
    tags: str = ""
    hour: int = 12
    lines: tuple[tuple[int | None, int, int], ...] | None = None
    fee: int | None = None

    @property
    def paid(self) -> int:
        return self.net if self.total is None else self.total

    @property
    def goods(self) -> tuple[tuple[int | None, int, int], ...]:
        return ((1, 1, self.net),) if self.lines is None else self.lines


@dataclass(frozen=True)
class Refund:
    """Given back; undated when `day` is None. `who` matters only when no order is named."""

    id: int
    order: int | None
    amount: int
    day: dt.date | None
    known: dt.date | None = None
    variant: int | None = None
    who: int | None = None
    quantity: int | None = 1
    failed: bool = False

    @property
    def known_day(self) -> dt.date:
        known = self.known or self.day
        assert known is not None, "an undated refund is known at import"
        return known


@dataclass(frozen=True)
class Variant:
    id: int
    product: int | None = None
    cost: int | None = None
    category: str = ""
    title: str = ""
    sku: str = ""


@dataclass(frozen=True)
class Shop:
    """people: customer of each identifier, themselves unless given. reviews: (identifier, day, rating)."""

    orders: tuple[Order, ...] = ()
    refunds: tuple[Refund, ...] = ()
    people: dict[int, int] = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    reviews: tuple[tuple[int, dt.date, float], ...] = ()

    def with_orders(self, *orders: Order) -> "Shop":
        return replace(self, orders=self.orders + orders)

    def with_refunds(self, *refunds: Refund) -> "Shop":
        return replace(self, refunds=self.refunds + refunds)

    def customer(self, identifier: int | None) -> int | None:
        return None if identifier is None else self.people.get(identifier, identifier)

    def known_on(self, cut: dt.date) -> "Shop":
        """The facts as they stood in the books at the end of `cut`: nothing known later, no later cancellation."""
        orders = (order for order in self.orders if (order.known or order.day) <= cut)
        return replace(
            self,
            orders=tuple(_before_cancelling(order, cut) for order in orders),
            refunds=tuple(refund for refund in self.refunds if refund.known_day <= cut),
            reviews=tuple(review for review in self.reviews if review[1] <= cut),
        )

    def moved(self, days: int) -> "Shop":
        """The same shop so many days later."""
        by = dt.timedelta(days=days)

        def later(row, *names):
            return replace(row, **{name: getattr(row, name) and getattr(row, name) + by for name in names})

        return replace(
            self,
            orders=tuple(later(order, "day", "known", "cancelled") for order in self.orders),
            refunds=tuple(later(refund, "day", "known") for refund in self.refunds),
            reviews=tuple((who, when + by, rating) for who, when, rating in self.reviews),
        )

    def shuffled(self, seed: int) -> "Shop":
        luck = random.Random(seed)

        def mixed(rows):
            return tuple(luck.sample(rows, len(rows)))

        return replace(
            self, orders=mixed(self.orders), refunds=mixed(self.refunds), people=dict(mixed(list(self.people.items()))),
            variants=mixed(self.variants), reviews=mixed(self.reviews),
        )  # fmt: skip


def _before_cancelling(order: Order, cut: dt.date) -> Order:
    if order.cancelled is None or order.cancelled <= cut:
        return order
    return replace(order, cancelled=None, status="paid" if order.status in ("cancelled", "voided") else order.status)


def shop(*orders: Order, refunds: tuple[Refund, ...] = (), **rest: Any) -> Shop:
    return Shop(orders, refunds, **rest)


def at(*days: int, who: int = ADA, first_id: int = 1, **rest: Any) -> tuple[Order, ...]:
    """Orders of one person on these days, numbered from `first_id`."""
    return tuple(Order(first_id + place, who, day(number), **rest) for place, number in enumerate(days))


def many(customers: int, days: tuple[int, ...], *, first: int = 1000, **rest: Any) -> tuple[Order, ...]:
    """So many people who all order on these days."""
    return tuple(
        order for who in range(first, first + customers) for order in at(*days, who=who, first_id=who * 100, **rest)
    )


def dates(complete: int, *, begins: int = 0, opened: bool = True, known: int | None = None) -> Dates:
    """All days complete up to the day numbered `complete`."""
    history = History(day(begins), opened=opened)
    return Dates(day(complete), day(complete), history, known_by=None if known is None else day(known))


@cache
def connection() -> Any:
    con = ibis.duckdb.connect(":memory:", threads=1, memory_limit="1GB")
    con.raw_sql("SET enable_progress_bar = false")
    return con


@contextmanager
def opened(found: Shop):
    """The engine and the facts of a shop; whatever was staged is dropped at the end."""
    con, number = connection(), next(NUMBERS)
    engine = Engine(con, prefix=f"shop{number}")
    names = {name: f"facts{number}_{name}" for name in SCHEMAS}
    for name, table in tables_of(found).items():
        con.con.register(names[name], table)
    try:
        yield engine, engine.facts(names)
    finally:
        engine.close()
        for name in names.values():
            con.con.unregister(name)


def tables_of(found: Shop) -> dict[str, pa.Table]:
    return {
        name: pa.Table.from_pylist(
            rows, schema=pa.schema({column: TYPES[kind] for column, kind in SCHEMAS[name].items()})
        )
        for name, rows in _rows(found).items()
    }


def _rows(found: Shop) -> dict[str, list[dict[str, Any]]]:
    seen = [order.who for order in found.orders] + [refund.who for refund in found.refunds]
    seen += list(found.people) + [who for who, _day, _rating in found.reviews]
    return {
        "orders": [_order_row(order) for order in found.orders],
        "lines": [line for order in found.orders for line in _line_rows(order)],
        "refunds": [_refund_row(refund) for refund in found.refunds],
        "people": [
            {"identifier_id": who, "customer_id": found.customer(who), "kind": "email"}
            for who in dict.fromkeys(seen)
            if who is not None
        ],
        "variants": [
            {
                "variant_id": v.id,
                "product_id": v.product,
                "title": v.title,
                "sku": v.sku,
                "category": v.category,
                "cost": v.cost,
            }
            for v in found.variants
        ],
        "reviews": [
            {"review_id": place, "identifier_id": who, "day": when, "rating": rating}
            for place, (who, when, rating) in enumerate(found.reviews)
        ],
    }


def _order_row(order: Order) -> dict[str, Any]:
    same = (
        "day",
        "net",
        "status",
        "test",
        "gift_card_only",
        "renewal",
        "discount",
        "channel",
        "country",
        "tags",
        "hour",
    )
    return {
        **{name: getattr(order, name) for name in same},
        "order_id": order.id,
        "identifier_id": order.who,
        "known_day": order.known or order.day,
        "cancelled_day": order.cancelled,
        "total": order.paid,
        "shipping": 0,
        "discount_code": "",
    }


def _line_rows(order: Order) -> list[dict[str, Any]]:
    lines = [("product", *line) for line in order.goods] + (
        [] if order.fee is None else [("fee", POSTAGE, 1, order.fee)]
    )
    return [
        {"order_id": order.id, "position": place, "kind": kind, "variant_id": variant, "quantity": units, "net": net}
        for place, (kind, variant, units, net) in enumerate(lines)
    ]


def _refund_row(refund: Refund) -> dict[str, Any]:
    return {
        "refund_id": refund.id, "order_id": refund.order, "identifier_id": refund.who, "variant_id": refund.variant,
        "day": refund.day, "known_day": refund.known_day, "amount": refund.amount, "quantity": refund.quantity,
        "failed": refund.failed,
    }  # fmt: skip


def rows(table: Any, *keys: str) -> list[dict[str, Any]]:
    """The rows of an Ibis table, sorted by `keys`."""
    found = table.to_pyarrow().to_pylist()
    return sorted(found, key=lambda row: tuple(row[key] for key in keys)) if keys else found


def profiles(found: Shop, when: Dates, choices: Choices | None = None) -> dict[int, dict[str, Any]]:
    """The whole profile of each customer."""
    chosen = choices or Choices()
    with opened(found) as (engine, facts):
        history = base(engine, facts, dates=when, choices=chosen)
        table, _model, _rhythm = score(engine, facts, history, dates=when, choices=chosen)
        return {row["customer_id"]: row for row in rows(table, "customer_id")}


def table(columns: dict[str, str], found: list[tuple]) -> Any:
    """Rows as an Ibis table of the test engine."""
    name, con = f"given{next(NUMBERS)}", connection()
    schema = pa.schema({column: TYPES[kind] for column, kind in columns.items()})
    con.con.register(name, pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in found], schema=schema))
    return con.table(name)


def valid_orders(found: dict[int, dict[dt.date, int]]) -> Any:
    """Order days as orders that count: customer_id, day, month, net."""
    return table(
        {"customer_id": "int64", "day": "date", "month": "int64", "net": "int64"},
        [
            (who, when, when.year * 12 + when.month - 1, net)
            for who, days in found.items()
            for when, net in days.items()
        ],
    )


def beginnings(found: dict[int, dict[dt.date, int]]) -> Any:
    """When each customer began and came back: customer_id, first_day, second_day."""
    return table(
        {"customer_id": "int64", "first_day": "date", "second_day": "date"},
        [(who, *[*sorted(days), None][:2]) for who, days in found.items()],
    )
