"""People for tests: Ada the regular, Ben who lapsed, Cleo the newcomer, Dan held out, Eve who said no."""

import datetime as dt

from regulars.customers.consenting import Proof, say
from regulars.customers.models import Customer, Identifier
from regulars.policy.contact import Wish
from regulars.shop.keys import key_id

MORNING = dt.datetime(2026, 11, 18, 10, 0, tzinfo=dt.UTC)  # a Wednesday
PROOF = Proof("Yes, write to me", "club page", "person")


def person(name: str, *, phone: str = "", country: str = "DE", yes: bool = True, street: str = "Lindenweg 5") -> int:
    """A customer with an e-mail address, who said yes to all marketing by e-mail unless told otherwise; their number."""
    value = f"{name.lower().replace(chr(32), chr(46))}@customer.example"
    pk = key_id("email", value)
    Identifier.objects.create(
        pk=pk, kind="email", value=value, customer_id=pk, name=name, country=country, address=street, seen_at=MORNING
    )
    Customer.objects.create(pk=pk, name=name, email=value, phone=phone, country=country)
    if phone:
        Identifier.objects.create(
            pk=key_id("phone", phone),
            kind="phone",
            value=phone,
            customer_id=pk,
            name=name,
            country=country,
            seen_at=MORNING,
        )
    if yes:
        say(pk, "email", {"": True}, proof=PROOF, at=MORNING - dt.timedelta(days=100))
    return pk


def people(count: int) -> list[int]:
    """Many customers at once, all of whom said yes."""
    from regulars.customers.models import Consent

    values = [f"p{number}@customer.example" for number in range(count)]
    ids = [key_id("email", value) for value in values]
    Identifier.objects.bulk_create(
        [
            Identifier(pk=pk, kind="email", value=value, customer_id=pk, name=f"Person {value[1:-17]}", country="DE")
            for pk, value in zip(ids, values, strict=True)
        ]
    )
    Customer.objects.bulk_create(
        [
            Customer(pk=pk, name=f"Person {value[1:-17]}", email=value, country="DE")
            for pk, value in zip(ids, values, strict=True)
        ]
    )
    Consent.objects.bulk_create([Consent(pk=key_id("consent", str(pk)), identifier_id=pk, channel="email", state="granted", basis="express",
                                         provenance="test", at=MORNING - dt.timedelta(days=100)) for pk in ids])  # fmt: skip
    return ids


def wish(source: str = "campaign:spring/1", **rest) -> Wish:
    """A news e-mail that may go now and expires in three days."""
    given = {
        "channel": "email", "purpose": "news", "source": source, "occurrence": "once", "not_before": MORNING,
        "expires_at": MORNING + dt.timedelta(days=3),
    } | rest  # fmt: skip
    return Wish(**given)
