"""Orders up to the yesterday of Berlin, in the layout of a Shopify export, for shops at the beginning of their history."""

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from facts import HEADER

ZONE = "Europe/Berlin"

Sale = tuple[int, int]  # days ago, number of the customer


def rows(sales: Iterable[Sale]) -> Iterator[dict[str, str]]:
    """One row an order."""
    today = dt.datetime.now(ZoneInfo(ZONE)).replace(tzinfo=dt.UTC, hour=9, minute=0, second=0, microsecond=0)
    for number, (days_ago, person) in enumerate(sorted(sales, reverse=True), start=1):
        price = 20 + person % 30
        yield dict.fromkeys(HEADER, "") | {
            "Name": f"#{1000 + number}", "Id": str(7_000_000 + number), "Email": f"person{person}@shop.example",
            "Financial Status": "paid", "Fulfillment Status": "fulfilled", "Currency": "EUR", "Subtotal": f"{price}.00",
            "Shipping": "0.00", "Taxes": "0.00", "Total": f"{price}.00", "Refunded Amount": "0.00", "Source": "web",
            "Created at": f"{today - dt.timedelta(days=days_ago):%Y-%m-%d %H:%M:%S} +0000", "Billing Name": f"Person {person}",
            "Billing Country": "DE", "Lineitem quantity": "1", "Lineitem name": f"Tea {person % 7}", "Lineitem price": f"{price}.00",
            "Lineitem sku": f"T-{person % 7}", "Lineitem discount": "0.00",
        }  # fmt: skip


def forty_orders() -> list[Sale]:
    """Five weeks; a few have come three times."""
    luck = random.Random(40)
    return [(luck.randrange(1, 36), luck.randrange(22)) for _order in range(40)]


def no_repeat_buyer() -> list[Sale]:
    """Eight months, two hundred people, each once."""
    luck = random.Random(41)
    return [(luck.randrange(1, 240), person) for person in range(200)]


def six_months() -> list[Sale]:
    """Half a year of new people, a third of whom come again after about a month."""
    luck = random.Random(42)
    sales = []
    for person in range(240):
        day = luck.randrange(5, 183)
        sales.append((day, person))
        while luck.random() < 0.34 and day > 10:
            day -= luck.randrange(10, 50)
            if day > 0:
                sales.append((day, person))
    return sales
