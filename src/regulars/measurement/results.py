"""What did all of this change? All plays together, each play, the newest campaigns, and what the proof itself costs."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from regulars.actions.messaging.models import Message
from regulars.decisions.models import Decision, Reservation
from regulars.measurement import told
from regulars.measurement.learning import CLAIMED, PLAYS
from regulars.measurement.models import Lift
from regulars.measurement.pooling import ALONE, POOLED
from regulars.measurement.told import Told
from regulars.plays.models import Campaign, Play
from regulars.policy.reasons import AFTER_THE_LOT
from regulars.shop.models import the_shop

CAMPAIGNS_SHOWN = 10


@dataclass(frozen=True)
class OfPlay:
    """One play: treated and held_out are people; told is None before the first night."""

    play: Play
    treated: int
    held_out: int
    told: Told | None


@dataclass(frozen=True)
class Price:
    """What holding people out costs: their number, and money with its standard error, in minor units; None while unknown."""

    people: int
    money: float | None = None
    error: float | None = None


@dataclass(frozen=True)
class Similar:
    """One play beside those like it. value: its own change of how many come back, between low and high, as a share; seasons:
    years and versions of its words that it was counted in; shrunk: drawn towards its family, give or take error, None where
    it stands alone."""

    play: Play
    family: str
    n: int
    seasons: int
    value: float
    low: float
    high: float
    shrunk: float | None
    error: float | None


def together() -> Told | None:
    """All plays against those who are held out of everything."""
    return told.of(PLAYS)


def claimed_plays() -> frozenset[str]:
    """The plays that may be said to work, as of the last month."""
    row = Lift.objects.filter(source=PLAYS, question=CLAIMED).first()
    return frozenset(row.data["plays"]) if row else frozenset()


def of_play(play: Play) -> OfPlay:
    """What is known of one play."""
    counts = counted().get(play.name, {})
    return OfPlay(
        play,
        counts.get("treated", 0),
        counts.get("held_out", 0),
        told.of(play.scope, claimed=play.name in claimed_plays()),
    )


def plays() -> list[OfPlay]:
    """Every play that ever acted, those that are on first."""
    counts, names, lifts = counted(), claimed_plays(), told.lifts_of(PLAYS)
    currency = the_shop().currency if lifts else ""
    return [
        OfPlay(play, counts.get(play.name, {}).get("treated", 0), counts.get(play.name, {}).get("held_out", 0),
               told.about(lifts.get(play.scope), claimed=play.name in names, currency=currency))
        for play in Play.objects.exclude(began=None).order_by("-state", "name")
    ]  # fmt: skip


def similar() -> list[Similar]:
    """What similar plays say together, as of the last night; those with relatives first."""
    row = Lift.objects.filter(source=PLAYS, question=POOLED).first()
    families: dict[str, list[dict[str, Any]]] = row.data["families"] if row else {}
    known = Play.objects.in_bulk([one["play"] for rows in families.values() for one in rows]) if families else {}
    return [
        Similar(known[one["play"]], "" if family.startswith(ALONE) else family, one["n"], one["seasons"], one["value"], one["low"], one["high"],
                one["shrunk"], one["error"])
        for family, rows in sorted(families.items(), key=lambda each: (len(each[1]) < 2, each[0])) for one in rows
        if one["play"] in known
    ]  # fmt: skip


def counted() -> dict[str, dict[str, int]]:
    """By play and arm, how many different people."""
    rows = Decision.objects.filter(source__startswith=PLAYS).exclude(
        ~Q(reason__in=AFTER_THE_LOT), arm=Decision.Arm.REFUSED
    )
    found: dict[str, dict[str, int]] = {}
    for source, arm, n in rows.values_list("source", "arm").annotate(Count("person_id", distinct=True)).order_by():
        name = source.removeprefix(PLAYS).rsplit("/", 1)[0]
        side = "held_out" if arm == Decision.Arm.HELD_OUT else "treated"
        mine = found.setdefault(name, {})
        mine[side] = mine.get(side, 0) + n
    return found


def campaigns() -> list[tuple[Campaign, Told | None]]:
    """The newest campaigns that held somebody out."""
    rows = Campaign.objects.exclude(launched_at=None).filter(hold_out__gt=0).order_by("-launched_at")
    return [(row, told.of(row.source)) for row in rows[:CAMPAIGNS_SHOWN]]


def price(found: list[OfPlay]) -> Price:
    """What the held out would have brought, had the plays worked for them as they did for the others."""
    people, money, variance = 0, 0.0, 0.0
    known = False
    for each in found:
        people += each.held_out
        margin: dict[str, Any] = each.told.lift.data.get("margin", {}) if each.told else {}
        if margin.get("estimate") is not None and margin.get("error") is not None:
            known = True
            money += margin["estimate"] * each.held_out
            variance += (margin["error"] * each.held_out) ** 2
    return Price(people, money, variance**0.5) if known else Price(people)


def contacts() -> dict[str, int]:
    """What was done in all: contacts that counted, messages that left."""
    return {
        "contacts": Reservation.objects.filter(state=Reservation.State.USED).count(),
        "messages": Message.objects.filter(state=Message.State.SENT, marketing=True).count(),
    }
