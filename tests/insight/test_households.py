"""Edges with their evidence: households, offices, senders; and nobody is ever made one with another."""

from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples
from insight.shops import ADA, BEN, CLEO, DAN, EVE, day, rows, table
from regulars.insight.households import members, places, senders

COLUMNS = {"customer_id": "int64", "place": "string", "surname": "string", "company": "string", "day": "date"}
HOME, OFFICE = "12 Mill Lane, London", "1 Dock Road, Floor 3"


def delivered(*found):
    return table(
        COLUMNS, [(who, place, surname, company, day(at)) for at, (who, place, surname, company) in enumerate(found)]
    )


def kinds(*found):
    return {row["place"]: (row["kind"], row["score"]) for row in rows(places(delivered(*found)))}


def test_one_surname_of_two_customers_at_one_place_is_a_household():
    family = [(ADA, HOME, "Okafor", ""), (BEN, HOME.upper(), "OKAFOR ", ""), (CLEO, HOME, "Weber", "")]
    (home,) = rows(places(delivered(*family)))
    assert (home["kind"], home["customers"], home["surnames"], home["shared_surname"]) == ("household", 3, 2, 2)
    assert (home["deliveries"], home["first_seen"], home["last_seen"], home["score"]) == (3, day(0), day(2), 2 / 3)
    edges = rows(members(delivered(*family), places(delivered(*family))), "customer_id")
    assert [(row["customer_id"], row["kind"], row["deliveries"]) for row in edges] == [
        (ADA, "household", 1),
        (BEN, "household", 1),
    ]


def test_many_surnames_or_a_company_make_a_workplace():
    four = [(who, HOME, name, "") for who, name in ((ADA, "Ito"), (BEN, "Okafor"), (CLEO, "Marchetti"), (DAN, "Weber"))]
    assert kinds(*four) == {HOME.lower(): ("workplace", 1.0)}
    assert kinds(*four[:3]) == {HOME.lower(): ("shared", 0.0)}
    assert kinds((ADA, HOME, "Ito", "Willow Ltd"), (BEN, HOME, "Okafor", "")) == {HOME.lower(): ("workplace", 1.0)}
    assert kinds((ADA, OFFICE, "Ito", ""), (BEN, OFFICE, "Ito", "")) == {OFFICE.lower(): ("workplace", 1.0)}
    incas = "3 Inca Street"
    assert kinds((ADA, incas, "Ito", ""), (BEN, incas, "Ito", "")) == {incas.lower(): ("household", 1.0)}


def test_a_pick_up_point_says_nothing_of_anybody():
    crowd = [(who, HOME, f"name {who % 7}", "") for who in range(51)]
    assert kinds(*crowd)[HOME.lower()] == ("crowded", 0.0)
    assert rows(members(delivered(*crowd), places(delivered(*crowd)))) == []
    assert kinds(*crowd[:50])[HOME.lower()][0] == "workplace"


def test_one_customer_alone_or_without_a_place_shares_nothing():
    assert kinds((ADA, HOME, "Ito", ""), (ADA, HOME, "Weber", ""), (BEN, None, "Ito", ""), (CLEO, "", "Ito", "")) == {}
    assert kinds() == {}


def test_who_sends_to_three_people_at_three_places_sends_to_others():
    sent = [(EVE, f"{at} Mill Lane", f"name {at}", "") for at in range(3)]
    found = rows(senders(delivered(*sent, (ADA, "a", "x", ""), (ADA, "b", "y", ""), (BEN, "a", "x", ""), (BEN, "b", "x", ""), (BEN, "c", "x", ""))))  # fmt: skip
    assert [(row["customer_id"], row["recipients"], row["places"], row["deliveries"]) for row in found] == [
        (EVE, 3, 3, 3)
    ]


some = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from(["a", "b", None]), st.sampled_from(["Ito", "Weber", "Okafor", "Sato", ""]), st.sampled_from(["", "", "", "Willow"])),
    max_size=14,
)  # fmt: skip


@given(some)
@examples(8)
def test_places_equal_the_slow_ones(found):
    slow = {}
    for place in ("a", "b"):
        here = [row for row in found if row[1] == place]
        customers, names = {row[0] for row in here}, {row[2] for row in here} - {""}
        if len(customers) < 2:
            continue
        kin = max((len({row[0] for row in here if row[2] == name}) for name in names), default=0)
        company = sum(row[3] != "" for row in here) / len(here)
        kind = "workplace" if company >= 0.5 or len(names) >= 4 else "household" if kin > 1 else "shared"
        slow[place] = kind, {"workplace": max(company, min(1, len(names) / len(customers))), "household": kin / len(customers)}.get(kind, 0.0)  # fmt: skip
    assert kinds(*found) == slow
