"""What an answer of the gate means, in one sentence: for staff with the facts, and softly for the person."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_noop as _

from regulars.policy.reasons import Reason

STAFF = {
    Reason.EXPIRED: _("It came too late: what it was about is over."),
    Reason.ALREADY_DONE: _("They have got this already."),
    Reason.MERGED: _("Two customers were united; the other message counts."),
    Reason.STOPPED: _("This was stopped: {why}"),
    Reason.PAUSED_SHOP: _("All marketing is stopped: {why}"),
    Reason.SUPPRESSED: _("This address gets nothing any more{because}."),
    Reason.OBJECTED: _("They said no to this."),
    Reason.CLAIMED_ONLY: _(
        "Your customer list says yes, but nobody has said how that yes was given. Do so under Messages, Consent."
    ),
    Reason.NO_BASIS: _("They never said yes to this."),
    Reason.NO_ADDRESS: _("No address of this kind is known."),
    Reason.BAD_ADDRESS: _("The address is shared by several people, or is none."),
    Reason.PAUSED_BEREAVEMENT: _("They have lost somebody. They are left in peace."),
    Reason.PAUSED_PERSON: _("They asked to be left alone{until}."),
    Reason.PAUSED_CASE: _("They have an open complaint. First answer it."),
    Reason.PAUSED_RETURN: _("They are returning something."),
    Reason.PAUSED_COMPLAINT: _("They reported a message as spam. Only they can change that."),
    Reason.PAUSED_STAFF: _("Paused by staff{until}."),
    Reason.PAUSED_GOODBYE: _("They were told goodbye: left in peace until they order or answer."),
    Reason.HELD_OUT: _("Held out by lot, to see whether this helps."),
    Reason.BUDGET_USED: _("They heard from the shop often enough{last}."),
    Reason.LOWER_PRIORITY: _("Something that matters more took its place."),
    Reason.QUIET_HOURS: _("It is not the hour to write to them; it waits."),
    Reason.HOLIDAY: _("It is a Sunday or a holiday where they live; it waits."),
    Reason.ZONE_UNKNOWN: _("It is not known in which time zone they live; it waits for an hour that suits all."),
    Reason.NO_ALLOWED_TIME: _("No allowed hour was left before it would have been too late."),
    Reason.LIMIT_REACHED: _("The limit of this play was reached."),
    Reason.RATE: _("Messages leave one after another; it waits its turn."),
    Reason.WARM_UP: _("The account is new; a little more leaves each day."),
    Reason.CONTENT_REFUSED: _("The letter could not be filled for them."),
    Reason.CANCELLED: _("It was cancelled."),
    Reason.OVERTAKEN: _("They ordered before it left, and it no longer fits."),
    Reason.GATE_ERROR: _("The rules could not be asked, so nothing was sent."),
}
PERSON = {
    Reason.OBJECTED: _("You told us not to."),
    Reason.SUPPRESSED: _("We do not write to this address any more."),
    Reason.NO_BASIS: _("You have not asked for this."),
    Reason.CLAIMED_ONLY: _("We are not sure that you asked for this."),
    Reason.PAUSED_PERSON: _("You asked us to leave you alone."),
    Reason.PAUSED_BEREAVEMENT: _("We are thinking of you, and stay quiet."),
    Reason.PAUSED_CASE: _("We want to settle your complaint first."),
    Reason.PAUSED_RETURN: _("We want to finish your return first."),
    Reason.PAUSED_COMPLAINT: _("You told your mail provider that you do not want this."),
    Reason.PAUSED_GOODBYE: _("We said that we would stop writing."),
    Reason.BUDGET_USED: _("You have heard from us often enough lately."),
    Reason.HELD_OUT: _("Not everybody gets everything: that is how we learn what is any good."),
    Reason.QUIET_HOURS: _("We do not write at night."),
    Reason.HOLIDAY: _("We do not write on holidays."),
}
PERSON_ELSE = _("It did not suit.")
OWED = _("It concerned an order or a request of yours.")
NEUTRAL = {
    "care": _("It was one of our personal messages: a wish, a reminder or a word of thanks."),
    "news": _("It was one of our messages with news from the shop."),
    "offers": _("It was one of our messages about offers and gifts."),
    "club": _("It was one of our messages about the club."),
    "survey": _("It was one of our messages that ask for your opinion."),
    "referral": _("It was one of our messages about bringing friends along."),
}
"""Why somebody hears from the shop, where nobody has written it for them; by purpose."""


def to_staff(reason: str, facts: Mapping[str, Any] | None = None) -> str:
    """The sentence for the merchant, in the active language; "" for a yes."""
    if not reason:
        return ""
    told = dict(facts or {})
    if reason not in STAFF:
        return reason
    values = {
        "why": told.get("why", ""),
        "because": f" ({told['why']})" if told.get("why") else "",
        "until": _part(_(" until {day}"), told.get("until")),
        "last": _part(_(" (last {day})"), told.get("last")),
    }
    return translate(STAFF[Reason(reason)]).format(**values)


def to_person(reason: str) -> str:
    """The gentle sentence for the person themselves."""
    return translate(PERSON.get(Reason(reason), PERSON_ELSE)) if reason else ""


def neutral(purpose: str) -> str:
    """What kind of message it was, for the person themselves, in the active language."""
    return translate(NEUTRAL.get(purpose, OWED))


def _part(text: str, day: Any) -> str:
    if not day:
        return ""
    at = timezone.localtime(dt.datetime.fromisoformat(str(day)))
    return translate(text).format(day=formats.date_format(at, "DATE_FORMAT"))
