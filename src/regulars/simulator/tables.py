"""How does the invented shop read as an export? One function for each raw table."""

import numpy as np
import pyarrow as pa

from regulars.simulator.arrays import Integers
from regulars.simulator.codes import CODES
from regulars.simulator.fates import ON_DELIVERY, STATUSES, TEST
from regulars.simulator.goods import CATEGORIES, catalogue
from regulars.simulator.orders import order_keys, order_numbers
from regulars.simulator.people import Person
from regulars.simulator.places import Address, spell_phone
from regulars.simulator.raw import amount_text, text_table, yes_or_no
from regulars.simulator.refunds import WHOLE_ORDER
from regulars.simulator.times import spell_time
from regulars.simulator.willow import Shop

CURRENCY = "EUR"
SIGN_UP_SECONDS = 180  # an account is made while ordering for the first time
Columns = dict[str, list[str]]


def orders_table(shop: Shop) -> pa.Table:
    """One row per order line, what belongs to the order repeated on each."""
    at = shop.lines.order.tolist()
    by_order = _keys(shop) | _times(shop) | _sums(shop) | _buyers(shop)
    by_line = _lines(shop)
    return text_table("orders", {name: [cells[place] for place in at] for name, cells in by_order.items()} | by_line)


def refunds_table(shop: Shop) -> pa.Table:
    """One row per refund; line, sku and quantity are empty when the whole order is refunded."""
    keys, line_keys, refunds = order_keys(shop.orders), _line_keys(shop), shop.refunds
    lines = refunds.line.tolist()
    order_of = [keys[place] for place in refunds.order.tolist()]
    columns = {
        "refund_key": [f"R{key}" for key in order_of],
        "order_key": order_of,
        "refunded_at": _spell_times(refunds.instant),
        "amount": _amounts(refunds.amount),
        "reason": refunds.reason,
        "line_key": ["" if place == WHOLE_ORDER else line_keys[place] for place in lines],
        "sku": ["" if n == WHOLE_ORDER else catalogue()[shop.lines.variant[n]].sku for n in lines],
        "quantity": [str(pieces) if pieces else "" for pieces in refunds.quantity.tolist()],
        "status": ["done"] * len(lines),
    }
    return text_table("refunds", columns)


def customers_table(shop: Shop) -> pa.Table:
    """One row per customer account; guests and marketplace buyers have none."""
    first = shop.orders.ordinal == 0
    joined = dict(zip(shop.orders.person[first].tolist(), shop.orders.instant[first].tolist(), strict=True))
    holders = [(place, person) for place, person in enumerate(shop.people) if person.contact.ref]
    people = [person for _, person in holders]
    columns = {
        "customer_ref": [person.contact.ref for person in people],
        "email": [person.contact.email for person in people],
        "phone": [spell_phone(person.contact.phone, 0) if person.contact.phone else "" for person in people],
        "name": [person.contact.name for person in people],
        "company": [person.contact.company for person in people],
        "email_consent": [yes_or_no(person.email_consent) for person in people],
        "sms_consent": [yes_or_no(person.sms_consent) for person in people],
        "birthday": [person.birthday.isoformat() if person.birthday else "" for person in people],
        "created_at": [spell_time(joined[place] - SIGN_UP_SECONDS) for place, _ in holders],
        "tags": [_customer_tags(person) for person in people],
    }
    return text_table("customers", columns | _places([person.contact.address for person in people]))


def products_table() -> pa.Table:
    """One row per variant, at today's price."""
    goods = catalogue()
    columns = {
        "product_ref": [variant.product_ref for variant in goods],
        "sku": [variant.sku for variant in goods],
        "title": [variant.title for variant in goods],
        "variant_title": [variant.variant_title for variant in goods],
        "vendor": [variant.vendor for variant in goods],
        "category": [CATEGORIES[variant.category] for variant in goods],
        "price": [amount_text(variant.price) for variant in goods],
        "cost": [amount_text(variant.cost) for variant in goods],
        "currency": [CURRENCY] * len(goods),
    }
    return text_table("products", columns)


def reviews_table(shop: Shop) -> pa.Table:
    """One row per review, under the details of its order."""
    reviews, contacts = shop.reviews, shop.contacts
    goods = [catalogue()[variant] for variant in shop.lines.variant[reviews.line].tolist()]
    writers = [contacts[place] for place in reviews.order.tolist()]
    columns = {
        "review_key": [f"V{number}" for number in range(1, len(goods) + 1)],
        "product_ref": [variant.product_ref for variant in goods],
        "sku": [variant.sku for variant in goods],
        "email": [writer.email for writer in writers],
        "customer_ref": [writer.contact.ref for writer in writers],
        "name": [writer.contact.name for writer in writers],
        "rating": [str(stars) for stars in reviews.rating.tolist()],
        "text": shop.review_texts,
        "created_at": _spell_times(reviews.instant),
        "status": ["pending" if waits else "published" for waits in reviews.pending.tolist()],
    }
    return text_table("reviews", columns)


def _keys(shop: Shop) -> Columns:
    fate, people = shop.fates.fate.tolist(), [shop.people[place] for place in shop.orders.person.tolist()]
    return {
        "order_key": order_keys(shop.orders),
        "order_name": [f"#{number}" for number in order_numbers(shop.orders)],
        "status": [STATUSES[place] for place in fate],
        "test": ["true" if place == TEST else "" for place in fate],
        "channel": shop.orders.channel.tolist(),
        "payment_method": shop.fates.payment_method,
        "tags": ["cod" if place == ON_DELIVERY else "test" if place == TEST else "" for place in fate],
        "email_consent": [yes_or_no(person.email_consent) for person in people],
        "discount_code": [CODES[place].name for place in shop.codes.tolist()],
    }


def _times(shop: Shop) -> Columns:
    fates = shop.fates
    return {
        "ordered_at": _spell_times(shop.orders.instant),
        "paid_at": _spell_times(fates.paid),
        "fulfilled_at": _spell_times(fates.fulfilled),
        "cancelled_at": _spell_times(fates.cancelled),
        "updated_at": _spell_times(fates.updated),
    }


def _sums(shop: Shop) -> Columns:
    totals = shop.totals
    return {
        "currency": [CURRENCY] * totals.total.size,
        "total": _amounts(totals.total),
        "subtotal": _amounts(totals.total - totals.shipping),
        "shipping": _amounts(totals.shipping),
        "tax": _amounts(totals.tax),
        "discount": _amounts(totals.discount),
        "taxes_included": ["true"] * totals.total.size,
    }


def _buyers(shop: Shop) -> Columns:
    contacts = shop.contacts
    return {
        "customer_ref": [spelled.contact.ref for spelled in contacts],
        "email": [spelled.email for spelled in contacts],
        "phone": [spelled.phone for spelled in contacts],
        "name": [spelled.contact.name for spelled in contacts],
        "company": [spelled.contact.company for spelled in contacts],
    } | _places([spelled.contact.address for spelled in contacts])


def _places(addresses: list[Address]) -> Columns:
    return {
        "address": [address.street for address in addresses],
        "city": [address.city for address in addresses],
        "postcode": [address.postcode for address in addresses],
        "region": [address.region for address in addresses],
        "country": [address.country for address in addresses],
    }


def _lines(shop: Shop) -> Columns:
    lines = shop.lines
    goods = [catalogue()[variant] for variant in lines.variant.tolist()]
    return {
        "line_key": _line_keys(shop),
        "sku": [variant.sku for variant in goods],
        "product_ref": [variant.product_ref for variant in goods],
        "title": [f"{variant.title} - {variant.variant_title}" for variant in goods],
        "category": [CATEGORIES[variant.category] for variant in goods],
        "quantity": [str(pieces) for pieces in lines.quantity.tolist()],
        "unit_price": _amounts(lines.unit_price),
        "line_total": _amounts(lines.total),
        "line_discount": _amounts(lines.discount),
        "line_tax": _amounts(lines.tax),
    }


def _line_keys(shop: Shop) -> list[str]:
    """The order's key and the line's number within it, from 1."""
    keys, order = order_keys(shop.orders), shop.lines.order
    number = np.arange(order.size) - np.searchsorted(order, order, side="left") + 1
    return [f"{keys[place]}-{n}" for place, n in zip(order.tolist(), number.tolist(), strict=True)]


def _customer_tags(person: Person) -> str:
    return "office" if person.contact.company else "newsletter" if person.email_consent else ""


def _spell_times(instants: Integers) -> list[str]:
    return [spell_time(instant) for instant in instants.tolist()]


def _amounts(cents: Integers) -> list[str]:
    return [amount_text(amount) for amount in cents.tolist()]
