"""Whose are these identifiers now? Merges change it, so whatever was written with an identifier is asked again here."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery

from regulars.customers.models import Identifier
from regulars.shop.among import among

AT_ONCE = 5_000


def owner_of(column: str) -> Subquery:
    """The customer of the identifier in this column, for whoever reads the rows anyway; NULL for nobody."""
    return Subquery(Identifier.objects.filter(pk=OuterRef(column)).values("customer_id"))


def owners_of(identifiers: Iterable[int]) -> dict[int, int]:
    """The customer of each, of those that are anybody's; any number of them, asked in chunks."""
    some = list(set(identifiers))
    found: dict[int, int] = {}
    for start in range(0, len(some), AT_ONCE):
        rows = Identifier.objects.filter(among(pk=some[start : start + AT_ONCE]))
        found |= dict(rows.values_list("pk", "customer_id"))
    return found
