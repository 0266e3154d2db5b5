"""Double opt-in: whoever asks for letters gets one that asks back, and only the answer to it is a yes.

An address that never answers becomes no customer, and its row is deleted when the question has run out.
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import override

from regulars.actions.messaging import links
from regulars.actions.messaging.accounts import account_of, sender_of
from regulars.actions.messaging.models import Message, Viewed
from regulars.actions.messaging.plan import Errand, message_id, send
from regulars.customers import pausing, suppressing
from regulars.customers.consenting import Proof, say
from regulars.customers.identifiers import blocked
from regulars.customers.locking import hold_owner
from regulars.customers.models import Consent, Customer, Identifier, Occasion, Pause, Suppression
from regulars.orders.models import Order
from regulars.policy.contact import NOT_MARKETING, PURPOSES
from regulars.shop import current
from regulars.shop.keys import key_id
from regulars.words.letters import Draft, newest, write
from regulars.words.models import Letter

SOURCE = "asking"
LETTER = "asking for a yes"
LANGUAGES = ("en", "zh-hans")
VALID = dt.timedelta(days=14)
TIMES_MAX, TIMES_WITHIN = 3, dt.timedelta(days=30)
"""So often one address is asked, whoever types it in."""
LIFTED = (Suppression.Why.UNSUBSCRIBED, Suppression.Why.COMPLAINT)


class NoAddress(ValueError):
    """What was typed is no e-mail address of a person."""


@dataclass(frozen=True)
class Wanted:
    """What somebody asked for: purposes, the words they saw, and where (a page, or a colleague's name)."""

    purposes: tuple[str, ...]
    wording: str
    where: str
    language: str = "en"

    def __post_init__(self) -> None:
        if not self.purposes or not set(self.purposes) <= set(PURPOSES) - NOT_MARKETING:
            raise ValueError(f"no purposes that can be asked for: {self.purposes}")


def ask(address: str, name: str, wanted: Wanted, *, now: dt.datetime) -> Message | None:
    """Send the question, once a day at most; None when this address was asked often enough. Raises NoAddress."""
    value = _checked(address)
    pk = key_id("email", value)
    with current.atomic():
        known = {"kind": "email", "value": value, "customer_id": pk, "name": name.strip()[:300], "seen_at": now}
        Identifier.objects.get_or_create(pk=pk, defaults=known)
        recent = Message.objects.filter(identifier_id=pk, source=SOURCE, planned_at__gt=now - TIMES_WITHIN)
        occurrence = f"{now.date()} {pk}"  # for each address: a person may have several
        if recent.exclude(occurrence=occurrence).count() >= TIMES_MAX:
            return None
        owner, _members = hold_owner(pk)
        root = sender_of(account_of("email")).public_url.rstrip("/")
        link = f"{root}/j/{links.token(message_id(owner, SOURCE, occurrence), links.CONFIRM)}"
        data = {"confirm": {"link": link}, "purposes": list(wanted.purposes), "wording": wanted.wording, "where": wanted.where,
                "language": wanted.language}  # fmt: skip
        return send(Errand(pk, SOURCE, occurrence, _letter(now), data=data), now=now)


def confirm(message: Message, *, at: dt.datetime) -> bool:
    """The yes to everything that was asked for; returns whether the question still stood. Twice is once."""
    if message.source != SOURCE or at > message.planned_at + VALID:
        return False
    with current.atomic():
        address = Identifier.objects.filter(pk=message.identifier_id).first()
        if address is None:
            return False
        _become_customer(address)
        where = f"{message.data['where']}, confirmed by the link in letter {message.pk}"
        said = Consent.objects.filter(identifier_id=address.pk, channel="email", provenance=where[:300])
        if not said.exists():
            answers = dict.fromkeys(message.data["purposes"], True)
            say(address.pk, "email", answers, proof=Proof(message.data["wording"], where, "person"), at=at)
            suppressing.lift("email", address.value, why=LIFTED, because=where, at=at)
            pausing.end(address.pk, Pause.Why.COMPLAINT, at=at)
    return True


def forget_unanswered(*, now: dt.datetime) -> int:
    """Delete addresses that only ever were a question without an answer, and the letters kept for looking at; returns how
    many."""
    asked = Message.objects.filter(source=SOURCE)
    over, open_ = asked.filter(planned_at__lt=now - VALID), asked.filter(planned_at__gte=now - VALID)
    alone = Identifier.objects.filter(pk__in=over.values("identifier_id"), seen_at__lt=now - VALID)
    alone = alone.exclude(Exists(open_.filter(identifier_id=OuterRef("pk"))))
    for model in (Consent, Order, Occasion):
        alone = alone.exclude(Exists(model.objects.filter(identifier_id=OuterRef("pk"))))
    alone = alone.exclude(Exists(Customer.objects.filter(pk=OuterRef("customer_id"))))
    letters = asked.filter(identifier_id__in=alone.values("pk"))
    with current.atomic():
        Viewed.objects.filter(pk__in=letters.values("pk")).delete()
        return alone.delete()[0]


def _checked(address: str) -> str:
    value = address.strip().lower()
    try:
        validate_email(value)
    except ValidationError as error:
        raise NoAddress(_("This is no e-mail address.")) from error
    if blocked(value) or len(value) > 254:
        raise NoAddress(_("This is no e-mail address of a person."))
    return value


def _become_customer(address: Identifier) -> None:
    about = {"name": address.name, "email": address.value, "country": address.country, "seen_at": address.seen_at}
    Customer.objects.get_or_create(pk=address.customer_id, defaults=about)


def _letter(now: dt.datetime) -> int:
    """The question in our words, in every language the pages have."""
    letter, _made = Letter.objects.get_or_create(name=LETTER, made_by=SOURCE, defaults={"at": now})
    kept = newest(letter.pk)
    for language in LANGUAGES:
        if language not in kept:
            with override(language):
                write(letter, _words(language), by=SOURCE, at=now)
    return letter.pk


def _words(language: str) -> Draft:
    blocks = [
        {"kind": "text", "words": _("You (or somebody with your address) asked {shop} for letters. Please say that it was you; without that, nothing comes.").format(shop="{{ shop.name }}")},
        {"kind": "button", "words": _("Yes, write to me"), "link": "{{ confirm.link }}"},
        {"kind": "text", "words": _("It was not you? Then do nothing: you hear no more of it, and your address is deleted.")},
    ]  # fmt: skip
    return Draft(language, _("Shall {shop} write to you?").format(shop="{{ shop.name }}"), blocks)
