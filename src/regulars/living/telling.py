"""What happened in the invented shop, told to the product as any shop tells it: a file of orders, a yes, a birthday, a no.

Only what a shop can know is told. Told twice, it is told once, so a day that was cut short is told again.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from regulars.actions.messaging import feedback
from regulars.actions.messaging.feedback import News as Reply
from regulars.actions.messaging.models import Message
from regulars.customers import consenting, leaving, occasions, pausing
from regulars.customers.consenting import Proof
from regulars.customers.models import Identifier, Pause
from regulars.customers.pausing import Grounds
from regulars.living.calendar import EVENING, Calendar
from regulars.shop import current
from regulars.shop.keys import key_id
from regulars.simulator.arrays import Integers
from regulars.simulator.reacting.books import Books
from regulars.simulator.reacting.policies.policy import owed_a_remedy
from regulars.simulator.reacting.seen import Seen
from regulars.simulator.reacting.world import DAYS_A_YEAR
from regulars.sources import importing
from regulars.sources.models import Import

if TYPE_CHECKING:
    import pyarrow as pa

PEOPLE_AT_ONCE = 200
RETURNED_WITHIN_DAYS = 31
SAID_YES = Proof("Yes, write to me (a box at the check-out, not ticked before)", "check-out", "person")
SAID_NO = Proof("Unsubscribe", "link in a letter", "person")
TOLD_US = Proof("My birthday", "check-out", "person")
OPENS, LASTS_MINUTES = dt.time(10), 600


@dataclass(frozen=True)
class News:
    """What is new on the morning of `day`: everything that happened from `first` on."""

    books: Books
    seen: Seen
    calendar: Calendar
    first: int
    day: int

    @property
    def last(self) -> int:
        """Yesterday."""
        return self.day - 1


def address(customer: int) -> str:
    """How a customer is known to the product."""
    return f"c{customer}@customer.example"


def identifier(customer: int) -> int:
    """The number of that address."""
    return key_id("email", address(customer))


def tell(news: News, *, countries: tuple[str, ...], folder: Path, now: dt.datetime) -> None:
    """Everything of these days, in the order in which it happened."""
    tables = {"orders": _orders(news, countries), "refunds": _refunds(news)}
    paths = [_write(folder / f"{news.day:05}-{name}.parquet", table) for name, table in tables.items() if len(table)]
    if paths:
        _import(paths, now=now)
    _greet(news)
    _answer(news)
    _leave(news)
    _complain(news)


def _orders(news: News, countries: tuple[str, ...]) -> "pa.Table":
    """One row an order, all cells text."""
    import pyarrow as pa

    found = news.books.orders.between(news.first, news.last)
    rows = list(zip(found.day.tolist(), found.customer.tolist(), found.net.tolist(), strict=True))
    amounts = [f"{net:.2f}" for _day, _customer, net in rows]
    return pa.table({
        "order_key": _texts(_order_key(day, customer) for day, customer, _net in rows),
        "ordered_at": _texts(_ordered(news.calendar, day, customer) for day, customer, _net in rows),
        "status": _texts("paid" for _row in rows), "currency": _texts("EUR" for _row in rows),
        "total": _texts(amounts), "subtotal": _texts(amounts), "line_total": _texts(amounts), "unit_price": _texts(amounts),
        "email": _texts(address(customer) for _day, customer, _net in rows),
        "name": _texts(f"Customer {customer}" for _day, customer, _net in rows),
        "country": _texts(countries[customer % len(countries)] for _day, customer, _net in rows),
        "sku": _texts(f"SKU-{customer % 7}" for _day, customer, _net in rows),
        "title": _texts(f"Thing {customer % 7}" for _day, customer, _net in rows), "quantity": _texts("1" for _row in rows),
    })  # fmt: skip


def _refunds(news: News) -> "pa.Table":
    """One row a return: the newest order of that customer with that amount came back."""
    import pyarrow as pa

    found = news.books.refunds.between(news.first, news.last)
    orders = news.books.orders.between(news.first - RETURNED_WITHIN_DAYS, news.last)
    of = {
        (c, net): day
        for day, c, net in zip(orders.day.tolist(), orders.customer.tolist(), orders.net.tolist(), strict=True)
    }
    rows = list(zip(found.day.tolist(), found.customer.tolist(), found.net.tolist(), strict=True))
    keys = [_order_key(of[customer, net], customer) for _day, customer, net in rows]
    return pa.table({
        "refund_key": _texts(f"R-{key}" for key in keys), "order_key": _texts(keys),
        "refunded_at": _texts(_ordered(news.calendar, day, customer) for day, customer, _net in rows),
        "amount": _texts(f"{net:.2f}" for _day, _customer, net in rows), "currency": _texts("EUR" for _row in rows),
    })  # fmt: skip


def _order_key(day: int, customer: int) -> str:
    return f"{day:05}-{customer}"


def _ordered(calendar: Calendar, day: int, customer: int) -> str:
    minutes = (customer * 37 + day * 101) % LASTS_MINUTES
    return (calendar.at(day, OPENS) + dt.timedelta(minutes=minutes)).isoformat()


def _texts(cells: "Iterator[str] | list[str]") -> "pa.Array":
    import pyarrow as pa

    return pa.array(list(cells), pa.string())


def _write(path: Path, table: "pa.Table") -> Path:
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    parquet.write_table(table, partial)
    partial.replace(path)
    return path


def _import(paths: list[Path], *, now: dt.datetime) -> None:
    """By the same import as everybody's. Raises RuntimeError for files that cannot be read."""
    begun = Import.objects.filter(files=[str(path) for path in paths]).first()
    job = begun or importing.create(paths, actor="living", state=Import.State.READY)
    if job.state != Import.State.DONE and importing.run(job, now=now).state == Import.State.FAILED:
        raise RuntimeError(job.error)


def _greet(news: News) -> None:
    """Who came for the first time told a birthday, and perhaps agreed to be written to."""
    seen = news.seen
    for row in _chunks(np.flatnonzero((seen.first_day >= news.first) & (seen.first_day < news.day))):
        with current.atomic():
            for one in row.tolist():
                who, at = identifier(int(seen.customer[one])), news.calendar.at(int(seen.first_day[one]), EVENING)
                born = _next_birthday(news, int(seen.birthday[one]))
                occasions.tell(who, occasions.Day("birthday", born.month, born.day), proof=TOLD_US, at=at)
                if seen.consent[one] or seen.unsubscribed_day[one] >= 0:
                    consenting.say(who, "email", {"": True}, proof=SAID_YES, at=at)


def _next_birthday(news: News, day_of_year: int) -> dt.date:
    """The invented shop's years have 365 days: what is told is the date on which its next birthday falls."""
    return news.calendar.date(news.day + (day_of_year - news.day) % DAYS_A_YEAR)


def _answer(news: News) -> None:
    """Who replied to a letter: to the last one that reached them by that evening."""
    seen = news.seen
    for row in np.flatnonzero((seen.answer_day >= news.first) & (seen.answer_day < news.day)).tolist():
        customer, day = int(seen.customer[row]), int(seen.answer_day[row])
        at = news.calendar.at(day, EVENING)
        letters = Message.objects.filter(identifier_id=identifier(customer), state=Message.State.SENT, sent_at__lte=at)
        last = letters.order_by("-sent_at").values_list("pk", flat=True).first()
        if last is not None:
            feedback.happened(last, Reply("reply", f"reply:{customer}:{day}"), at=at)


def _leave(news: News) -> None:
    """Who unsubscribed after a letter."""
    seen = news.seen
    for row in np.flatnonzero((seen.unsubscribed_day >= news.first) & (seen.unsubscribed_day < news.day)).tolist():
        who = Identifier.objects.get(pk=identifier(int(seen.customer[row])))
        leaving.leave(who, "email", SAID_NO, at=news.calendar.at(int(seen.unsubscribed_day[row]), EVENING))


def _complain(news: News) -> None:
    """Whoever is owed a remedy today is left in peace until this evening."""
    over, today = str(news.last), str(news.day)
    for who in Pause.objects.filter(why=Pause.Why.CASE, key=over, ended_at=None).values_list(
        "identifier_id", flat=True
    ):
        pausing.end(who, Pause.Why.CASE, at=news.calendar.at(news.last, EVENING), key=over)
    for customer in news.seen.customer[owed_a_remedy(news.seen, news.day)].tolist():
        grounds = Grounds(Pause.Why.CASE, "service desk", today)
        pausing.pause(identifier(customer), grounds, at=news.calendar.at(news.last, EVENING))


def _chunks(rows: Integers) -> Iterator[Integers]:
    for start in range(0, len(rows), PEOPLE_AT_ONCE):
        yield rows[start : start + PEOPLE_AT_ONCE]
