"""A whole day for a large shop: ten plays chosen for a million customers, and the chosen ones decided by the gate.

Each part in a process of its own, so that its memory can be seen; the day's log is written. Beside it the limit: reading the
same figures with one query (the bare allocation is in benchmarks/allocation.py).
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from benchmarks import made
from benchmarks.b1_import import databases
from benchmarks.mailing import people
from benchmarks.messages import new_home

SIZES = (100_000, 1_000_000)
SUPPRESSED, PAUSED, REFUSED, CONTACTED = 0.03, 0.02, 0.03, 0.1
"""Shares of the people who get nothing any more, are left in peace, said no since, and heard from the shop lately."""
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


def run(*, lines: int, runs: int) -> None:
    """Print a table for each database. `lines`: at most so many customers."""
    for kind, url in databases():
        rows: list[list[Any]] = [
            ["customers", "read s", "meant", "chosen", "choose s", "MB", "decide s", "decided a second", "MB"]
        ]
        for size in (size for size in SIZES if size <= max(lines, SIZES[0])):
            home = new_home(url)
            told = {
                deed: made.child("benchmarks.whole_day", deed, str(size), home=home, url=url)
                for deed in ("fill", "read", "choose", "decide")
            }
            chosen, decided = told["choose"], told["decide"]
            rows.append([
                size, told["read"]["wall"], chosen["meant"], chosen["chosen"], chosen["wall"], chosen["peak_mb"], decided["wall"],
                round(decided["result"] / decided["wall"]), decided["peak_mb"],
            ])  # fmt: skip
        made.table(f"A whole day, {kind}", rows)


def fill(count: int) -> dict[str, Any]:
    """People who said yes, their profiles, and ten plays that act by themselves."""
    import numpy as np

    from regulars.decisions.models import ContactRules
    from regulars.plays import switching
    from regulars.plays.folders import Written
    from regulars.profiles.models import Profile
    from regulars.shop import current
    from regulars.shop.models import Shop, the_shop

    draw = np.random.default_rng(7)
    Shop.objects.filter(pk=the_shop().pk).update(zone="UTC", currency="EUR", refreshed_version=1)
    ContactRules.objects.create(pk=1, held_out_of_everything=0.05)
    for ids in people(count):
        days, orders = draw.integers(0, 700, len(ids)), draw.geometric(0.35, len(ids))
        net = draw.gamma(0.6, 3_000, len(ids)).astype(int)
        rows = [
            Profile(customer_id=pk, orders=int(number), order_days=int(number), days_since_last_order=int(day), net_next_90d=int(value),
                    net_next_365d=int(3 * value), margin_next_365d=int(1.2 * value), p_order_90d=0.2, net_total=9_000, margin_total=3_600)
            for pk, number, day, value in zip(ids, orders, days, net, strict=True)
        ]  # fmt: skip
        Profile.objects.bulk_create(rows, batch_size=500)
        trouble(ids, draw.random((4, len(ids))), draw.integers(1, 60, len(ids)))
    for name, audience, lift in PLAYS:
        limit = f"[limits]\nper_day = {LIMITS[name]}\n" if name in LIMITS else ""
        text = (
            f'[play]\nname = "{name}"\ntitle = "{name}"\nbecause = "It is time."\naudience = "{audience}"\non = "daily"\nonce_every = 60\n'
            f'[[action]]\nkind = "message"\nchannel = "email"\nwords = "letter"\n{limit}[value]\nlift = {lift}\n'
        )
        written = Written(text, {"letter.en.md": "Subject: Hello\n\nHello.\n"})
        switching.keep(written, by="bench", now=morning())
        switching.switch_on(name, by="bench", now=morning(), mode="automatic")
    if current.connection().vendor == "postgresql":
        with current.connection().cursor() as cursor:
            cursor.execute("ANALYZE")  # as the server does by itself within a minute
    return {}


def trouble(ids: list[int], lots: Any, days: Any) -> None:
    """What makes the gate refuse some of them. lots: four numbers each; days: since the shop wrote to them, if it did."""
    import datetime as dt

    from regulars.customers.models import Consent, Identifier, Pause, Suppression
    from regulars.customers.suppressing import hash_of
    from regulars.decisions.models import Decision, Reservation
    from regulars.shop.keys import key_id

    people, at = [(int(pk), *lot) for pk, *lot in zip(ids, *lots, strict=True)], morning() - dt.timedelta(days=1)
    values = dict(Identifier.objects.filter(pk__in=ids).values_list("pk", "value"))
    hashes = [hash_of(values[pk]) for pk, lot, *_rest in people if lot < SUPPRESSED]
    Suppression.objects.bulk_create(
        [Suppression(channel="email", value_hash=one, why="complaint", at=at) for one in hashes]
    )
    paused = [pk for pk, _lot, lot, *_rest in people if lot < PAUSED]
    Pause.objects.bulk_create([Pause(identifier_id=pk, why="paused_case", actor="desk", at=at) for pk in paused])
    no = [pk for pk, _one, _two, lot, _rest in people if lot < REFUSED]
    said = {"channel": "email", "state": "denied", "provenance": "benchmark", "at": at}
    Consent.objects.bulk_create([Consent(pk=key_id("no", str(pk)), identifier_id=pk, **said) for pk in no])
    heard = [
        (pk, at - dt.timedelta(days=int(ago)))
        for (pk, *_lots, lot), ago in zip(people, days, strict=True)
        if lot < CONTACTED
    ]
    was = {
        "channel": "email",
        "purpose": "care",
        "source": "play:before/1",
        "occurrence": "once",
        "priority": 4,
        "arm": "treated",
    }
    Decision.objects.bulk_create([
        Decision(pk=key_id("before", str(pk)), person_id=pk, identifier_id=pk, at=when, not_before=when, performed_at=when, **was)
        for pk, when in heard
    ], batch_size=500)  # fmt: skip
    Reservation.objects.bulk_create([
        Reservation(decision_id=key_id("before", str(pk)), identifier_id=pk, counts_at=when, priority=4, state="used") for pk, when in heard
    ], batch_size=500)  # fmt: skip


def read(_count: int) -> dict[str, Any]:
    """Every profile's figures with one query: what no choice can do without."""
    from regulars.plays.candidates import AT_ONCE, FIGURES
    from regulars.shop import current

    def work() -> int:
        with current.connection().cursor() as cursor:
            cursor.execute(f"SELECT customer_id, {', '.join(FIGURES)} FROM profiles_profile")
            return sum(len(rows) for rows in iter(lambda: cursor.fetchmany(AT_ONCE), []))

    return measured(work)


def choose(_count: int) -> dict[str, Any]:
    """The plan of the day, with its log."""
    from regulars.plays import planning

    found = measured(lambda: planning.plan(now=morning()))
    planned = found.pop("result")
    return found | {"meant": planned.meant, "chosen": planned.chosen}


def decide(_count: int) -> dict[str, Any]:
    """Everybody who was chosen, by the gate."""
    from regulars.plays import deciding

    return measured(lambda: deciding.everybody(now=morning()))


def measured(work: Callable[[], Any]) -> dict[str, Any]:
    """The result, and how long it took."""
    wall, _cpu, result = made.timed(work)
    return {"result": result, "wall": wall}


def morning() -> Any:
    """Ten o'clock today."""
    import datetime as dt

    return dt.datetime.now(dt.UTC).replace(hour=10, minute=0, second=0, microsecond=0)


if __name__ == "__main__":
    from regulars.cli.setting_up import ready

    ready()
    told = {"fill": fill, "read": read, "choose": choose, "decide": decide}[sys.argv[1]](int(sys.argv[2]))
    print(json.dumps(told | {"peak_mb": made.peak_mb()}))
