"""Whom could each play be meant for today? One pass over the profiles for all plays, less whom a play has met lately.

Whether a person may be contacted at all is the gate's to say; here only those are left out whom it would refuse for certain
and in great numbers: without any yes for the channel, or with a full budget of contacts.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from regulars.customers.consenting import attested
from regulars.customers.models import Attestation, Consent, Event, Identifier
from regulars.customers.owners import owner_of, owners_of
from regulars.decisions.models import Decision, Reservation, contact_rules
from regulars.orders.models import Order, Refund
from regulars.plays import coming
from regulars.plays.form import Form
from regulars.plays.running import Running
from regulars.policy.budget import earliest
from regulars.policy.contact import ASKED_CHANNELS, NOT_MARKETING, WEIGHTLESS
from regulars.policy.festivals import festivals
from regulars.policy.reasons import AFTER_THE_LOT, Reason
from regulars.profiles import people
from regulars.profiles.models import Profile
from regulars.profiles.segments import parse
from regulars.shop import current
from regulars.shop.models import the_shop

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Numbers = NDArray[np.float64]

FRESH_DAYS = 3
"""An event that became known longer ago is not acted on any more."""
BAD_STARS = 2
BEFORE_THE_LOT = [reason for reason in Reason if reason not in AFTER_THE_LOT]
"""Refused for these nobody was drawn, so the play may ask again."""
FOR_GOOD_DAYS = 36_500
FIGURES = ("net_next_90d", "net_next_365d", "margin_next_365d", "p_order_90d", "net_365d")
AT_ONCE = 5_000


@dataclass(frozen=True)
class Moment:
    """Why a play meets somebody today. occurrence: what makes it happen once; until: the last day that is not too late,
    None where no day is waited for."""

    occurrence: str
    until: dt.date | None = None


@dataclass(frozen=True)
class Candidates:
    """person and figures (FIGURES, minor units, NaN where not known): everybody any play is meant for; meant: (people,
    plays); moments: by play and person, for plays that wait for a day or an event."""

    person: "Whole"
    figures: "Numbers"
    meant: "NDArray[np.bool_]"
    moments: Mapping[tuple[int, int], Moment]


def candidates(plays: Sequence[Running], *, today: dt.date, now: dt.datetime) -> Candidates:
    """Who could get what. Raises segments.ConditionMistake for an audience that fits the dictionary no more."""
    import numpy as np

    person, figures, meant = _read([one.form for one in plays])
    moments: dict[tuple[int, int], Moment] = {}
    allowed = {
        channel: _may(person, reachable(channel, now)) for channel in {one.form.contact.channel for one in plays}
    }
    room = ~np.isin(person, _full(today, now))
    for place, one in enumerate(plays):
        found = _moments(one.form, today, now)
        if found is not None:
            meant[:, place] &= np.isin(person, np.fromiter(found, np.int64, len(found)))
            moments |= {(place, pk): moment for pk, moment in found.items()}
        if one.form.purpose not in NOT_MARKETING:
            meant[:, place] &= allowed[one.form.contact.channel]
        if one.form.contact.channel not in WEIGHTLESS and not one.form.owed:
            meant[:, place] &= room
        meant[:, place] &= ~np.isin(person, _met(one, today))
    some = meant.any(axis=1)
    return Candidates(person[some], figures[some], meant[some], moments)


def _read(forms: Sequence[Form]) -> "tuple[Whole, Numbers, NDArray[np.bool_]]":
    """One query: the figures of each profile, and which conditions it fulfils."""
    import numpy as np

    dialect = "postgresql" if current.connection().vendor == "postgresql" else "sqlite"
    unit = people.minor_per_major()
    conditions = [
        parse(form.audience, minor_per_major=unit).sql(dialect) if form.audience.strip() else "1=1" for form in forms
    ]
    columns = ", ".join(f"CASE WHEN {condition} THEN 1 ELSE 0 END" for condition in conditions)
    figures = ", ".join(f'"{name}"' for name in FIGURES)
    # The conditions were written by us from checked trees (profiles/segments.py); the columns are named above.
    sql = f'SELECT customer_id, {figures}, {columns} FROM "{Profile._meta.db_table}" WHERE {" OR ".join(conditions)}'
    known, meant = [np.empty((0, len(FIGURES)))], [np.empty((0, len(forms)), bool)]
    ids = [np.empty(0, np.int64)]
    with current.connection().chunked_cursor() as cursor:  # a part at a time stays on the server
        cursor.execute(sql)
        while rows := cursor.fetchmany(AT_ONCE):
            ids.append(np.fromiter((row[0] for row in rows), np.int64, len(rows)))  # as floats they would not be exact
            rest = np.array([row[1:] for row in rows], float)
            known.append(rest[:, : len(FIGURES)])
            meant.append(rest[:, len(FIGURES) :] > 0)
    person = np.concatenate(ids)
    order = np.argsort(person)
    return person[order], np.concatenate(known)[order], np.concatenate(meant)[order]


def reachable(channel: str, now: dt.datetime) -> "Whole | None":
    """Customers with any yes for a channel, whatever became of it; None where no yes is needed, or buyers may be written to."""
    import numpy as np

    vouched = attested(now)
    if channel not in ASKED_CHANNELS or channel in vouched.get(Attestation.Kind.SOFT_OPT_IN, ()):
        return None
    states = [Consent.State.GRANTED]
    if channel in vouched.get(Attestation.Kind.CLAIMED, ()):
        states.append(Consent.State.CLAIMED)
    said = Consent.objects.filter(channel=channel, state__in=states).values("identifier_id")
    rows = Identifier.objects.filter(pk__in=said).values_list("customer_id", flat=True)
    return np.unique(np.fromiter(rows.iterator(), np.int64))


def _may(person: "Whole", reached: "Whole | None") -> "NDArray[np.bool_]":
    """Which of these people are among those reached; all where no yes is needed."""
    import numpy as np

    return np.ones(len(person), bool) if reached is None else np.isin(person, reached)


def _full(today: dt.date, now: dt.datetime) -> "Whole":
    """Customers who heard from the shop so lately that their contact budget has no room today, whatever gave way."""
    import numpy as np

    budget = contact_rules().budget
    ends = dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), ZoneInfo(the_shop().zone))
    since = now - dt.timedelta(days=max(window.days for window in budget))
    used = Reservation.objects.filter(state=Reservation.State.USED, counts_at__gt=since).order_by("counts_at")
    owned = used.annotate(person=Coalesce(owner_of("identifier_id"), "identifier_id"))
    heard: dict[int, list[dt.datetime]] = defaultdict(list)
    for person, at in owned.values_list("person", "counts_at").iterator():
        heard[person].append(at)
    found = [who for who, times in heard.items() if earliest(now, times, budget, until=ends) is None]
    return np.unique(np.array(found, np.int64))


def _met(one: Running, today: dt.date) -> "Whole":
    """Customers whom the play met within its waiting time, or would have but for the lot: the held out wait as the others do."""
    import numpy as np

    waits = FOR_GOOD_DAYS if one.form.on == "once" else one.form.once_every
    since = dt.datetime.combine(today - dt.timedelta(days=waits - 1), dt.time(), ZoneInfo(the_shop().zone))
    rows = Decision.objects.filter(source__startswith=f"{one.play.scope}/", at__gte=since)
    rows = rows.exclude(arm=Decision.Arm.REFUSED, reason__in=BEFORE_THE_LOT)
    owners = Identifier.objects.filter(pk__in=rows.values("identifier_id")).values_list("customer_id", flat=True)
    return np.unique(np.fromiter(owners.iterator(), np.int64))


def _moments(form: Form, today: dt.date, now: dt.datetime) -> dict[int, Moment] | None:
    """For whom today is the play's day, or something has happened; None for a play that needs neither."""
    match form.on:
        case "occasion":
            return _occasions(form, today)
        case "festival":
            return _festivals(form, today)
        case "order":
            first = today - dt.timedelta(days=FRESH_DAYS)
            rows = Profile.objects.filter(last_day__gte=first).values_list("customer_id", "last_day")
            return {pk: Moment(f"order-{day}") for pk, day in rows.iterator()}
        case "refund" | "review" | "bad_review":
            return {pk: Moment(f"{form.on}-{key}") for pk, key in _happened(form.on, now)}
        case _:
            return None


def _occasions(form: Form, today: dt.date) -> dict[int, Moment]:
    on = today + dt.timedelta(days=form.days_before)
    found = {}
    for each in coming.coming(first=on, last=on):
        if each.kind in form.occasions:
            found[each.person] = Moment(f"{each.kind}-{each.on.year}-{each.months or ''}", each.on)
    if "first_order" in form.occasions:
        rows = Profile.objects.filter(first_day__in=coming.same_days(on))
        for pk in rows.values_list("customer_id", flat=True).iterator():
            found.setdefault(pk, Moment(f"first_order-{on.year}", on))
    return found


def _festivals(form: Form, today: dt.date) -> dict[int, Moment]:
    """Customers in whose country (else the shop's) one of the play's festivals is on that day."""
    on = today + dt.timedelta(days=form.days_before)
    found: dict[int, Moment] = {}
    home = the_shop().country
    countries = set(Profile.objects.values_list("country", flat=True).distinct().order_by())
    for country in countries:
        for each in festivals(str(country or home).upper()[:2], first=on, last=on):
            if each.code in form.festivals:
                rows = Profile.objects.filter(country=country).values_list("customer_id", flat=True)
                found |= {pk: Moment(f"{each.code}-{each.key}", each.last) for pk in rows.iterator()}
    return found


def _happened(event: str, now: dt.datetime) -> Iterator[tuple[int, int]]:
    """Customers and number of what became known in the last days, and happened not much earlier."""
    since, early = now - dt.timedelta(days=FRESH_DAYS), now - dt.timedelta(days=2 * FRESH_DAYS)
    if event in ("review", "bad_review"):
        rows = Event.objects.filter(kind="review", known_at__gte=since, happened_at__gte=early)
        if event == "bad_review":
            rows = rows.filter(data__rating__lte=BAD_STARS)
        said = list(rows.values_list("identifier_id", "pk"))
    else:
        refunds = Refund.objects.filter(known_at__gte=since, refunded_at__gte=early, amount__gt=0)
        of = Order.objects.filter(pk=OuterRef("order_id")).values("identifier_id")
        said = list(refunds.annotate(who=Coalesce(Subquery(of), "identifier_id")).values_list("who", "pk"))
    pairs = [(int(identifier), pk) for identifier, pk in said if identifier is not None]
    known = owners_of(identifier for identifier, _pk in pairs)
    for identifier, pk in pairs:
        if identifier in known:
            yield known[identifier], pk
