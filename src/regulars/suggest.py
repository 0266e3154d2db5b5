"""Who may be the same person, or live or work at one address? Suggestions and edges; nobody is merged.

Reads all customers, asks customers.near_matches, and writes open suggestions (answered ones stay answered).
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator

from regulars.customers.models import Customer, Relation, Suggestion
from regulars.customers.near_matches.propose import propose
from regulars.customers.near_matches.records import Record
from regulars.shop import current

CUSTOMERS_MAX = 200_000
HOUSEHOLD_MAX = 6
COMPANY_WORDS = re.compile(r"\b(ltd|gmbh|inc|llc|ag|bv|sarl|office|büro|floor|stock|company|co\.)\b", re.IGNORECASE)


def run(*, at: dt.datetime) -> tuple[int, int]:
    """Refresh suggestions and relations. Returns how many of each are new."""
    customers = list(Customer.objects.order_by("pk")[:CUSTOMERS_MAX])
    return _suggestions(customers, at), _relations(customers)


def _suggestions(customers: list[Customer], at: dt.datetime) -> int:
    records = [
        Record(
            id=c.pk,
            name=c.name,
            address=c.address,
            city=c.city,
            postcode=c.postcode,
            region=c.region,
            phone=c.phone,
            email=c.email,
        )
        for c in customers
        if c.name or c.address
    ]
    rows = [
        Suggestion(
            left_id=found.a,
            right_id=found.b,
            score=found.score,
            evidence=[list(item) for item in found.evidence],
            at=at,
        )
        for found in propose(records)
    ]
    before = Suggestion.objects.count()
    with current.atomic():
        Suggestion.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        alive = {c.pk for c in customers}
        for row in Suggestion.objects.filter(state=Suggestion.State.OPEN):
            if row.left_id not in alive or row.right_id not in alive:
                row.delete()
    return Suggestion.objects.count() - before


def _relations(customers: list[Customer]) -> int:
    places: dict[tuple[str, str], list[Customer]] = defaultdict(list)
    for customer in customers:
        if customer.address and customer.postcode:
            places[_plain(customer.address), _plain(customer.postcode)].append(customer)
    rows = [row for people in places.values() if len(people) > 1 for row in _edges(people)]
    before = Relation.objects.count()
    Relation.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return Relation.objects.count() - before


def _edges(people: list[Customer]) -> Iterator[Relation]:
    """One address: a workplace when a company is named or many surnames are, a household when the surname is one."""
    surnames = {_plain(person.name).rsplit(" ", 1)[-1] for person in people if person.name}
    first = people[0]
    company = any(person.company for person in people) or COMPANY_WORDS.search(first.address)
    if company or len(surnames) > 3:
        kind, evidence = Relation.Kind.WORKPLACE, f"{first.company or first.address}, {len(people)} people"
    elif len(surnames) == 1 and len(people) <= HOUSEHOLD_MAX:
        kind, evidence = Relation.Kind.HOUSEHOLD, f"{first.address}, {first.postcode}, one surname"
    else:
        return
    for other in people[1:]:
        left, right = sorted((first.pk, other.pk))
        yield Relation(left_id=left, right_id=right, kind=kind, evidence=evidence[:400])


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()
