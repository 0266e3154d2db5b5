"""A shop with a launched campaign, and people who order, give back, complain or are found to be one after it."""

from actions.messaging.post import letter
from cast import MORNING
from regulars.actions.messaging.models import Message, MessageEvent
from regulars.actions.messaging.plan import plan
from regulars.customers.models import Identifier
from regulars.decisions.models import Decision
from regulars.orders.models import Order, Refund
from regulars.plays import campaigns
from regulars.plays.models import Campaign
from regulars.profiles.models import Profile
from regulars.shop.models import Shop, the_shop


def launched(ids, *, count=2, hold_out=0.0, most=None):
    Profile.objects.bulk_create([Profile(customer_id=pk, orders=1) for pk in ids], ignore_conflicts=True)
    letters = [letter(f"Subject {place}") for place in range(count)]
    found = Campaign.objects.create(name="spring", hold_out=hold_out, most=most, letters=letters, at=MORNING)
    campaigns.launch(found, by="owner", now=MORNING, seen=("needs_default",))
    while campaigns.go_on(now=MORNING):
        pass
    plan(now=MORNING)
    return Campaign.objects.get()


def ordered(people_, at):
    """Each of these bought one thing at that time."""
    first = Order.objects.count()
    Order.objects.bulk_create(
        Order(pk=first + place, source="csv", source_key=str(first + place), identifier_id=pk, ordered_at=at, known_at=at, status="paid",
              currency="EUR", total=2000, net=2000, base_total=2000, base_net=2000, progress="x", payload_hash="x", import_id=1,
              changed=the_shop().facts_version + 1)
        for place, pk in enumerate(people_)
    )  # fmt: skip
    Identifier.objects.filter(changed=0).update(changed=the_shop().facts_version + 1)
    Shop.objects.update(facts_version=the_shop().facts_version + 1, currency="EUR", zone="UTC")


def drawn(number):
    """Who is written to, with this version."""
    rows = Decision.objects.filter(variant=number, arm=Decision.Arm.TREATED)
    return list(rows.order_by("person_id").values_list("person_id", flat=True))


def gave_back(people_, at, *, order=None):
    """Each of these gave something back at that time, or it was refunded on an order. Known with the next `ordered`."""
    first = Refund.objects.count()
    Refund.objects.bulk_create(
        Refund(pk=first + place, source="csv", source_key=str(first + place), order_id=order, identifier_id=pk, refunded_at=at,
               known_at=at, amount=500, currency="EUR", payload_hash="x", import_id=1, changed=the_shop().facts_version + 1)
        for place, pk in enumerate(people_)
    )  # fmt: skip


def complained(pk, at):
    """Somebody reported a message as unwanted."""
    number = Message.objects.count() + 1
    Message.objects.create(
        pk=number, person_id=pk, identifier_id=pk, channel="email", purpose="news", marketing=True, source="campaign:9/1",
        occurrence=str(number), state="sent", not_before=at, planned_at=at,
    )  # fmt: skip
    MessageEvent.objects.create(message_id=number, kind="complaint", raw_id=str(number), at=at)


def owned_by(identifier, customer):
    """Somebody is found to be somebody else, or not any more; known with the next `ordered`."""
    Identifier.objects.filter(pk=identifier).update(customer_id=customer, changed=the_shop().facts_version + 1)
