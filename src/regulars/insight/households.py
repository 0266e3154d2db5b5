"""Who shares a door, and who orders for others? Households and offices as edges with their evidence, never a merge.

An edge joins a customer to a place; it feeds no number and no consent, and is hidden and erased with the person. Two
people are one household when the same surname stands at the same place more than once by different customers; many
surnames, or a company's name, make a workplace.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

SURNAMES_OFFICE_MIN = 4
CUSTOMERS_MAX = 50
PLACES_SENT_TO_MIN = 3
COMPANY_WORDS = ("gmbh", "ltd", "inc", "llc", "sarl", "bv", "office", "büro", "floor", "company", "有限公司", "大厦")


def places(deliveries: "ir.Table") -> "ir.Table":
    """One row a place that two customers or more share: place, kind, customers, surnames, deliveries, with_company,
    shared_surname (most customers of one surname), score, first_seen, last_seen.

    kind: "workplace" (a company is named in at least half of the deliveries, or at least 4 surnames), "household" (two
    customers or more of one surname), "crowded" (more than 50 customers: a pick-up point, of which nothing follows),
    else "shared". score: the share of the evidence for the kind, 0 to 1: for a household the customers of the shared
    surname of all customers there, for a workplace the deliveries to a company or else surnames a customer.
    `deliveries` has customer_id, place (a standardised address; NULL when unknown), surname (of the recipient, may be
    ""), company (may be ""), day. Capital letters make no difference.
    """
    import ibis

    clean = _clean(deliveries)
    names = clean.filter(clean.surname != "").select("place", "surname", "customer_id").distinct()
    by_name = names.group_by(["place", "surname"]).aggregate(people=names.count())
    surnames = by_name.group_by("place").aggregate(surnames=by_name.count(), shared_surname=by_name.people.max())
    found = clean.group_by("place").aggregate(
        customers=clean.customer_id.nunique(), deliveries=clean.count(),
        with_company=clean.to_company.cast("int64").sum(), first_seen=clean.day.min(), last_seen=clean.day.max(),
    )  # fmt: skip
    table = found.filter(found.customers > 1).left_join(surnames, "place").drop("place_right")
    table = table.mutate(surnames=table.surnames.fill_null(0), shared_surname=table.shared_surname.fill_null(0))
    company = table.with_company.cast("float64") / table.deliveries.cast("float64")
    kind = ibis.cases(
        (table.customers > CUSTOMERS_MAX, "crowded"),
        ((company >= 0.5) | (table.surnames >= SURNAMES_OFFICE_MIN), "workplace"),
        (table.shared_surname > 1, "household"),
        else_="shared",
    )
    people = table.customers.cast("float64")
    named = table.mutate(kind=kind)
    score = ibis.cases(
        (named.kind == "workplace", ibis.greatest(company, ibis.least(table.surnames.cast("float64") / people, 1.0))),
        (named.kind == "household", table.shared_surname.cast("float64") / people),
        else_=0.0,
    )
    return named.mutate(score=score)


def members(deliveries: "ir.Table", found: "ir.Table") -> "ir.Table":
    """The edges: one row a customer and household or workplace: customer_id, place, kind, score, deliveries (of the
    customer there), first_seen, last_seen. In a household only those of a surname that another customer there has too.

    `found` is that of `places`.
    """
    clean = _clean(deliveries)
    names = clean.filter(clean.surname != "").select("place", "surname", "customer_id").distinct()
    by_name = names.group_by(["place", "surname"]).aggregate(people=names.count())
    shared = by_name.filter(by_name.people > 1).select("place", "surname")
    own = clean.mutate(named=(clean.surname != "").cast("int64"))
    kin = own.semi_join(shared, ["place", "surname"]).select("place", "customer_id").distinct()
    each = own.group_by(["place", "customer_id"]).aggregate(
        deliveries=own.count(), first_seen=own.day.min(), last_seen=own.day.max()
    )
    edges = each.join(found.select("place", "kind", "score"), "place")
    at_home = edges.filter(edges.kind == "household").semi_join(kin, ["place", "customer_id"])
    return edges.filter(edges.kind == "workplace").union(at_home)


def senders(deliveries: "ir.Table") -> "ir.Table":
    """One row a customer who sends to others: customer_id, recipients (surnames), places, deliveries, first_seen,
    last_seen; at least three recipients at three places."""
    clean = _clean(deliveries)
    each = clean.group_by("customer_id").aggregate(
        recipients=clean.surname.nunique(where=clean.surname != ""), places=clean.place.nunique(),
        deliveries=clean.count(), first_seen=clean.day.min(), last_seen=clean.day.max(),
    )  # fmt: skip
    return each.filter((each.recipients >= PLACES_SENT_TO_MIN) & (each.places >= PLACES_SENT_TO_MIN))


def _clean(deliveries: "ir.Table") -> "ir.Table":
    """Known places of known customers: customer_id, place, surname and day; to_company when a company is named, or a
    word of the place says so."""
    known = deliveries.filter(deliveries.customer_id.notnull() & (deliveries.place.fill_null("") != ""))
    lower = known.mutate(place=known.place.strip().lower(), surname=known.surname.fill_null("").strip().lower())
    company = lower.company.fill_null("").strip() != ""
    words = " " + lower.place.replace(",", " ").replace(".", " ") + " "
    for word in COMPANY_WORDS:
        company = company | words.contains(f" {word} " if word.isascii() else word)
    return lower.select("customer_id", "place", "surname", "day", to_company=company)
