"""Small order files for tests that need a database, and a dump of what the database then holds."""

import csv
import datetime as dt
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.db.models import F

from regulars.catalog.models import Variant
from regulars.customers.models import Consent, Customer, Event, Identifier
from regulars.orders.models import Order, OrderLine, Refund
from regulars.sources import importing
from regulars.sources.models import Import

HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,"
    "Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Country,"
    "Cancelled at,Refunded Amount,Id,Tags,Source,Lineitem discount,Phone"
).split(",")
PEOPLE = (
    ("Ada Regular", "ada@shop.example", "+493012345601"),
    ("Ben Lapsed", "ben@shop.example", ""),
    ("Cleo Newcomer", "cleo@shop.example", "+493012345603"),
    ("Dan Held", "", "+493012345604"),
    ("Eve No", "eve@shop.example", ""),
)


def shopify_rows(seed: int, *, orders: int = 60, first_id: int = 1000) -> list[dict[str, str]]:
    """Rows of a Shopify export, invented from the seed; one to three lines an order, some refunded or cancelled."""
    luck = random.Random(seed)
    rows: list[dict[str, str]] = []
    for number in range(orders):
        name, email, phone = luck.choice(PEOPLE)
        at = dt.datetime(2025, 1, 1, 8) + dt.timedelta(hours=luck.randrange(24 * 400))
        lines = [(luck.randrange(1, 4), luck.randrange(3, 60)) for _line in range(luck.randrange(1, 4))]
        total = sum(quantity * price for quantity, price in lines)
        for place, (quantity, price) in enumerate(lines):
            row = dict.fromkeys(HEADER, "")
            row |= {"Name": f"#{first_id + number}", "Created at": f"{at:%Y-%m-%d %H:%M:%S} +0100", "Lineitem quantity": str(quantity),
                    "Lineitem name": f"Tea {price}", "Lineitem price": f"{price}.00", "Lineitem sku": f"T-{price}",
                    "Lineitem discount": "0.00"}  # fmt: skip
            if place == 0:
                row |= {"Id": str(9_000_000 + first_id + number), "Email": luck.choice([email, email.upper(), f" {email}"]), "Phone": phone,
                        "Financial Status": "paid", "Fulfillment Status": "fulfilled", "Currency": "EUR", "Subtotal": f"{total}.00",
                        "Shipping": "0.00", "Taxes": "0.00", "Total": f"{total}.00", "Billing Name": name, "Billing Country": "DE",
                        "Refunded Amount": f"{total / 2:.2f}" if luck.random() < 0.1 else "0.00", "Source": "web",
                        "Cancelled at": f"{at:%Y-%m-%d %H:%M:%S} +0100" if luck.random() < 0.05 else ""}  # fmt: skip
            rows.append(row)
    return rows


def write(path: Path, rows: Iterable[dict[str, str]], header: Sequence[str] = HEADER) -> Path:
    """The rows as a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
    return path


def by_order(rows: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """The rows in groups of one order."""
    groups: list[list[dict[str, str]]] = []
    for row in rows:
        if row["Id"]:
            groups.append([])
        groups[-1].append(row)
    return groups


def load(*paths: Path, now: dt.datetime, mapping: dict[str, Any] | None = None) -> Import:
    """Import files and expect it to work."""
    job = importing.run(importing.create(paths, actor="test", mapping=mapping), now=now)
    assert job.state == Import.State.DONE, job.error
    return job


def dump() -> dict[str, list[Any]]:
    """Everything facts are, without when and by which import they came."""
    orders = Order.objects.order_by("pk").values().values_list(
        "pk", "source_key", "identifier_id", "ordered_at", "cancelled_at", "status", "currency", "total", "net", "base_net", "email", "payload_hash"
    )  # fmt: skip
    lines = OrderLine.objects.order_by("order_id", "position").values_list(
        "order_id", "position", "variant_id", "quantity", "total", "net"
    )
    refunds = (
        Refund.objects.filter(amount__gt=0)
        .order_by("pk")
        .values_list("pk", "order_id", "identifier_id", "refunded_at", "amount")
    )
    people = Identifier.objects.order_by("pk").values_list("pk", "kind", "value", "customer_id", "name")
    customers = Customer.objects.order_by("pk").values_list("pk", "name", "email", "phone")
    return {
        "orders": list(orders), "lines": list(lines), "refunds": list(refunds), "people": list(people), "customers": list(customers),
        "variants": list(Variant.objects.order_by("pk").values_list("pk", "title", "sku", "price", "cost")),
        "events": list(Event.objects.order_by("pk").values_list("pk", "kind", "identifier_id", "happened_at")),
        "consents": list(Consent.objects.order_by("pk").values_list("identifier_id", "channel", "state")),
        "moved": list(Identifier.objects.exclude(customer_id=F("pk")).order_by("pk").values_list("pk", flat=True)),
    }  # fmt: skip
