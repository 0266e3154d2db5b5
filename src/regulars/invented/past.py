"""The demo's last two years in its own books: four plays that acted, whom they met, whom the lot withheld, who left.

The decisions come from the product's own choice and lot, made in the reacting shop while it lived (simulator/lived.py), so the
people who heard from the shop are those whose orders changed. Written straight into the tables: they are not decided again.
"""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass

from regulars.actions.messaging.models import Message
from regulars.actions.messaging.plan import message_of
from regulars.customers import leaving
from regulars.customers.consenting import Proof
from regulars.customers.models import Identifier
from regulars.decisions import gate
from regulars.decisions.models import Decision, Reservation
from regulars.plays import switching
from regulars.plays.form import Form
from regulars.plays.models import Play, PlayVersion, Switch
from regulars.policy.chances import even
from regulars.policy.choose import PARTS, REMAINING_DAYS, SLOT_SHARE
from regulars.policy.hold_out import EVERYTHING, PLAY, variant
from regulars.policy.reasons import Reason
from regulars.policy.value import COST_SHARES, HORIZON_DAYS, Prospect, Terms, worth
from regulars.shop import current
from regulars.shop.keys import key_id
from regulars.simulator.lived import HELD_OUT_OF_EVERYTHING, HELD_OUT_OF_PLAY, PLAYS, Past
from regulars.simulator.people import Person
from regulars.simulator.reacting.plays import NOTHING, OF_EVERYTHING
from regulars.simulator.times import SHOP_ZONE, Calendar
from regulars.simulator.willow import Shop

BY = "demo"
SALT = "willow"
"""Of the hold-outs: no secret here, so that the demo is the same everywhere."""
OWN_ACCOUNTS = "regulars"
"""Whose account numbers the demo's are: of files in our own layout."""
AUTOMATIC = ("birthday", "replenishment")
MORNING, LETTER = dt.time(9), dt.timedelta(hours=1)
WRITTEN_AT_ONCE = 500
SAID_NO = Proof("Unsubscribe", "link in a letter", "person")
MINOR_PER_MAJOR = 100
ORDER_MARGIN = 1_600.0
"""Of a usual order, in minor units: what the owner of the demo had in mind."""


def number(person: Person) -> int:
    """By which the product will know a person, also before anything is imported: the account's number, else the address's."""
    contact = person.contact
    return key_id("account", f"{OWN_ACCOUNTS}:{contact.ref}") if contact.ref else key_id("email", contact.email)


@dataclass(frozen=True)
class Met:
    """One meeting of a play and a person, as the simulator tells it. owner: the customer; layer: NOTHING where it was done."""

    play: str
    identifier: int
    owner: int
    at: dt.datetime
    layer: int
    margin: float
    contacts: float


def written() -> bool:
    """Whether that was done before."""
    return Switch.objects.filter(by=BY).exists()


def write(shop: Shop, calendar: Calendar) -> None:
    """Switch the plays on as of two years ago, and write down what they did since."""
    begun = _morning(calendar, int(shop.past.day.min()))
    with current.atomic():
        forms = {name: _on(name, begun) for name in PLAYS.values()}
        made = [_decided(met, *forms[met.play]) for met in _meetings(shop, calendar)]
        Decision.objects.bulk_create(made, batch_size=WRITTEN_AT_ONCE)
        done = [one for one in made if one.arm == Decision.Arm.TREATED]
        Reservation.objects.bulk_create([_used(one) for one in done], batch_size=WRITTEN_AT_ONCE)
        Message.objects.bulk_create([_sent(one) for one in done], batch_size=WRITTEN_AT_ONCE)
        for identifier, at in _leavers(shop, calendar):
            leaving.leave(identifier, "email", SAID_NO, at=at)


def _on(name: str, at: dt.datetime) -> tuple[Form, Play, list[int]]:
    mode = Play.Mode.AUTOMATIC if name in AUTOMATIC else Play.Mode.ASK
    play = switching.switch_on(name, by=BY, now=at, mode=mode)
    letters = PlayVersion.objects.get(play=play, number=play.version).letters
    found = switching.known(name)
    assert found is not None
    return found.form, play, [letters[words] for words in found.form.contact.words]


def _meetings(shop: Shop, calendar: Calendar) -> Iterator[Met]:
    """Of everybody whom the product knows under the address that the play was meant for."""
    past: Past = shop.past
    mails = [key_id("email", person.contact.email) for person in shop.people]
    wanted = {mails[person] for person in past.person.tolist()}
    owners = dict(Identifier.objects.filter(pk__in=wanted).values_list("pk", "customer_id"))
    seen: set[tuple[int, int]] = set()
    for row, person in enumerate(past.person.tolist()):
        mail, day = mails[person], int(past.day[row])
        if mail in owners and (owners[mail], day) not in seen:
            seen.add((owners[mail], day))
            yield Met(PLAYS[int(past.play[row])], mail, owners[mail], _morning(calendar, day), int(past.layer[row]),
                      float(past.margin[row]), float(past.contacts[row]))  # fmt: skip


def _decided(met: Met, form: Form, play: Play, letters: list[int]) -> Decision:
    held, day, weights = met.layer != NOTHING, met.at.date().isoformat(), even(len(letters))
    drawn = {"chances": list(weights), "version_chance": weights[0]} if len(letters) > 1 else {}
    layer = EVERYTHING if met.layer == OF_EVERYTHING else PLAY
    return Decision(
        pk=gate.decision_id(met.owner, play.source, day), person_id=met.owner, identifier_id=met.identifier, channel="email",
        purpose=form.purpose, source=play.source, occurrence=day, priority=form.priority,
        arm=Decision.Arm.HELD_OUT if held else Decision.Arm.TREATED, reason=Reason.HELD_OUT if held else "",
        facts={"layer": layer} if held else {}, because=form.because.of("en"), todo={"letters": letters},
        variant=variant(met.owner, play.scope, weights, salt=SALT, occasion=day),
        share=HELD_OUT_OF_PLAY, share_of_all=HELD_OUT_OF_EVERYTHING, weighed=_weighed(met, form) | drawn, at=met.at,
        not_before=met.at, performed_at=None if held else met.at,
    )  # fmt: skip


def _weighed(met: Met, form: Form) -> dict[str, float]:
    """What it was worth, as a plan writes it: in minor units."""
    margin = met.margin * MINOR_PER_MAJOR
    terms = Terms(lift=form.value.lift, days=form.value.days, cost=COST_SHARES["email"] * ORDER_MARGIN,
                  slot=SLOT_SHARE * ORDER_MARGIN)  # fmt: skip
    found = worth(Prospect(margin, margin * REMAINING_DAYS / HORIZON_DAYS, met.contacts), terms)
    told = {name: round(float(getattr(found, name)), 2) for name in (*PARTS, "total")}
    likely = 1 - math.exp(-margin / ORDER_MARGIN * form.goal.within / HORIZON_DAYS)
    return told | {"margin": round(margin, 2), "contacts": round(met.contacts, 4), "likely": round(likely, 6),
                   "belief": form.value.lift}  # fmt: skip


def _used(one: Decision) -> Reservation:
    return Reservation(decision_id=one.pk, identifier_id=one.identifier_id, counts_at=one.at, priority=one.priority,
                       state=Reservation.State.USED)  # fmt: skip


def _sent(one: Decision) -> Message:
    """As it was planned that morning, and left an hour later."""
    message = message_of(one, one.at)
    message.state, message.sent_at = Message.State.SENT, one.at + LETTER
    return message


def _leavers(shop: Shop, calendar: Calendar) -> Iterator[tuple[Identifier, dt.datetime]]:
    for person, day in zip(shop.past.left.tolist(), shop.past.left_on.tolist(), strict=True):
        found = Identifier.objects.filter(pk=key_id("email", shop.people[person].contact.email)).first()
        if found is not None:
            yield found, _morning(calendar, int(day)) + LETTER


def _morning(calendar: Calendar, day: int) -> dt.datetime:
    return dt.datetime.combine(calendar.date_of(day), MORNING, SHOP_ZONE).astimezone(dt.UTC)
