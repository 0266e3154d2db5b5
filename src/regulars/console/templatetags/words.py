"""How numbers, money, days and sentences are written on a page."""

import datetime as dt
import math
import re
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext

from regulars.insight import words
from regulars.insight.money import written
from regulars.orders.models import Order
from regulars.profiles.dictionary import Column
from regulars.sources import explain
from regulars.sources.models import Import
from regulars.sources.source import filled

register = template.Library()
NO_BREAK = "\u00a0"
Amount = float | int | str | None  # Django gives a filter the empty text for what a page does not have


@register.filter
def money(amount: Amount, currency: str) -> str:
    """Whole units of the currency; a dash for nothing."""
    return "–" if isinstance(amount, str | None) else written(amount, currency, cents=False).replace(" ", NO_BREAK)


@register.filter
def exact(amount: Amount, currency: str) -> str:
    """With cents."""
    return "–" if isinstance(amount, str | None) else written(amount, currency).replace(" ", NO_BREAK)


@register.filter
def share(value: Amount) -> str:
    """A share as a percentage with one digit, never broken over two lines; a dash for nothing."""
    return "–" if isinstance(value, str | None) else f"{value:.1%}".replace("%", f"{NO_BREAK}%")


@register.filter
def change(value: Amount) -> str:
    """A share by which something differs, with its sign; a dash for nothing."""
    if isinstance(value, str | None) or not math.isfinite(value):
        return "–"
    return f"{value:+.0%}".replace("-", "−").replace("%", f"{NO_BREAK}%")


@register.filter
def count(value: Amount) -> str:
    """A whole number with thousands separated; a dash for nothing."""
    return "–" if isinstance(value, str | None) else f"{value:,}"


@register.filter
def stage(name: str) -> str:
    """A stage in words."""
    return gettext(words.STAGES.get(name, name))


@register.filter
def why(row: dict[str, Any]) -> str:
    """Why a customer is on the list."""
    return words.why_on_the_list(row, gettext)


@register.filter
def step(row: dict[str, Any]) -> str:
    """What to do next."""
    return words.next_step(row, gettext)


@register.filter
def verdict(name: str) -> str:
    """How a number compares with the same season last year."""
    return gettext(words.VERDICTS[name]) if name in words.VERDICTS else ""


@register.filter
def note(item: dict[str, Any]) -> str:
    """A note of an import in words."""
    return explain.note_text(item, gettext)


@register.filter
def rates(found: dict[str, float]) -> str:
    """Exchange rates as a person writes them, one a line."""
    return "\n".join(f"{currency} = {rate:g}" for currency, rate in sorted(found.items()))


@register.filter
def mistake(job: Import) -> str:
    """Why the files of an import cannot be read."""
    return filled(gettext(job.mistake["text"]), job.mistake["values"]) if job.mistake else job.error


@register.filter
def reason(code: str) -> str:
    """What is wrong with a rejected row."""
    return gettext(explain.reject_reason(code)[0])


@register.filter
def remedy(code: str) -> str:
    """What to do about a rejected row."""
    return gettext(explain.reject_reason(code)[1])


@register.filter
def said(text: str) -> str:
    """A text that was marked for translation elsewhere."""
    return gettext(text) if text else ""


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """The value of a key."""
    return mapping.get(key)


@register.simple_tag
def cell(row: dict[str, Any], column: Column, currency: str) -> str:
    """One value of a profile as its column says: money with its currency, shares in percent, days, yes or no."""
    value = row[column.name]
    if value is None or value == "":
        return "–"
    match column.type:
        case "money":
            return exact(value, currency)
        case "share":
            return share(value)
        case "number":
            return f"{value:.2f}"
        case "date":
            return date_format(value, "SHORT_DATE_FORMAT")
        case "boolean":
            return gettext("yes") if value else gettext("no")
    return str(value)


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


COLUMNS_OF_FILES = {
    "order_key": _("order number"), "ordered_at": _("order date"), "status": _("state"), "total": _("order total"), "account": _("customer number"),
    "email": _("e-mail"), "phone": _("phone"), "name": _("name"), "currency": _("currency"), "title": _("product"), "sku": _("article number"),
    "quantity": _("quantity"), "unit_price": _("price of one"), "line_total": _("total of the line"), "discount": _("discount"),
    "shipping": _("shipping"), "tax": _("tax"), "refunded": _("refunded"), "country": _("country"), "channel": _("channel"),
    "refunded_at": _("refund date"), "amount": _("amount"), "cost": _("cost"), "price": _("price"), "category": _("category"),
    "first_name": _("first name"), "last_name": _("last name"), "company": _("company"), "city": _("city"), "postcode": _("postcode"),
}  # fmt: skip
CORNERS = {
    "champions": _("champions"), "loyal": _("loyal"), "promising": _("promising"), "newcomers": _("newcomers"),
    "need_attention": _("need attention"), "cooling": _("cooling off"), "must_not_lose": _("must not be lost"),
    "at_risk": _("at risk"), "asleep": _("asleep"),
}  # fmt: skip
FESTIVALS = {
    "new_year": _("New Year's Day"), "lunar_new_year": _("Lunar New Year"), "lantern": _("Lantern Festival"),
    "valentines_day": _("Valentine's Day"), "easter": _("Easter Sunday"), "mothers_day": _("Mother's Day"),
    "fathers_day": _("Father's Day"), "parents_day": _("Parents' Day"), "dragon_boat": _("Dragon Boat Festival"),
    "qixi": _("Qixi"), "mid_autumn": _("Mid-Autumn Festival"), "chongyang": _("Double Ninth Festival"),
    "singles_day": _("Singles' Day"), "christmas": _("Christmas Day"), "eid_al_fitr": _("Eid al-Fitr"),
    "eid_al_adha": _("Eid al-Adha"), "diwali": _("Diwali"),
}  # fmt: skip
STEPS = {
    "reading": _("reading"), "cleaning": _("understanding"), "orders": _("writing orders"), "uniting": _("finding out who is who"),
}  # fmt: skip


@register.filter
def file_column(name: str) -> str:
    """One of our columns of imported files in words; the rare ones by their own name."""
    return gettext(COLUMNS_OF_FILES[name]) if name in COLUMNS_OF_FILES else name


@register.filter
def is_common(name: str) -> bool:
    """Whether most files have such a column; the others are shown on demand."""
    return name in COLUMNS_OF_FILES


@register.filter
def corner(name: str) -> str:
    """A corner of the grid in words."""
    return gettext(CORNERS.get(name, name))


@register.filter
def day_of_year(row: Any) -> str:
    """Month and day of an occasion; of the lunar calendar as numbers."""
    if row.calendar != "solar":
        return f"{row.month}-{row.day}"
    return date_format(dt.date(2000, row.month, row.day), "MONTH_DAY_FORMAT")


@register.filter
def festival(code: str) -> str:
    """A festival in words."""
    return gettext(FESTIVALS.get(code, code))


@register.filter
def step_name(name: str) -> str:
    """A step of an import in words."""
    return gettext(STEPS[name]) if name in STEPS else ""


@register.filter
def why_no_forecast(found: dict[str, Any]) -> str:
    """Why there is no forecast yet."""
    return words.forecast_why_not(found["why_not"], found["have"], found["need"], gettext)


@register.filter
def forecaster(name: str) -> str:
    """What forecasts, in words."""
    from regulars.insight.backtest.words import name_of

    return name_of(name, gettext)


TYPES = {
    "integer": _("whole number"), "number": _("number"), "money": _("money"), "share": _("share"), "date": _("date"),
    "boolean": _("yes or no"), "text": _("text"),
}  # fmt: skip
RULES = {
    "seen together": _("seen together"), "account": _("customer number"), "email": _("e-mail"), "phone": _("phone"),
    "evidence withdrawn": _("evidence withdrawn"),
}  # fmt: skip


@register.filter
def type_name(name: str) -> str:
    """The type of a column in words."""
    return gettext(TYPES[name])


@register.filter
def rule(text: str) -> str:
    """Why the ledger united two identifiers: our own words translated, a person's reason as it is."""
    for known, shown in RULES.items():
        text = re.sub(rf"\b{known}\b", gettext(shown), text) if text.startswith(("seen together", "evidence")) else text
    return text


@register.filter
def order_status(name: str) -> str:
    """The state of an order in words."""
    return str(Order.Status(name).label) if name in Order.Status.values else name
