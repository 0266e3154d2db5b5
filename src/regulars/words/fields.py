"""Which values may stand in a letter? Who the customer is and what they bought; never what we think of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from regulars.customers.models import Customer
from regulars.profiles.dictionary import COLUMNS
from regulars.profiles.models import Profile

ABOUT_CUSTOMER = {
    "name": "Ada Lovelace",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "city": "London",
    "company": "Analytical Ltd",
}
FACTS = (
    "first_day", "last_day", "orders", "order_days", "first_product", "last_product", "favourite_product", "products",
    "days_since_first_order", "days_since_last_order", "country",
)  # fmt: skip
"""Columns of the profile that the person knows anyway. Grades, stages and forecasts are opinions: they stay with us."""
MEANINGS = {column.name: column.meaning for column in COLUMNS}
EXAMPLES = {
    "first_day": "2024-03-01", "last_day": "2026-10-02", "orders": "7", "order_days": "6", "first_product": "Green tea",
    "last_product": "Jasmine pearls", "favourite_product": "Green tea", "products": "4", "days_since_first_order": "900",
    "days_since_last_order": "47", "country": "GB",
}  # fmt: skip


def available() -> dict[str, str]:
    """Each field as it is written in a letter, and an example."""
    return (
        {f"customer.{name}": example for name, example in ABOUT_CUSTOMER.items()}
        | {f"customer.{name}": EXAMPLES[name] for name in FACTS}
        | {"shop.name": "The Tea House"}
    )


def values(people: Iterable[int], *, shop_name: str) -> dict[int, dict[str, Any]]:
    """The values of each of these customers; what is not known is left out, so that a letter must say what then."""
    ids = list(people)
    customers = {row["id"]: row for row in Customer.objects.filter(pk__in=ids).values("id", "name", "company", "city")}
    profiles = {row["customer_id"]: row for row in Profile.objects.filter(pk__in=ids).values("customer_id", *FACTS)}
    return {
        pk: {"customer": _of(customers.get(pk, {}), profiles.get(pk, {})), "shop": {"name": shop_name}} for pk in ids
    }


def _of(customer: Mapping[str, Any], profile: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: customer.get(name) for name in ("name", "company", "city")}
    found |= {name: profile.get(name) for name in FACTS}
    first, last = split_name(str(found.get("name") or ""))
    found |= {"first_name": first, "last_name": last}
    return {name: value for name, value in found.items() if value not in (None, "")}


def split_name(name: str) -> tuple[str, str]:
    """Given and family name; a name in Han characters begins with the family's, and has no given name to address by."""
    parts = name.split()
    if not parts or any("\u3400" <= letter <= "\u9fff" for letter in name):
        return "", name.strip()
    return (parts[0], parts[-1]) if len(parts) > 1 else (parts[0], "")
