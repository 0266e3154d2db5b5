"""Whose day comes soon? What people told, dates of customer lists that the owner named, and how long somebody is a customer."""

import datetime as dt
from calendar import isleap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q

from regulars.customers.models import Attribute, Customer, Occasion
from regulars.customers.occasions import Day, day_of, imported
from regulars.customers.owners import owners_of
from regulars.policy.occasions import ChildConsent, childs_months, occurrences
from regulars.profiles.models import Profile

CHILD_MONTHS = range(145)
FIRST_ORDER = "first_order"
DAYS_MAX = 92
YEARS_MAX = 100


@dataclass(frozen=True, order=True)
class Coming:
    """A day of one customer. kind: of `Occasion.Kind`, or "first_order". years: since it began; months: of a child's age."""

    on: dt.date
    kind: str
    person: int
    label: str = ""
    years: int | None = None
    months: int | None = None


def coming(*, first: dt.date, last: dt.date) -> list[Coming]:
    """Every day that people told or that customer lists name, from `first` to `last`; once a person, kind and day."""
    days = _days(first, last)
    rows = Occasion.objects.filter(
        Q(kind=Occasion.Kind.CHILD) | ~Q(calendar="solar") | _any_of(days) | Q(month=2, day=29)
    )
    found = [each for row in rows.iterator() for each in _of(row, first, last)]
    kinds = dict(Attribute.objects.filter(switched_on=True).exclude(occasion="").values_list("key", "occasion"))
    if kinds:
        leap = ["02-29"] if any((day.month, day.day) in ((2, 28), (3, 1)) for day in days) else []
        for identifier, kind, date in imported(kinds, [*(f"{day:%m-%d}" for day in days), *leap]):
            told = Day(kind, date.month, date.day, date.year).checked()
            found += [
                Coming(it.on, kind, identifier, years=it.years) for it in occurrences(told, first=first, last=last)
            ]
    return sorted(set(_owned(found)))


def anniversaries(on: dt.date) -> "dict[int, int]":
    """Whose first order was on this day of an earlier year: years -> how many customers."""
    rows = Profile.objects.filter(first_day__in=same_days(on)).values("first_day").annotate(n=Count("pk"))
    return {on.year - day.year: n for day, n in rows.order_by("first_day").values_list("first_day", "n")}


def same_days(on: dt.date) -> list[dt.date]:
    """This day of earlier years. As days, not as month and day: those SQLite would ask Python for, row by row."""
    return [on.replace(year=on.year - back) for back in range(1, YEARS_MAX) if _is_there(on, on.year - back)]


def _is_there(on: dt.date, year: int) -> bool:
    return (on.month, on.day) != (2, 29) or isleap(year)


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    if not 0 <= (last - first).days < DAYS_MAX:
        raise ValueError(f"from 1 to {DAYS_MAX} days can be asked for, not {first} to {last}")
    return [first + dt.timedelta(days=day) for day in range((last - first).days + 1)]


def _any_of(days: Iterable[dt.date]) -> Q:
    found = Q(pk__in=[])
    for day in days:
        found |= Q(month=day.month, day=day.day)
    return found


def _of(row: Occasion, first: dt.date, last: dt.date) -> Iterator[Coming]:
    if row.kind != Occasion.Kind.CHILD:
        for it in occurrences(day_of(row), first=first, last=last):
            yield Coming(it.on, row.kind, row.identifier_id, row.label, it.years)
        return
    consent = ChildConsent(row.at.date(), row.consent_until) if row.consent_until else None
    born = dt.date(row.year or first.year, row.month, 1)
    for it in childs_months(born, CHILD_MONTHS, consent=consent, first=first, last=last):
        yield Coming(it.on, row.kind, row.identifier_id, row.label, months=int(it.key.removeprefix("month-")))


def _owned(found: Iterable[Coming]) -> Iterator[Coming]:
    """The same, of customers instead of identifiers; nobody who is not a customer any more."""
    found = list(found)
    owner = owners_of(each.person for each in found)
    for each in found:
        if each.person in owner:
            yield Coming(each.on, each.kind, owner[each.person], each.label, each.years, each.months)


def names(people: Iterable[int]) -> dict[int, str]:
    """What these customers are called."""
    rows = Customer.objects.filter(pk__in=list(people))
    return {row.pk: str(row) for row in rows}
