"""Hold customers still while something about them is decided: whoever can change the answer takes the same lock."""

from collections.abc import Iterable

from regulars.customers.models import Customer, Identifier
from regulars.shop import current
from regulars.shop.among import among

IDS_PER_QUERY = 500


def hold(customers: Iterable[int]) -> None:
    """Lock these customers until the transaction ends, in the order of their ids, so that nobody waits in a circle.

    On SQLite the transaction itself is the lock (it begins IMMEDIATE). Inserting rows that name a customer goes on.
    """
    ids = sorted(set(customers))
    if current.connection().vendor == "sqlite":
        return
    for start in range(0, len(ids), IDS_PER_QUERY):
        chunk = Customer.objects.filter(among(pk=ids[start : start + IDS_PER_QUERY])).order_by("pk")
        list(chunk.select_for_update(no_key=True).values_list("pk", flat=True))


def hold_owner(identifier: int) -> tuple[int, list[int]]:
    """Lock the customer of one identifier; returns the customer and all identifiers of theirs."""
    owner = Identifier.objects.values_list("customer_id", flat=True).get(pk=identifier)
    hold([owner])
    owner = Identifier.objects.values_list("customer_id", flat=True).get(pk=identifier)
    hold([owner])  # merged while we waited: the new owner too
    return owner, list(Identifier.objects.filter(customer_id=owner).values_list("pk", flat=True))
