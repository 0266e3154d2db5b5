"""Which values may stand in a letter? Who the customer is and what they bought; never what we think of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from regulars.customers.models import Customer, Identifier, Preference
from regulars.profiles.dictionary import COLUMNS
from regulars.profiles.models import Profile
from regulars.shop.models import Shop

ABOUT_CUSTOMER = {
    "name": "Ada Lovelace",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "city": "London",
    "company": "Analytical Ltd",
}
ABOUT = ("name", "company", "city")
ABOUT_SHOP = {"name": "The Tea House", "website": "tea.example"}
READ_IN = {
    "CN": "zh-hans", "SG": "en", "DE": "de", "AT": "de", "CH": "de", "LI": "de", "FR": "fr", "BE": "fr", "LU": "fr", "MC": "fr",
    "ES": "es", "MX": "es", "AR": "es", "CL": "es", "CO": "es", "PE": "es", "IT": "it", "SM": "it", "NL": "nl", "PT": "pt",
    "BR": "pt", "JP": "ja", "KR": "ko",
}  # fmt: skip
"""The language that most people read in a country, of those a letter can be written in; elsewhere English."""
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
        | {f"shop.{name}": example for name, example in ABOUT_SHOP.items()}
    )


def values(people: Iterable[int], *, shop: Shop) -> dict[int, dict[str, Any]]:
    """The values of each of these customers; what is not known is left out, so that a letter must say what then."""
    ids = list(people)
    customers = {row["id"]: row for row in Customer.objects.filter(pk__in=ids).values("id", *ABOUT)}
    profiles = {row["customer_id"]: row for row in Profile.objects.filter(pk__in=ids).values("customer_id", *FACTS)}
    said = languages(ids)
    about_shop = {name: value for name in ABOUT_SHOP if (value := getattr(shop, name))}
    return {
        pk: {
            "customer": _of(customers.get(pk, {}), profiles.get(pk, {})) | {"language": said.get(pk, "en")},
            "shop": about_shop,
        }
        for pk in ids
    }


def languages(people: Iterable[int]) -> dict[int, str]:
    """In which language each of these customers reads: what they chose last, else what is read where they live."""
    ids = list(people)
    rows = Customer.objects.filter(pk__in=ids).values_list("pk", "country")
    found = {pk: READ_IN[country.upper()] for pk, country in rows if country.upper() in READ_IN}
    members = dict(Identifier.objects.filter(customer_id__in=ids).values_list("pk", "customer_id"))
    chosen = Preference.objects.filter(pk__in=list(members)).exclude(language="").order_by("at")
    return found | {members[pk]: language for pk, language in chosen.values_list("pk", "language")}


def _of(customer: Mapping[str, Any], profile: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: customer.get(name) for name in ABOUT}
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
