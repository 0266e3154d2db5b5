"""Bring customers in line with the evidence: ledger entries for links that began or ceased to hold, then who is who.

Only identifiers connected to the touched ones are looked at. The result depends on the evidence and on what people
decided, not on the order of imports.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Max

from regulars.customers.identifiers import NAMES_PER_IDENTIFIER_MAX
from regulars.customers.identity import Link, Resolution, resolve
from regulars.customers.models import Evidence, Identifier, MergeEvent
from regulars.shop import current
from regulars.shop.models import ONLY_ROW, Shop, next_facts_version

IDS_PER_QUERY = 800
DESCRIBED_AT_ONCE = 100_000
IDS_END = 16**15  # keys are 15 hexadecimal digits of a hash (sources/keys.py), so slices are about equal
SHARED = "shared"
CONTACT = ("name", "company", "address", "city", "postcode", "region", "country", "tags")


def unite(touched: Iterable[int], *, at: dt.datetime) -> int:
    """Re-decide the customers around the touched identifiers. Returns how many identifiers changed their customer."""
    members, evidence, recorded = _connected(set(touched))
    if not members:
        return 0
    known, owners = _known(members)
    states = _ledger(evidence | recorded)
    by_hand = {
        link for link, event in states.items() if event.kind == MergeEvent.Kind.MERGE and event.actor != "system"
    }
    apart = {link for link, event in states.items() if event.kind == MergeEvent.Kind.UNDO and event.actor != "system"}
    names = _name_counts(members)
    by_hand = {link for link in by_hand if link.left in known and link.right in known}
    found = resolve(known, evidence, names=names, merged_by_hand=by_hand, taken_apart=apart)
    with current.atomic():
        version = next_facts_version()
        ledger_grew = _write_ledger(found, states, known, at)
        moved = _write_owners(found, owners, version) + _write_shared(known, names, version)
        if ledger_grew or moved:
            Shop.objects.filter(pk=ONLY_ROW).update(identity_version=_next_identity_version())
    return moved


def _next_identity_version() -> Any:
    from django.db.models import F

    return F("identity_version") + 1


def _connected(touched: set[int]) -> tuple[set[int], set[Link], set[Link]]:
    """Everything reachable over evidence and ledger from the touched identifiers: members, evidence, recorded links."""
    members, fresh = set(touched), sorted(touched)
    links: dict[type[Evidence] | type[MergeEvent], set[Link]] = {Evidence: set(), MergeEvent: set()}
    while fresh:
        reached = set()
        for chunk in _chunks(fresh):
            for table, left, right in ((Evidence, "identifier_id", "other_id"), (MergeEvent, "left_id", "right_id")):
                for column in (left, right):
                    rows = table.objects.filter(**{f"{column}__in": chunk, f"{right}__isnull": False})
                    for pair in rows.values_list(left, right):
                        links[table].add(Link(*sorted(pair)))
                        reached.update(pair)
        fresh = sorted(reached - members)
        members |= reached
    return members, links[Evidence], links[MergeEvent]


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + IDS_PER_QUERY] for start in range(0, len(ids), IDS_PER_QUERY))


def _known(members: set[int]) -> tuple[dict[int, tuple[str, str]], dict[int, int]]:
    known, owners = {}, {}
    for chunk in _chunks(sorted(members)):
        for row in Identifier.objects.filter(pk__in=chunk).values_list("id", "kind", "value", "customer_id"):
            known[row[0]] = (row[1], row[2])
            owners[row[0]] = row[3]
    return known, owners


def _name_counts(members: set[int]) -> dict[int, int]:
    names: dict[int, set[str]] = {}
    for chunk in _chunks(sorted(members)):
        rows = Evidence.objects.filter(identifier_id__in=chunk, other_id__isnull=True).values_list(
            "identifier_id", "name"
        )
        for identifier, name in rows:
            names.setdefault(identifier, set()).add(name)
    return {identifier: len(found) for identifier, found in names.items()}


def _ledger(links: Iterable[Link]) -> dict[Link, MergeEvent]:
    """The newest entry for each of these pairs."""
    states: dict[Link, MergeEvent] = {}
    lefts = sorted({link.left for link in links})
    for chunk in _chunks(lefts):
        for event in MergeEvent.objects.filter(left_id__in=chunk).order_by("seq"):
            states[Link(event.left_id, event.right_id)] = event
    return states


def _write_ledger(
    found: Resolution, states: dict[Link, MergeEvent], known: dict[int, tuple[str, str]], at: dt.datetime
) -> bool:
    entries = []
    for link in sorted(found.held):
        state = states.get(link)
        if state is None or state.kind == MergeEvent.Kind.UNDO:
            kinds = " + ".join(known[end][0] for end in (link.left, link.right))
            evidence = f"{known[link.left][1]} + {known[link.right][1]}"[:400]
            entries.append(MergeEvent(kind="merge", left_id=link.left, right_id=link.right, rule=f"seen together: {kinds}",
                                      evidence=evidence, at=at))  # fmt: skip
    guards = {refused.link: f"guard: {refused.guard}" for refused in found.refused}
    for link, state in sorted(states.items(), key=lambda item: item[0]):
        if link not in found.held and state.kind == MergeEvent.Kind.MERGE and state.actor == "system":
            entries.append(MergeEvent(kind="undo", left_id=link.left, right_id=link.right,
                                      rule=guards.get(link, "evidence withdrawn"), at=at, undoes=state))  # fmt: skip
    MergeEvent.objects.bulk_create(entries, batch_size=500)
    return bool(entries)


def _write_owners(found: Resolution, owners: dict[int, int], version: int) -> int:
    moved = {
        identifier: found.customer_of.get(identifier, identifier)
        for identifier, owner in owners.items()
        if found.customer_of.get(identifier, identifier) != owner
    }
    rows = [Identifier(pk=identifier, customer_id=customer, changed=version) for identifier, customer in moved.items()]
    Identifier.objects.bulk_update(rows, ["customer_id", "changed"], batch_size=200)
    return len(moved)


def _write_shared(known: dict[int, tuple[str, str]], names: dict[int, int], version: int) -> int:
    """Addresses used with many names identify nobody, as long as that is so; their orders have no customer."""
    shared = {
        identifier
        for identifier, count in names.items()
        if count > NAMES_PER_IDENTIFIER_MAX and identifier in known and known[identifier][0] != "account"
    }
    written = 0
    for chunk in _chunks(sorted(known)):
        rows = Identifier.objects.filter(pk__in=chunk)
        written += rows.filter(blocked="", pk__in=shared & set(chunk)).update(blocked=SHARED, changed=version)
        written += rows.filter(blocked=SHARED).exclude(pk__in=shared & set(chunk)).update(blocked="", changed=version)
    return written


def describe(version: int) -> int:
    """Rewrite the contact details of customers whose identifiers changed after `version`. Returns how many were written.

    A customer exists for every identifier that is its own customer; details are the newest known of its identifiers.
    Many are written in slices of the range of ids, so that the memory does not grow with them; twice does no harm.
    """
    count = max(1, -(-Identifier.objects.filter(changed__gt=version).count() // DESCRIBED_AT_ONCE))
    written = 0
    for number in range(count):
        written += _describe_slice(version, IDS_END * number // count, IDS_END * (number + 1) // count - 1)
    with current.atomic(), current.connection().cursor() as cursor:
        cursor.execute(
            "DELETE FROM customers_customer WHERE id NOT IN (SELECT customer_id FROM customers_identifier)"
            if version == 0
            else "DELETE FROM customers_customer WHERE id IN (SELECT id FROM customers_identifier WHERE changed > %s AND (customer_id <> id OR blocked <> ''))",
            [] if version == 0 else [version],
        )
    return written


def _describe_slice(version: int, first: int, last: int) -> int:
    # A part of all is found by the index of customers; by that of changes, all would be read for each part.
    changed = "changed" if (first, last) == (0, IDS_END - 1) else "changed + 0"
    with current.atomic(), current.connection().cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS touched_customer")
        cursor.execute(
            "CREATE TEMPORARY TABLE touched_customer AS SELECT id, (SELECT count(*) FROM customers_identifier n "
            "WHERE n.customer_id = t.id) AS n FROM (SELECT DISTINCT customer_id AS id FROM customers_identifier "
            f"WHERE {changed} > %s AND blocked = '' AND customer_id BETWEEN %s AND %s) t",
            [version, first, last],
        )
        written = 0
        for one in (True, False):
            cursor.execute(_describe_sql(one=one))
            written += cursor.rowcount
    return written


def _describe_sql(*, one: bool) -> str:
    columns = ["id", *CONTACT, "email", "phone", "seen_at", "changed"]

    def newest(field: str) -> str:
        return (
            f"coalesce((SELECT {field} FROM customers_identifier i WHERE i.customer_id = t.id AND {field} <> '' "
            "ORDER BY coalesce(seen_at, '1970-01-01 00:00:00') DESC, i.id LIMIT 1), '')"
        )

    def first(kind: str) -> str:
        return (
            f"coalesce((SELECT value FROM customers_identifier i WHERE i.customer_id = t.id AND kind = '{kind}' "
            "ORDER BY coalesce(seen_at, '1970-01-01 00:00:00') DESC, i.id LIMIT 1), '')"
        )

    if one:
        cells = [
            "i.id", *(f"i.{field}" for field in CONTACT), "CASE WHEN i.kind = 'email' THEN substr(i.value, 1, 320) ELSE '' END",
            "CASE WHEN i.kind = 'phone' THEN substr(i.value, 1, 40) ELSE '' END", "i.seen_at", "i.changed",
        ]  # fmt: skip
        source = "touched_customer t JOIN customers_identifier i ON i.id = t.id WHERE t.n = 1"
    else:
        latest = "(SELECT max({0}) FROM customers_identifier i WHERE i.customer_id = t.id)"
        cells = ["t.id", *(newest(field) for field in CONTACT), first("email"), first("phone"),
                 latest.format("seen_at"), latest.format("changed")]  # fmt: skip
        source = "touched_customer t WHERE t.n > 1"
    sets = ", ".join(f"{c} = excluded.{c}" for c in columns if c != "id")
    return (
        f"INSERT INTO customers_customer ({', '.join(columns)}) SELECT {', '.join(cells)} FROM {source} "
        f"ON CONFLICT (id) DO UPDATE SET {sets}"
    )


def latest_change() -> int:
    """The highest version any identifier carries."""
    return Identifier.objects.aggregate(latest=Max("changed"))["latest"] or 0
