"""Rows for console tests, written straight into the tables."""

import datetime as dt
from collections.abc import Iterable

from regulars.customers.models import Customer, Identifier, MergeEvent, Relation, Suggestion
from regulars.orders.models import Order, Refund
from regulars.profiles.models import Profile, Segment
from regulars.sources.models import Import

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 10, 1)


def people(numbers: Iterable[int], **cells: object) -> list[int]:
    """Customers with an address, a profile and one order each; `cells` are cells of the customer."""
    numbers = list(numbers)
    Customer.objects.bulk_create(
        Customer(**{"id": n, "name": f"Person {n}", "email": f"person{n}@shop.example", "seen_at": NOW, **cells})
        for n in numbers
    )
    Identifier.objects.bulk_create(
        Identifier(id=n, kind="email", value=f"person{n}@shop.example", customer_id=n, seen_at=NOW) for n in numbers
    )
    Profile.objects.bulk_create(profile(n) for n in numbers)
    Order.objects.bulk_create(order(n, n) for n in numbers)
    return numbers


def profile(number: int, **cells: object) -> Profile:
    """A profile of somebody who is slipping away."""
    plain = {
        "stage": "slipping", "value_grade": "A", "orders": 3, "order_days": 3, "net_total": 1000 * number,
        "net_a_year": 1000 * number, "net_365d": 0, "last_day": DAY, "first_day": DAY, "usual_gap_days": 30, "late_after_days": 40,
        "days_since_last_order": 51, "days_late": 11, "last_product": "Tea", "order_value_mean": 500, "refunded_total": 0,
    }  # fmt: skip
    return Profile(customer_id=number, **(plain | cells))


def order(number: int, identifier: int, **cells: object) -> Order:
    """A paid order."""
    plain = {
        "source": "test", "source_key": str(number), "name": f"#{number}", "ordered_at": NOW, "known_at": NOW, "status": "paid",
        "currency": "EUR", "total": 1000, "net": 1000, "base_total": 1000, "base_net": 1000, "progress": "", "payload_hash": str(number),
        "import_id": 1,
    }  # fmt: skip
    return Order(id=number, identifier_id=identifier, **(plain | cells))


def much_of_everything(count: int) -> None:
    """Rows in every table that a page reads, `count` of each."""
    known = people(range(1, 2 * count + 1))
    Segment.objects.bulk_create(
        Segment(name=f"Segment {n}", condition=f"orders > {n}", created_at=NOW) for n in range(count)
    )
    pairs = list(zip(known[::2], known[1::2], strict=True))
    Suggestion.objects.bulk_create(Suggestion(left_id=a, right_id=b, score=0.9, at=NOW) for a, b in pairs)
    Relation.objects.bulk_create(Relation(left_id=1, right_id=n, kind="household", evidence="Elm 1") for n in known[1:])
    Import.objects.bulk_create(Import(state="done", created_at=NOW, summary={"new": 1}) for _n in range(count))
    Order.objects.bulk_create(order(10_000 + n, 1) for n in range(count))
    Refund.objects.bulk_create(
        Refund(id=n, order_id=10_000 + n, identifier_id=1, source="test", source_key=str(n), known_at=NOW, amount=1, currency="EUR",
               payload_hash="", import_id=1) for n in range(count)
    )  # fmt: skip
    Identifier.objects.bulk_create(
        Identifier(id=50_000 + n, kind="phone", value=f"+49{n}", customer_id=1, seen_at=NOW) for n in range(count)
    )
    MergeEvent.objects.bulk_create(
        MergeEvent(kind="merge", left_id=1, right_id=50_000 + n, rule="by hand", evidence="same", actor="owner", at=NOW)
        for n in range(count)
    )
