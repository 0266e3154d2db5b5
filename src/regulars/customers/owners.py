"""Whose are these identifiers now? Merges change it, so whatever was written with an identifier is asked again here."""

from collections.abc import Iterable

from regulars.customers.models import Identifier

AT_ONCE = 5_000


def owners_of(identifiers: Iterable[int]) -> dict[int, int]:
    """The customer of each, of those that are anybody's; any number of them, asked in chunks."""
    some = list(set(identifiers))
    found: dict[int, int] = {}
    for start in range(0, len(some), AT_ONCE):
        rows = Identifier.objects.filter(pk__in=some[start : start + AT_ONCE])
        found |= dict(rows.values_list("pk", "customer_id"))
    return found
