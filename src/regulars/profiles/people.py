"""One customer, found by anything known of them, and told in sentences and as a timeline."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from regulars.customers import identifiers
from regulars.customers.models import Customer, Event, Identifier, MergeEvent
from regulars.insight.money import digits_of, written
from regulars.insight.words import next_step, why_on_the_list
from regulars.orders.models import Order, Refund
from regulars.profiles.models import Profile
from regulars.shop.models import the_shop

Translate = Callable[[str], str]
TIMELINE_MAX = 200


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


def minor_per_major() -> int:
    """Minor units in one unit of the shop's currency."""
    return int(10 ** digits_of(the_shop().currency))


def find_customer(said: str) -> Customer | None:
    """The customer known by this number, e-mail, phone or customer number of the shop; None when nobody is."""
    text = said.strip()
    matches = Identifier.objects.none()
    if text.lstrip("#").isdigit():
        matches = Identifier.objects.filter(pk=min(int(text.lstrip("#")), 2**62))
    if not matches.exists():
        values = [text.lower(), text, identifiers.phone(text, the_shop_country())]
        matches = Identifier.objects.filter(value__in=values) | Identifier.objects.filter(
            kind="account", value__endswith=f":{text}"
        )
    owner = matches.values_list("customer_id", flat=True).first()
    return Customer.objects.filter(pk=owner).first() if owner is not None else None


def the_shop_country() -> str:
    """A two-letter country to read national phone numbers by: that of most customers."""
    from django.db.models import Count

    row = Customer.objects.exclude(country="").values("country").annotate(n=Count("pk")).order_by("-n").first()
    return str(row["country"]) if row else ""


def explain(customer: Customer, translate: Translate = str) -> list[str]:
    """Sentences: who, since when, worth what, in which rhythm, and what to do."""
    row = Profile.objects.filter(pk=customer.pk).values().first()
    if row is None:
        return [translate(_("{name} has no order that counts yet.")).format(name=customer)]
    currency = the_shop().currency
    facts = {
        "name": customer, "orders": row["orders"], "first": row["first_day"], "last": row["last_day"],
        "net": written(row["net_total"], currency), "grade": row["value_grade"], "rank": place(row),
    }  # fmt: skip
    sentences = [
        translate(
            _(
                "{name} ordered {orders} times between {first} and {last}, worth {net} net (grade {grade}, place {rank})."
            )
        ).format(**facts),
        why_on_the_list(row, translate),
    ]
    if row["p_order_90d"] is not None:
        text = translate(_("An order within 90 days has a probability of {p:.0%}."))
        sentences.append(text.format(p=row["p_order_90d"]))
    sentences.append(next_step(row, translate))
    return sentences


def place(row: Mapping[str, Any]) -> int:
    """The place of a profile by net revenue, 1 is the best; equal revenue, equal place."""
    return int(Profile.objects.filter(net_total__gt=row["net_total"]).count()) + 1


@dataclass(frozen=True)
class Moment:
    """One line of a timeline. `kind` is order, refund, review, note or merge."""

    at: dt.datetime
    kind: str
    data: Mapping[str, Any]


def timeline(customer: Customer) -> list[Moment]:
    """Everything that happened with one customer, newest first."""
    members = list(Identifier.objects.filter(customer_id=customer.pk).values_list("pk", flat=True))
    moments = [*_bought(members), *_told(members), *_united(members)]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)[:TIMELINE_MAX]


def _bought(members: list[int]) -> Iterator[Moment]:
    orders = {
        order.pk: order
        for order in Order.objects.filter(identifier_id__in=members).order_by("-ordered_at")[:TIMELINE_MAX]
    }
    for order in orders.values():
        yield Moment(order.ordered_at, "order", {"order": order})
    for refund in Refund.objects.filter(order_id__in=list(orders), amount__gt=0) | Refund.objects.filter(
        order_id=None, identifier_id__in=members
    ):
        yield Moment(
            refund.refunded_at or refund.known_at,
            "refund",
            {"refund": refund, "order": orders.get(refund.order_id or 0)},
        )


def _told(members: list[int]) -> Iterator[Moment]:
    for event in Event.objects.filter(identifier_id__in=members).order_by("-happened_at")[:TIMELINE_MAX]:
        yield Moment(event.happened_at, event.kind, {"event": event, **event.data})


def _united(members: list[int]) -> Iterator[Moment]:
    if len(members) < 2:
        return
    for event in MergeEvent.objects.filter(left_id__in=members, right_id__in=members):
        yield Moment(event.at, "merge", {"event": event})
