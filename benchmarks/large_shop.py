"""A large shop for benchmarks/whole_day.py: people with profiles, some of whom the gate refuses, and ten plays that are on."""

import datetime as dt
from typing import Any

from benchmarks.mailing import people

SUPPRESSED, PAUSED, REFUSED, CONTACTED = 0.03, 0.02, 0.03, 0.1
"""Shares of the people who get nothing any more, are left in peace, said no since, and heard from the shop in two months."""
PLAYS = (
    ("second", "order_days = 1 and days_since_last_order between 10 and 60", 0.6),
    ("refill", "order_days >= 3 and days_since_last_order between 20 and 40", 0.9),
    ("words", "days_since_last_order between 45 and 300", 0.35),
    ("bundle", "days_since_last_order between 20 and 90", 0.25),
    ("thanks", "order_days >= 5", 0.2),
    ("vip", "order_days >= 8 and days_since_last_order < 90", 0.2),
    ("ask", "order_days >= 2 and days_since_last_order between 14 and 180", 0.15),
    ("care", "days_since_last_order between 3 and 10", 0.15),
    ("call", "order_days >= 6 and days_since_last_order > 60", 0.35),
    ("late", "days_since_last_order between 300 and 700", 0.35),
)
LIMITS = {"thanks": 20_000, "vip": 5_000, "call": 30}


def fill(count: int, now: dt.datetime) -> None:
    """So many people who said yes, most of whom still may be written to."""
    import numpy as np

    from regulars.decisions.models import ContactRules
    from regulars.shop import current
    from regulars.shop.models import Shop, the_shop

    draw = np.random.default_rng(7)
    Shop.objects.filter(pk=the_shop().pk).update(zone="UTC", currency="EUR", refreshed_version=1)
    ContactRules.objects.create(pk=1, held_out_of_everything=0.05)
    for ids in people(count):
        _profiles(ids, draw)
        lots = draw.random((4, len(ids)))
        _refused(ids, lots, now - dt.timedelta(days=1))
        _contacted([pk for pk, lot in zip(ids, lots[3], strict=True) if lot < CONTACTED], draw, now)
    _plays(now)
    if current.connection().vendor == "postgresql":
        with current.connection().cursor() as cursor:
            cursor.execute("ANALYZE")  # as the server does by itself within a minute


def _profiles(ids: list[int], draw: Any) -> None:
    from regulars.profiles.models import Profile
    from regulars.shop.inserting import insert_all

    days, orders = draw.integers(0, 700, len(ids)), draw.geometric(0.35, len(ids))
    net = draw.gamma(0.6, 3_000, len(ids)).astype(int)
    insert_all([
        Profile(customer_id=pk, orders=int(number), order_days=int(number), days_since_last_order=int(day), net_next_90d=int(value),
                net_next_365d=int(3 * value), margin_next_365d=int(1.2 * value), p_order_90d=0.2, net_total=9_000, margin_total=3_600)
        for pk, number, day, value in zip(ids, orders, days, net, strict=True)
    ])  # fmt: skip


def _refused(ids: list[int], lots: Any, at: dt.datetime) -> None:
    """Complaints, pauses and objections. lots: numbers for each of the people."""
    from regulars.customers.models import Consent, Identifier, Pause, Suppression
    from regulars.customers.suppressing import hash_of
    from regulars.shop.keys import key_id

    hit = [
        [pk for pk, lot in zip(ids, row, strict=True) if lot < share]
        for row, share in zip(lots, (SUPPRESSED, PAUSED, REFUSED), strict=False)
    ]
    addresses = Identifier.objects.filter(pk__in=hit[0]).values_list("value", flat=True)
    about = {"channel": "email", "at": at}
    Suppression.objects.bulk_create(
        [Suppression(value_hash=hash_of(one), why="complaint", **about) for one in addresses]
    )
    Pause.objects.bulk_create([Pause(identifier_id=pk, why="paused_case", actor="desk", at=at) for pk in hit[1]])
    said = {"state": "denied", "provenance": "benchmark", **about}
    Consent.objects.bulk_create([Consent(pk=key_id("no", str(pk)), identifier_id=pk, **said) for pk in hit[2]])


def _contacted(ids: list[int], draw: Any, now: dt.datetime) -> None:
    """They heard from another play, some day in the last two months."""
    from regulars.decisions.models import Decision, Reservation
    from regulars.shop.inserting import insert_all
    from regulars.shop.keys import key_id

    times = [now - dt.timedelta(days=int(days)) for days in draw.integers(2, 61, len(ids))]
    was = {"channel": "email", "purpose": "care", "source": "play:before/1", "occurrence": "once", "arm": "treated"}
    made = [
        Decision(pk=key_id("before", str(pk)), person_id=pk, identifier_id=pk, at=at, not_before=at, performed_at=at, priority=4, **was)
        for pk, at in zip(ids, times, strict=True)
    ]  # fmt: skip
    insert_all(made)
    insert_all([
        Reservation(decision_id=one.pk, identifier_id=one.person_id, counts_at=one.at, priority=4, state="used") for one in made
    ])  # fmt: skip


def _plays(now: dt.datetime) -> None:
    from regulars.plays import switching
    from regulars.plays.folders import Written

    for name, audience, lift in PLAYS:
        limit = f"[limits]\nper_day = {LIMITS[name]}\n" if name in LIMITS else ""
        text = (
            f'[play]\nname = "{name}"\ntitle = "{name}"\nbecause = "It is time."\naudience = "{audience}"\non = "daily"\nonce_every = 60\n'
            f'[[action]]\nkind = "message"\nchannel = "email"\nwords = "letter"\n{limit}[value]\nlift = {lift}\n'
        )
        switching.keep(Written(text, {"letter.en.md": "Subject: Hello\n\nHello.\n"}), by="bench", now=now)
        switching.switch_on(name, by="bench", now=now, mode="automatic")
