"""A change that customers must hear of (prices, terms, closing days): a letter begun for them, to those it concerns."""

import datetime as dt
from dataclasses import dataclass

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.decisions.models import ONLY_ROW, ContactRules, contact_rules
from regulars.plays.models import Campaign
from regulars.shop import current
from regulars.words.letters import LANGUAGES, Draft, write
from regulars.words.models import Letter

CLOSED_DAYS_MAX = 92
HOURS_MAX = 720
LEAVES_HOURS = 24
"""An announcement whose day is near, or past, may still go out for so long."""


class NotComplete(ValueError):
    """What is missing of an announcement; the message says it."""


@dataclass(frozen=True)
class Change:
    """What changes ("prices", "terms" or "closing"), from which day, and for closing days until which, both included."""

    kind: str
    first: dt.date
    last: dt.date


def kinds() -> dict[str, str]:
    """What can be announced."""
    return {
        "prices": _("prices change"), "terms": _("the terms change"), "closing": _("the shop is closed for some days"),
    }  # fmt: skip


def said(post: QueryDict) -> Change:
    """What the form says. Raises NotComplete."""
    try:
        first, last = (parse_date(post.get(name, "")) for name in ("first", "last"))
    except ValueError:
        first = last = None
    kind = post.get("kind", "")
    if first is None:
        raise NotComplete(_("From which day on? Write it as 2027-01-15."))
    if kind == "closing" and last is None:
        raise NotComplete(_("Until which day are you closed? Write it as 2027-01-15."))
    last = last if kind == "closing" and last else first
    if not 0 <= (last - first).days < CLOSED_DAYS_MAX:
        raise NotComplete(_("The last day comes after the first, within three months."))
    return Change(kind, first, last)


def begun(change: Change, *, by: str, quiet: bool) -> Campaign:
    """The campaign with its words, to be completed. quiet: nobody is written to on the closing days."""
    now = timezone.now()
    until = dt.datetime.combine(change.first, dt.time(), tzinfo=timezone.get_current_timezone()) - now
    hours = max(LEAVES_HOURS, min(HOURS_MAX, int(until.total_seconds() // 3600)))
    draft = words(change)
    with current.atomic():
        letter = Letter.objects.create(name=draft.subject, made_by=by, at=now)
        write(letter, draft, by=by, at=now)
        if quiet and change.kind == "closing":
            _close(change)
        return Campaign.objects.create(
            name=draft.subject, purpose="service", hold_out=0.0, hours=hours, letters=[letter.pk], made_by=by, at=now,
            condition=f"days_since_last_order <= {90 if change.kind == 'closing' else 365}",
            because=_("You bought from us not long ago, so this change concerns you."),
        )  # fmt: skip


def words(change: Change) -> Draft:
    """What the letter says to begin with."""
    first, last = date_format(change.first), date_format(change.last)
    back = date_format(change.last + dt.timedelta(days=1))
    subject, text = {
        "prices": (
            _("Our prices change on {first}"),
            _("From {first} on some of our prices change. Until then everything costs what it costs today.\n\nThese change:\n\n(write here what cost how much, and what it will cost)"),
        ),
        "terms": (
            _("Our terms change on {first}"),
            _("From {first} on we have new terms. What changes for you:\n\n(write it here in your own words)\n\nIf you do not agree, tell us before that day."),
        ),
        "closing": (
            _("We are closed from {first} to {last}"),
            _("From {first} to {last} we are closed. What you order in these days leaves from {back} on. If something is urgent, answer this letter before then."),
        ),
    }[change.kind]  # fmt: skip
    fill = {"first": first, "last": last, "back": back}
    language = get_language() or "en"
    blocks = [{"kind": "text", "words": text.format(**fill)}, {"kind": "signature", "words": "{{ shop.name }}"}]
    return Draft(language if language in LANGUAGES else "en", subject.format(**fill), blocks)


def _close(change: Change) -> None:
    days = [change.first + dt.timedelta(days=day) for day in range((change.last - change.first).days + 1)]
    closed = sorted({*contact_rules().closed_days, *(day.isoformat() for day in days)})
    ContactRules.objects.update_or_create(pk=ONLY_ROW, defaults={"closed_days": closed})
