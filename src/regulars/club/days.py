"""Days that a person tells the shop on their own page: a birthday, a wedding day, a child's month. Each can be taken back."""

import datetime as dt
import re
from collections.abc import Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regulars.club.leaving import LINK, Letter
from regulars.customers import occasions
from regulars.customers.consenting import Proof
from regulars.customers.models import Identifier, Occasion
from regulars.policy.occasions import OccasionError

KINDS = (Occasion.Kind.BIRTHDAY, Occasion.Kind.NAME_DAY, Occasion.Kind.WEDDING)
CHILD_DAYS = 2 * 365
NUMBER = re.compile(r"[0-9]{1,19}")


def of(letter: Letter) -> list[Occasion]:
    """What this person told, by whichever address."""
    return occasions.told_with(_members(letter))


def _members(letter: Letter) -> list[int]:
    return list(Identifier.objects.filter(customer_id=letter.address.customer_id).values_list("pk", flat=True))


def do(letter: Letter, post: Mapping[str, str], *, at: dt.datetime) -> bool:
    """What the form asks for; returns whether it could be kept."""
    if post.get("deed") == "forget":
        return _forget(letter, post.get("number", ""))
    try:
        if post.get("deed") == "child":
            return _child(letter, post, at)
        kind = post.get("kind", "")
        if kind not in KINDS:
            return False
        told = occasions.Day(
            kind, int(post.get("month", "")), int(post.get("day", "")), None, post.get("calendar", "solar")
        )
        occasions.tell(letter.address.pk, told, proof=_proof(letter, _("My days")), at=at)
    except (OccasionError, ValueError):
        return False
    return True


def _child(letter: Letter, post: Mapping[str, str], at: dt.datetime) -> bool:
    if post.get("agreed") != "yes":
        return False
    until = child_until(at)
    year = int(post.get("year", ""))
    if not at.year - 18 <= year <= at.year + 1:
        return False
    told = occasions.Day(Occasion.Kind.CHILD, int(post.get("month", "")), 1, year)
    end = dt.datetime.combine(until, dt.time(12), tzinfo=dt.UTC)
    occasions.tell(letter.address.pk, told, proof=_proof(letter, child_words(until), end), at=at)
    return True


def child_until(at: dt.datetime) -> dt.date:
    """Until when a consent that is given now holds."""
    return at.date() + dt.timedelta(days=CHILD_DAYS)


def child_words(until: dt.date) -> str:
    """What a parent agrees to."""
    text = _("I agree that the shop writes to me until {day} about what suits a child of this age. I can take this back at any time, and it is deleted then.")  # fmt: skip
    return text.format(day=date_format(until))


def _proof(letter: Letter, wording: str, until: dt.datetime | None = None) -> Proof:
    return Proof(wording, f"{LINK} {letter.message.pk}", "person", valid_until=until)


def _forget(letter: Letter, number: str) -> bool:
    """Only what is this person's own."""
    if not NUMBER.fullmatch(number):
        return False
    mine = Occasion.objects.filter(pk=int(number), identifier_id__in=_members(letter))
    return mine.exists() and occasions.forget(int(number))
