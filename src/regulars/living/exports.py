"""What the invented shop's books say on a morning: the orders and returns it has heard of since yesterday, as a file of each."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from regulars.living.calendar import Calendar
from regulars.shop.keys import key_id
from regulars.simulator.reacting.books import Books
from regulars.simulator.reacting.seen import Seen
from regulars.simulator.reacting.troubles import LATE_DAYS, Troubles

if TYPE_CHECKING:
    import pyarrow as pa

LOOK_BACK_DAYS = 366
"""No order comes back later."""
PHONES = {"DE": "+49151", "CN": "+86138"}
OPENS, LASTS_MINUTES = dt.time(10), 600


@dataclass(frozen=True)
class News:
    """What is new on the morning of `day`. begins: the first day of plays, on which all that was before is told."""

    books: Books
    seen: Seen
    calendar: Calendar
    troubles: Troubles
    begins: int
    day: int

    @property
    def first(self) -> int:
        """The first day of which there is news."""
        return 0 if self.day == self.begins else self.day - 1

    @property
    def last(self) -> int:
        """Yesterday."""
        return self.day - 1


@dataclass(frozen=True)
class Order:
    """An order. second: under a second address; known: the morning on which the shop hears of it."""

    day: int
    customer: int
    net: float
    second: bool
    known: int

    @property
    def key(self) -> str:
        """Its number in the shop's books."""
        return f"{self.day:05}-{self.customer}"


def address(customer: int, *, second: bool = False) -> str:
    """How a customer is known to the product."""
    return f"c{customer}{'.other' if second else ''}@customer.example"


def identifier(customer: int, *, second: bool = False) -> int:
    """The number of that address."""
    return key_id("email", address(customer, second=second))


def identifiers(customer: int) -> list[int]:
    """Of both their addresses, whether they have used them or not."""
    return [identifier(customer), identifier(customer, second=True)]


def write(news: News, told: list[Order], made: list[Order], countries: tuple[str, ...], folder: Path) -> list[Path]:
    """The files of this morning; none for what there is nothing of."""
    tables = {"orders": _orders(news, told, countries), "refunds": _refunds(news, made)}
    return [_write(folder / f"{news.day:05}-{name}.parquet", table) for name, table in tables.items() if len(table)]


def orders_made(news: News) -> list[Order]:
    """Orders made so far that may be news or may have come back, in their order."""
    found = news.books.orders.between(max(0, news.first - LOOK_BACK_DAYS), news.last)
    firsts = dict(zip(news.seen.customer.tolist(), news.seen.first_day.tolist(), strict=True))
    made = []
    for day in np.unique(found.day).tolist():
        rows = found.day == day
        customer = found.customer[rows]
        later = np.array([day >= news.begins and firsts[who] != day for who in customer.tolist()])
        late = np.where(later, news.troubles.days_late(customer, day), 0)
        second = later & news.troubles.under_second(customer, day)
        cells = (customer.tolist(), found.net[rows].tolist(), second.tolist(), (day + 1 + late).tolist())
        made += [Order(day, *row) for row in zip(*cells, strict=True)]
    return made


def _orders(news: News, told: list[Order], countries: tuple[str, ...]) -> "pa.Table":
    """One row an order, all cells text."""
    import pyarrow as pa

    amounts = [f"{one.net:.2f}" for one in told]
    lives = [countries[one.customer % len(countries)] for one in told]
    return pa.table({
        "order_key": _texts(one.key for one in told),
        "ordered_at": _texts(_ordered(news.calendar, one.day, one.customer) for one in told),
        "status": _texts("paid" for _one in told), "currency": _texts("EUR" for _one in told),
        "total": _texts(amounts), "subtotal": _texts(amounts), "line_total": _texts(amounts), "unit_price": _texts(amounts),
        "email": _texts(address(one.customer, second=one.second) for one in told),
        "phone": _texts(_phone(news, one, country) for one, country in zip(told, lives, strict=True)),
        "name": _texts(f"Customer {one.customer}" for one in told), "country": _texts(lives),
        "sku": _texts(f"SKU-{one.customer % 7}" for one in told),
        "title": _texts(f"Thing {one.customer % 7}" for one in told), "quantity": _texts("1" for _one in told),
    })  # fmt: skip


def _phone(news: News, order: Order, country: str) -> str:
    """Who has two addresses tells the same number at every other order; not everywhere a number is asked for."""
    has = news.troubles.has_second(np.array([order.customer])).item()
    told = has and country in PHONES and (order.customer + order.day) % 2
    return f"{PHONES[country]}{order.customer:08}" if told else ""


def _refunds(news: News, made: list[Order]) -> "pa.Table":
    """One row a return: the newest order of that customer with that amount came back, as soon as that order is known."""
    import pyarrow as pa

    found = news.books.refunds.between(max(0, news.first - LATE_DAYS), news.last)
    of = {(one.customer, one.net): one for one in made}
    pairs = zip(found.day.tolist(), found.customer.tolist(), found.net.tolist(), strict=True)
    back = [(day, of[customer, net], net) for day, customer, net in pairs]
    rows = [row for row in back if news.first < max(row[0] + 1, row[1].known) <= news.day]
    return pa.table({
        "refund_key": _texts(f"R-{one.key}" for _day, one, _net in rows), "order_key": _texts(one.key for _day, one, _net in rows),
        "refunded_at": _texts(_ordered(news.calendar, day, one.customer) for day, one, _net in rows),
        "amount": _texts(f"{net:.2f}" for _day, _one, net in rows), "currency": _texts("EUR" for _row in rows),
    })  # fmt: skip


def _ordered(calendar: Calendar, day: int, customer: int) -> str:
    minutes = (customer * 37 + day * 101) % LASTS_MINUTES
    return (calendar.at(day, OPENS) + dt.timedelta(minutes=minutes)).isoformat()


def _texts(cells: "Iterable[str]") -> "pa.Array":
    import pyarrow as pa

    return pa.array(list(cells), pa.string())


def _write(path: Path, table: "pa.Table") -> Path:
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    parquet.write_table(table, partial)
    partial.replace(path)
    return path
