"""The people of the demo shop: the cast, and every trouble with identity that real exports have."""

import re
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

from regulars.simulator.people import RELAY_EMAIL
from simulator.demo_case import LAST_DAY, day_of


def orders_of(demo, name):
    return [order for order in demo.orders.values() if order["name"] == name]


def days_of(demo, name):
    return [day_of(order["ordered_at"]) for order in orders_of(demo, name)]


def customer(demo, name):
    return next(row for row in demo.rows("customers") if row["name"] == name)


def known_email(order):
    return order["email"].strip().lower()


def test_ada_orders_about_every_thirty_days_to_the_end(demo):
    days = days_of(demo, "Ada Lindqvist")
    assert len(days) == 34
    assert all(25 <= (b - a).days <= 35 for a, b in pairwise(days))
    assert LAST_DAY - days[-1] < timedelta(days=14)


def test_ben_was_regular_and_lapsed_five_months_ago(demo):
    days = days_of(demo, "Ben Okafor")
    assert len(days) > 15
    assert all(24 <= (b - a).days <= 32 for a, b in pairwise(days))
    assert (LAST_DAY - days[-1]).days == 150


def test_cleo_first_ordered_last_week_and_dan_twice(demo):
    assert [(LAST_DAY - day).days for day in days_of(demo, "Cleo Marchetti")] == [5]
    assert len(days_of(demo, "Dan Weber")) == 2


def test_eve_said_no_to_marketing(demo):
    assert customer(demo, "Eve Nakamura")["email_consent"] == "no"
    assert {order["email_consent"] for order in orders_of(demo, "Eve Nakamura")} == {"no"}
    assert len(orders_of(demo, "Eve Nakamura")) == 9


def test_the_cast_is_spelled_plainly_and_always_pays(demo):
    for name in ("Ada Lindqvist", "Ben Okafor", "Cleo Marchetti", "Dan Weber", "Eve Nakamura"):
        row = customer(demo, name)
        for order in orders_of(demo, name):
            assert (order["email"], order["customer_ref"], order["status"]) == (
                row["email"],
                row["customer_ref"],
                "paid",
            )


def test_about_a_quarter_of_the_orders_are_guest_checkouts(demo):
    guests = sum(not order["customer_ref"] for order in demo.orders.values())
    assert 0.22 < guests / len(demo.orders) < 0.29


def test_account_holders_have_unique_ids_and_emails(demo):
    rows = demo.rows("customers")
    assert len({row["customer_ref"] for row in rows}) == len(rows)
    assert len({row["email"] for row in rows}) == len(rows)
    assert {order["customer_ref"] for order in demo.orders.values()} - {""} == {row["customer_ref"] for row in rows}


def test_accounts_are_made_with_the_first_order(demo):
    first = {}
    for order in demo.orders.values():
        first.setdefault(order["customer_ref"], order["ordered_at"])
    for row in demo.rows("customers"):
        assert (day_of(first[row["customer_ref"]]) - day_of(row["created_at"])).days in {0, 1}


def test_emails_come_in_several_spellings(demo):
    emails = [order["email"] for order in demo.orders.values()]
    assert sum(email != email.strip() for email in emails) > 50
    assert sum(email.isupper() for email in emails) > 50


def test_some_customer_ids_and_some_phones_join_two_emails(demo):
    by_ref, by_phone = defaultdict(set), defaultdict(set)
    for order in demo.orders.values():
        if order["customer_ref"]:
            by_ref[order["customer_ref"]].add(known_email(order))
        elif order["phone"]:
            by_phone[re.sub(r"\D", "", order["phone"])[-7:]].add(known_email(order))
    assert 60 <= sum(len(found) == 2 for found in by_ref.values()) <= 120
    assert max(map(len, by_ref.values())) == 2
    assert sum(len(found) > 1 for found in by_phone.values()) > 5


def test_phones_are_written_nationally_and_internationally(demo):
    phones = {order["phone"] for order in demo.orders.values()} - {""}
    assert {phone[0] for phone in phones} == {"+", "0", "("}
    assert any(phone.startswith("00") for phone in phones)


def test_a_few_people_appear_twice_with_a_typing_error_and_no_common_key(demo):
    spellings = defaultdict(lambda: defaultdict(set))
    for key, order in demo.orders.items():
        spellings[demo.person[key]][order["name"]] |= {known_email(order), order["customer_ref"] or known_email(order)}
    doubled = [list(names.items()) for person, names in spellings.items() if person >= 0 and len(names) > 1]
    assert 8 <= len(doubled) <= 16
    for (name, keys), (other, other_keys) in doubled:
        assert sorted(name) == sorted(other)
        assert not keys & other_keys


def test_two_families_share_one_address(demo):
    house = [
        row for row in demo.rows("customers") if row["address"] == "Lindenstraße 14" and row["postcode"] == "04155"
    ]
    families = defaultdict(set)
    for row in house:
        families[row["name"].split()[-1]].add(row["name"])
    assert sorted(map(len, families.values())) == [3, 3]


def test_an_office_has_many_colleagues_at_one_company_address(demo):
    office = [row for row in demo.rows("customers") if row["company"]]
    assert len({row["name"] for row in office}) == 18
    assert len({(row["company"], row["address"], row["postcode"]) for row in office}) == 1


def test_one_marketplace_address_hides_many_names(demo):
    hidden = [order for order in demo.orders.values() if known_email(order) == RELAY_EMAIL]
    assert len({order["name"] for order in hidden}) > 80
    assert {(order["channel"], order["customer_ref"], order["phone"]) for order in hidden} == {("marketplace", "", "")}


def test_names_come_in_many_scripts(demo):
    names = {order["name"] for order in demo.orders.values()}
    assert any(re.fullmatch("[\u4e00-\u9fff]+", name) for name in names)
    assert any("'" in name for name in names)
    assert any(letter in name for name in names for letter in "üöäß")


def test_nobody_can_be_reached_by_accident(demo):
    assert all(known_email(order).endswith(".example") for order in demo.orders.values())
