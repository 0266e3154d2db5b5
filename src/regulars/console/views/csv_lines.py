"""Files for spreadsheets: written line by line, and no cell is run as a formula."""

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from regulars.customers.models import Customer
from regulars.insight.money import major
from regulars.profiles.dictionary import COLUMNS
from regulars.shop import current
from regulars.shop.models import the_shop

ROWS_PER_CHUNK = 2000
BYTE_ORDER_MARK = "\ufeff"
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Line:
    """Hands each written line back."""

    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The rows as lines of a CSV file that Excel opens as UTF-8, every text harmless."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_BEGINS) else value


def customers(profiles: "QuerySet[Any]") -> Iterator[str]:
    """Every column of these profiles, with name, e-mail, phone and currency; money in units of the currency.

    The lines are read when the answer is sent, after the request has left its shop; so the shop is settled here.
    """
    return lines(_rows(profiles.using(current.alias()), current.alias(), the_shop().currency))


def _rows(profiles: "QuerySet[Any]", shop: str, currency: str) -> Iterator[list[Any]]:
    names = [column.name for column in COLUMNS]
    yield ["customer_id", "name", "email", "phone", "currency", *names]
    rows = profiles.values("customer_id", *names).iterator(ROWS_PER_CHUNK)
    while chunk := list(islice(rows, ROWS_PER_CHUNK)):
        known = Customer.objects.using(shop).in_bulk([row["customer_id"] for row in chunk])
        for row in chunk:
            who = known.get(row["customer_id"])
            contact = [who.name, who.email, who.phone] if who else ["", "", ""]
            cells = (_cell(row[column.name], column.type, currency) for column in COLUMNS)
            yield [row["customer_id"], *contact, currency, *cells]


def _cell(value: Any, kind: str, currency: str) -> Any:
    return major(value, currency) if kind == "money" and value is not None else value
