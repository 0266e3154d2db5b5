"""The gate's answers about many people in every situation stay what they were, asked together or one by one.

answers_kept.txt was written when people were still read in small numbers. Whoever changes a rule on purpose writes it anew:
`REGULARS_KEEP=yes pytest tests/decisions/test_gate_alike.py`.
"""

import datetime as dt
import os
import random
from pathlib import Path

from cast import MORNING, PROOF, person, wish
from regulars.customers import pausing, suppressing
from regulars.customers.consenting import say
from regulars.customers.models import Attestation, Consent, Identifier, Pause, Preference, Suppression
from regulars.decisions import gate, limits, stopping
from regulars.decisions.models import ContactRules, Decision, Reservation
from regulars.policy.hold_out import HoldOut
from regulars.shop import current
from regulars.shop.keys import key_id
from regulars.shop.models import Shop, the_shop

KEPT = Path(__file__).with_name("answers_kept.txt")
DAY = dt.timedelta(days=1)
PEOPLE = 90
PLACES = (("DE", "", ""), ("US", "FL", "32501"), ("US", "", ""), ("FR", "", ""), ("", "", ""), ("CN", "", ""))
REASONS = [why for why in Pause.Why.values if why != Pause.Why.GOODBYE]  # newer than the answers
PURPOSES = ("news", "care", "service")


def a_shop_full_of_troubles():
    """People in every situation; their numbers."""
    luck = random.Random(11)
    Shop.objects.filter(pk=the_shop().pk).update(zone="Europe/Berlin", country="DE", salt="kept for the test")
    ContactRules.objects.update_or_create(pk=1, defaults={"closed_days": ["2026-11-20"], "held_out_of_everything": 0.1})
    Attestation.objects.create(kind="claimed", channel="sms", wording="ticked", actor="owner", at=MORNING - 50 * DAY)
    limits.register("few", 41, actor="owner", at=MORNING)
    stopping.stop("play:stopped", why="a typo", actor="owner", at=MORNING)
    with current.atomic():
        people = [_somebody(luck, number) for number in range(PEOPLE)]
    for left, right in zip(people[::9], people[1::9], strict=True):  # two addresses of one person
        Identifier.objects.filter(customer_id=right).update(customer_id=left)
    return people


def _somebody(luck, number):
    country, region, postcode = luck.choice(PLACES)
    phone = f"+4915112345{number:03}" if luck.random() < 0.4 else ""
    street = luck.choice(["", "Lindenweg 5", "Lindenweg 5"])
    pk = person(f"P{number}", phone=phone, country=country, yes=luck.random() < 0.6, street=street)
    Identifier.objects.filter(pk=pk).update(
        region=region, postcode=postcode, blocked=luck.choice([*[""] * 12, "shared"])
    )
    for _word in range(luck.randrange(4)):
        purposes = {luck.choice(["", *PURPOSES]): luck.random() < 0.6}
        say(pk, luck.choice(["email", "sms"]), purposes, proof=PROOF, at=MORNING - luck.randrange(90) * DAY)
    if phone:
        state = luck.choice(["claimed", "claimed_no", "granted"])
        Consent.objects.create(
            pk=key_id("c", str(pk)), identifier_id=key_id("phone", phone), channel="sms", state=state, provenance="list",
            at=MORNING - 20 * DAY, valid_until=luck.choice([None, MORNING - DAY, MORNING + DAY]),
        )  # fmt: skip
    if luck.random() < 0.15:
        because = suppressing.Because(luck.choice(Suppression.Why.values), "test")
        suppressing.suppress("email", f"p{number}@customer.example", because, at=MORNING - DAY)
    if luck.random() < 0.2:
        grounds, until = pausing.Grounds(luck.choice(REASONS), "desk"), luck.choice([None, MORNING + DAY])
        pausing.pause(pk, grounds, at=MORNING - DAY, until=until)
    if luck.random() < 0.4:
        chosen = {"zone": luck.choice(["", "Asia/Tokyo"]), "less_often": luck.random() < 0.5}
        Preference.objects.create(identifier_id=pk, at=MORNING - number * DAY, **chosen)
    for _contact in range(luck.choice([0, 0, 0, 1, 2, 3])):
        _heard(luck, pk)
    return pk


def _heard(luck, pk):
    """From another play, before or later; that may be displaced or not."""
    at, kind = MORNING + luck.uniform(-35, 6) * DAY, luck.choice(["used", "held", "held", "released"])
    source, number = luck.choice(["play:other/1", "play:hello/1"]), luck.randrange(10**12)
    arm, facts = luck.choice([("treated", {}), ("held_out", {"layer": "play"}), ("treated", {})])
    Decision.objects.create(
        pk=number, person_id=pk, identifier_id=pk, channel="email", purpose="care", source=source, occurrence=f"o{number}",
        priority=luck.randint(1, 5), arm=arm, facts=facts, share=luck.choice([None, 0.3]), at=min(at, MORNING), not_before=at,
        ended_at=luck.choice([None, at]),
    )  # fmt: skip
    Reservation.objects.create(
        decision_id=number, identifier_id=pk, counts_at=at, priority=luck.randint(1, 5), state=kind
    )


def requests(people, luck, number):
    """For everybody in random order one wish of a few kinds."""
    kinds = []
    for play in ("hello", "other", "third", "hello", "stopped", "scarce"):
        channel = luck.choice(["email", "email", "email", "sms", "card", "inbox"])
        kinds.append(wish(
            f"play:{play}/1", channel=channel, purpose=luck.choice(PURPOSES), occurrence=f"r{number}", priority=luck.randint(1, 5),
            not_before=MORNING + luck.choice([0, 0, 0.4, 2]) * DAY, expires_at=MORNING + luck.choice([1, 4, 9, 9]) * DAY,
            hold_out=luck.choice([None, HoldOut("kept for the test", 0.1, 0.3), HoldOut("kept for the test", 0.05, 0.5)]), takes=(("few", 2),) if play == "scarce" else (),
        ))  # fmt: skip
    return [gate.Request(who, luck.choice(kinds), "Because.") for who in luck.sample(people, len(people))]


def answers():
    """Of all that is asked, looked at first and then decided, and what is held at the end."""
    luck, people, told = random.Random(5), a_shop_full_of_troubles(), []
    names = {pk: f"P{number}" for number, pk in enumerate(people)}
    for number in range(5):
        now, asked = MORNING + number * DAY / 3, requests(people, luck, number)
        looked = gate.weigh(asked, now=now)
        for one, look, decision in zip(asked, looked, gate.decide(asked, now=now), strict=True):
            first = f"{look.reason or 'yes'} {_hours(look.at)} {len(look.displaced)}"
            second = (
                f"{decision.arm} {decision.reason or '-'} {_hours(decision.not_before)} {decision.identifier_id % 1000}"
            )
            told.append(
                f"{number} {names[one.identifier_id]} {one.wish.source[5:-2]} {one.wish.channel}: {first} | {second}"
            )
    slots = Reservation.objects.order_by("counts_at", "decision_id").values_list(
        "counts_at", "priority", "state", "why"
    )
    told += [f"{_hours(at)} {priority} {state} {why}".strip() for at, priority, state, why in slots]
    return told + [f"{key}: {numbers}" for key, numbers in limits.balances().items()]


def _hours(at):
    return "-" if at is None else f"{(at - MORNING) / dt.timedelta(hours=1):.2f}"


def test_every_answer_stays_what_it_was(shop):
    found = answers()
    if os.environ.get("REGULARS_KEEP") == "yes":
        KEPT.write_text("\n".join(found) + "\n")
    assert found == KEPT.read_text().splitlines()


def test_asked_together_everybody_gets_the_answer_they_get_in_small_numbers(small_shop, monkeypatch):
    people = a_shop_full_of_troubles()
    asked = requests(people, random.Random(3), 0)
    together = gate.weigh(asked, now=MORNING)
    monkeypatch.setattr(gate, "READ_AT_ONCE", 7)
    assert gate.weigh(asked, now=MORNING) == together
