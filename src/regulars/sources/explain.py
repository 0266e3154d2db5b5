"""What do an import's notes and rejects mean, in words? One sentence and one remedy for each code.

Texts are English here and marked for translation; the console translates, the terminal prints them as they are.
"""

from collections.abc import Mapping
from typing import Any


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


# code: (what is wrong, what to do)
REJECTS: Mapping[str, tuple[str, str]] = {
    "cells": (_("The row has more cells than the header."), _("Put cells that hold the separator in quotation marks.")),
    "order_key_missing": (
        _("The row names no order."),
        _("Fill in the order number, or export again from the first row of this order on."),
    ),
    "not_a_number": (_("This is not a number we can read."), _("Write digits with one decimal sign, e.g. 1234.50.")),
    "stock_movement": (
        _("A negative quantity without customer and without price is a stock correction, not a sale."),
        _("Nothing to do. Add the customer if it was a return."),
    ),
    "price_below_zero": (
        _("The price is below zero."),
        _("Enter discounts as discounts and returns with a negative quantity."),
    ),
    "date_missing": (_("The order has no date."), _("Fill in the order's date.")),
    "not_a_date": (
        _("This is not a date we can read, or day and month cannot be told apart."),
        _("Write 2026-11-21 14:30, or state [dates] order in a mapping."),
    ),
    "date_in_future": (_("The date lies in the future."), _("Correct the date.")),
    "date_too_old": (_("The date lies before 1980."), _("Correct the year.")),
    "two_currencies": (
        _("One order holds two currencies; the whole order was left out."),
        _("Correct the currency, or give the two orders two numbers."),
    ),
    "not_a_currency": (_("This is not a three-letter currency code."), _("Write EUR, GBP, CNY, ...")),
    "order_left_out": (_("The order of this row was left out."), _("Correct the order's own row.")),
    "nobody_named": (
        _("The row has neither customer number nor e-mail nor phone."),
        _("Fill in one of the three."),
    ),
    "not_an_email": (_("This is not an e-mail address."), _("Correct the address.")),
}
NOTES: Mapping[str, str] = {
    "undated_refunds": _("{refunds} refunds have no date in these files; they count as known today, at import."),
    "equal_rows": _("{rows} rows of {file} equal another row of the same order; they were {kept}."),
    "mixed_dates": _(
        "Dates come day first and month first in one file; {ambiguous} that could be either were left out."
    ),
    "guessed_dates": _("Day and month could not be told apart in {dates} dates; they were read as {order}."),
    "no_rate": _("{orders} orders in {currency} have no rate to {base}: they count as orders, not as money."),
    "refund_too_large": _("{orders} orders were refunded more than they cost (e.g. {example}); they count as nothing."),
    "blocked_values": _("{values} values stand for nobody (guest, test, noreply@ ...) and identify no customer."),
    "unknown_status": _("The status {status} is not known: {orders} orders with it do not count until it is mapped."),
    "shared_identifiers": _("{identifiers} addresses are used with many names; they connect nobody."),
    "unresolved": _("{orders} orders name no customer."),
    "unused_columns": _("Not used from {file}: {columns}. They are kept with the import."),
    "no_currency": _("No currency is named in these files."),
}


def reject_reason(code: str) -> tuple[str, str]:
    """(what is wrong, what to do) for a reject's code."""
    return REJECTS[code]


def note_text(note: Mapping[str, Any], translate: Any = str) -> str:
    """A note as a sentence, through `translate`."""
    facts = {key: f"{value:,}" if isinstance(value, int) else value for key, value in note.items()}
    if note["code"] == "equal_rows":
        facts["kept"] = translate(_("left out")) if note["dropped"] else translate(_("kept"))
    return str(translate(NOTES[note["code"]])).format(**facts)
