"""The addresses at which providers report: each holds a secret of ours, and speaks for one provider of one channel.

Who knows such an address may report about what left by it. A new address ends the old one at once.
"""

from django.db.models import F

from regulars.actions.messaging import links
from regulars.actions.messaging.channels.email.providers import PROVIDERS
from regulars.actions.messaging.models import Account

EMAIL, SMS, CARDS = "email", "sms", "cards"
CHANNELS = {EMAIL: "email", SMS: "sms", CARDS: "card"}
"""The channel whose account each kind of report belongs to."""


def opens(kind: str, secret: str, provider: str = "") -> bool:
    """Whether this is the secret of an address of ours."""
    if kind == EMAIL and not (provider in PROVIDERS and PROVIDERS[provider].reports):
        return False
    return links.opens(secret, _door(kind, provider), _number(CHANNELS[kind]))


def address(kind: str, provider: str = "") -> str:
    """Where a provider reports, for the owner to copy; only a path while nobody has said where this installation is reached."""
    public = Account.objects.filter(pk="email").values_list("public_url", flat=True).first() or ""
    door = _door(kind, provider)
    return f"{public.rstrip('/')}/hooks/{door}/{links.hook(door, _number(CHANNELS[kind]))}"


def renew(kind: str) -> None:
    """A new address; what comes to the old one is not heard any more."""
    Account.objects.get_or_create(pk=CHANNELS[kind])
    Account.objects.filter(pk=CHANNELS[kind]).update(hook_number=F("hook_number") + 1)


def _door(kind: str, provider: str) -> str:
    return f"{kind}/{provider}" if provider else kind


def _number(channel: str) -> int:
    return Account.objects.filter(pk=channel).values_list("hook_number", flat=True).first() or 0
