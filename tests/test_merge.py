"""Merging by hand: previewed, append-only, undone, split; never silent, never a second truth."""

import datetime as dt

import pytest

import facts
from regulars import merge, suggest
from regulars.customers.models import Customer, Identifier, MergeEvent, Relation, Suggestion


def order(number, *, name="", email="", phone="", total="10.00"):
    row = dict.fromkeys(facts.HEADER, "")
    return row | {
        "Name": f"#{number}", "Id": str(number), "Created at": "2025-05-01 10:00:00 +0200", "Financial Status": "paid", "Currency": "EUR",
        "Subtotal": total, "Total": total, "Shipping": "0.00", "Taxes": "0.00", "Lineitem quantity": "1", "Lineitem name": "Tea",
        "Lineitem price": total, "Email": email, "Phone": phone, "Billing Name": name,
    }  # fmt: skip


def loaded(tmp_path, now, rows, name="orders.csv"):
    return facts.load(facts.write(tmp_path / name, rows), now=now)


def owners():
    return dict(Identifier.objects.values_list("value", "customer_id"))


def test_one_person_however_many_spellings_and_guest_checkouts(shop, tmp_path, now):
    loaded(tmp_path, now, [
        order(1, name="Ada", email="ADA@shop.example", phone="+49 30 1234567"), order(2, name="Ada", email=" ada@shop.example "),
        order(3, name="A. Regular", phone="0049301234567"), order(4, name="Ada", email="ada.work@shop.example", phone="+49301234567"),
    ])  # fmt: skip
    assert len(set(owners().values())) == 1
    assert Customer.objects.get().name in ("Ada", "A. Regular")


def test_an_address_used_with_many_names_connects_nobody(shop, tmp_path, now):
    rows = [order(n, name=f"Buyer {n}", email="desk@hotel.example", phone=f"+4930123456{n:02d}") for n in range(10, 20)]
    loaded(tmp_path, now, rows)
    phones = [customer for value, customer in owners().items() if value.startswith("+")]
    assert len(set(phones)) == len(phones) == 10


def test_orders_of_a_shared_address_alone_have_no_customer(shop, tmp_path, now):
    from regulars.profiles import refresh as refreshing
    from regulars.profiles.models import Answer, Profile

    rows = [order(n, name=f"Buyer {n}", email="orders@relay.example") for n in range(10, 20)]
    loaded(tmp_path, now, [*rows, order(1, name="Ada", email="ada@shop.example")])
    refreshing.refresh(now=now)
    assert Profile.objects.count() == Customer.objects.count() == 1
    assert Answer.objects.get(question="shape").data["orders_without_customer"] == 10


def test_a_merge_by_hand_holds_through_later_imports_and_can_be_undone(shop, tmp_path, now):
    loaded(tmp_path, now, [order(1, email="ada@shop.example"), order(2, email="ben@shop.example")])
    ada, ben = (Customer.objects.get(email=f"{n}@shop.example").pk for n in ("ada", "ben"))
    left, right = merge.preview(ada, ben)
    assert (left.orders, right.orders) == (1, 1)
    merge.merge(ada, ben, actor="owner", reason="told us", at=now)
    loaded(tmp_path, now, [order(3, email="ben@shop.example")], "later.csv")
    assert len(set(owners().values())) == 1
    event = merge.in_force_of(Customer.objects.get().pk)[0]
    assert merge.undo(event, actor="owner", at=now)
    loaded(tmp_path, now, [order(4, email="ada@shop.example")], "last.csv")
    assert owners() == {"ada@shop.example": ada, "ben@shop.example": ben}
    assert MergeEvent.objects.count() == 2


def test_what_a_person_took_apart_stays_apart_though_it_is_seen_together_again(shop, tmp_path, now):
    loaded(tmp_path, now, [order(1, name="Ada", email="ada@shop.example", phone="+4930111111")])
    event = merge.in_force_of(Customer.objects.get().pk)[0]
    assert merge.undo(event, actor="owner", at=now)
    loaded(tmp_path, now, [order(2, name="Ada", email="ada@shop.example", phone="+4930111111")], "again.csv")
    assert len(set(owners().values())) == 2


def test_undoing_the_first_of_two_merges_leaves_the_second(shop, tmp_path, now):
    loaded(
        tmp_path,
        now,
        [order(n, email=f"{name}@shop.example") for n, name in enumerate(("ada", "ben", "cleo"), start=1)],
    )
    ada, ben, cleo = (Customer.objects.get(email=f"{n}@shop.example").pk for n in ("ada", "ben", "cleo"))
    merge.merge(ada, ben, actor="owner", reason="a", at=now)
    first = MergeEvent.objects.latest("seq")
    merge.merge(
        Identifier.objects.get(pk=ben).customer_id, cleo, actor="owner", reason="b", at=now + dt.timedelta(minutes=1)
    )
    merge.undo(first, actor="owner", at=now)
    found = owners()
    assert sum(1 for value in found.values() if value == found["cleo@shop.example"]) == 2


def test_splitting_off_the_first_identifier_works_and_a_second_time_is_an_error(shop, tmp_path, now):
    loaded(tmp_path, now, [order(1, name="Ada", email="ada@shop.example", phone="+4930111111")])
    first = Identifier.objects.get(value="ada@shop.example").pk
    merge.split(first, actor="owner", at=now)
    assert len(set(owners().values())) == 2
    with pytest.raises(merge.CannotMerge, match="stands alone"):
        merge.split(first, actor="owner", at=now)


def test_an_undone_import_takes_its_evidence_with_it(shop, tmp_path, now):
    from regulars.sources import undo

    loaded(tmp_path, now, [order(1, email="ada@shop.example"), order(2, phone="+4930111111")])
    job = loaded(tmp_path, now, [order(3, name="Ada", email="ada@shop.example", phone="+4930111111")], "together.csv")
    assert len(set(owners().values())) == 1
    undo.undo(job, now=now)
    assert len(set(owners().values())) == 2
    assert MergeEvent.objects.filter(kind="undo", rule="evidence withdrawn").exists()


def test_near_matches_are_only_suggested_and_households_are_edges(shop, tmp_path, now):
    people = [("Margarete Grünwald", "m.gruenwald@shop.example"), ("Margarete Gruenwald", "margarete@post.example")]
    people += [(f"{name} Okafor", f"{name.lower()}@home.example") for name in ("Ada", "Ben")]
    header = "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Address1,Default Address City,Default Address Zip,Default Address Country Code,Tax Exempt".split(
        ","
    )
    rows = [
        dict(zip(header, (str(n), *name.rsplit(" ", 1), email, "yes", "Lindenweg 7" if "Gr" in name else "Hill Road 1", "Bonn", "53111" if "Gr" in name else "53222", "DE", "no"), strict=True))
        for n, (name, email) in enumerate(people, start=1)
    ]  # fmt: skip
    filler = [
        dict(
            zip(
                header,
                (str(n), f"Person{n}", f"Family{n}", f"p{n}@x.example", "no", f"Road {n}", "Bonn", "53113", "DE", "no"),
                strict=True,
            )
        )
        for n in range(50, 90)
    ]
    facts.load(facts.write(tmp_path / "customers.csv", rows + filler, header), now=now)
    suggest.run(at=now)
    found = Suggestion.objects.get()
    assert {Customer.objects.get(pk=pk).name for pk in (found.left_id, found.right_id)} == {
        name for name, _mail in people[:2]
    }
    assert Customer.objects.count() == 44
    assert Relation.objects.get(kind="household").left_id
    suggest.run(at=now)
    assert Suggestion.objects.count() == Relation.objects.filter(kind="household").count() == 1
