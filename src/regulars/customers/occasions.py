"""Days that people told us, so that they can be greeted; and a child's months, under a consent of its own that ends."""

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.db.models.functions import Right
from django.utils.translation import gettext as _

from regulars.customers.consenting import Proof
from regulars.customers.locking import hold_owner
from regulars.customers.models import AttributeValue, Occasion
from regulars.policy import occasions
from regulars.policy.occasions import OccasionError
from regulars.shop import current
from regulars.shop.keys import key_id

CHILD_DAYS_MAX = 3 * 366
"""So long at most a consent about a child holds; then the parent is asked again or the shop forgets."""


@dataclass(frozen=True)
class Day:
    """A day as it was told; what the fields mean is said by `policy.occasions.Occasion`."""

    kind: str
    month: int
    day: int
    year: int | None = None
    calendar: str = "solar"
    rule: str = ""
    label: str = ""

    def checked(self) -> occasions.Occasion:
        """As policy asks it. Raises OccasionError for a day that there is not."""
        kind = "custom" if self.kind == Occasion.Kind.CHILD else self.kind
        return occasions.Occasion(kind, self.month, self.day, self.year, self.calendar, self.rule)


def tell(identifier: int, told: Day, *, proof: Proof, at: dt.datetime) -> Occasion:
    """Keep a day; told again it replaces the earlier one. Raises OccasionError, also for a child without consent and end."""
    told.checked()
    label = f"{told.year}-{told.month:02}" if told.kind == Occasion.Kind.CHILD else told.label[:100]  # one row a child
    until = proof.valid_until.date() if proof.valid_until else None
    if told.kind == Occasion.Kind.CHILD:
        _check_child(told, proof, until, at)
    with current.atomic():
        hold_owner(identifier)
        return Occasion.objects.update_or_create(
            pk=key_id("occasion", str(identifier), told.kind, label),
            defaults={
                "identifier_id": identifier, "kind": told.kind, "label": label, "month": told.month, "day": told.day,
                "year": told.year, "calendar": told.calendar, "rule": told.rule, "wording": proof.wording[:1000],
                "provenance": proof.provenance[:300], "actor": proof.actor, "at": at,
                "consent_until": until if told.kind == Occasion.Kind.CHILD else None,
            },
        )[0]  # fmt: skip


def _check_child(told: Day, proof: Proof, until: dt.date | None, at: dt.datetime) -> None:
    if not proof.wording.strip() or until is None:
        raise OccasionError(_("About a child we need the parent's own yes: its words, and until when it holds."))
    if not 0 < (until - at.date()).days <= CHILD_DAYS_MAX:
        raise OccasionError(_("A consent about a child holds for three years at most."))
    if told.year is None or told.calendar != "solar" or told.day != 1:
        raise OccasionError(_("Of a child we keep the month and the year of birth, not the day."))


def forget(number: int) -> bool:
    """Delete a day; returns whether there was one."""
    return Occasion.objects.filter(pk=number).delete()[0] == 1


def forget_ended(*, today: dt.date) -> int:
    """Delete what is about children whose parents' consent is over; returns how many."""
    return Occasion.objects.filter(consent_until__lt=today).delete()[0]


def told_with(identifiers: Iterable[int]) -> list[Occasion]:
    """The days that were told by whoever has these identifiers."""
    return list(Occasion.objects.filter(identifier_id__in=list(identifiers)).order_by("kind", "label", "pk"))


def day_of(row: Occasion) -> occasions.Occasion:
    """As policy asks it."""
    return Day(row.kind, row.month, row.day, row.year, row.calendar, row.rule).checked()


def imported(kind_of: dict[str, str], month_days: Iterable[str]) -> list[tuple[int, str, dt.date]]:
    """Dates that came with customer lists: (identifier, kind, date) of those on these days of the year ("11-30").

    kind_of: which attribute holds which kind.
    """
    rows = AttributeValue.objects.annotate(month_day=Right("value", 6)).filter(
        attribute__in=list(kind_of), month_day__in=[f"-{each}" for each in month_days]
    )
    found = []
    for identifier, attribute, value in rows.values_list("identifier_id", "attribute", "value").iterator():
        with suppress(ValueError):  # a date that is none
            found.append((identifier, kind_of[attribute], dt.date.fromisoformat(value)))
    return found
