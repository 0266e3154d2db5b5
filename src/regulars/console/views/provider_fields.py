"""What an account at a provider is asked for, in the provider's own words, and what its owner should know of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regulars.actions.messaging.channels.email.providers import PROVIDERS, Known
from regulars.actions.messaging.channels.sms.providers import PROVIDERS as SMS_PROVIDERS
from regulars.actions.messaging.models import Account


@dataclass(frozen=True)
class Field:
    """One input of the form; a secret's value is never shown."""

    name: str
    label: str
    value: str = ""
    secret: bool = False


@dataclass(frozen=True)
class Choice:
    """One way that messages may leave, as a link: what it is called, the link's query, and whether it is the one looked at."""

    title: str
    query: str
    chosen: bool


def mail_choices(account: Account) -> list[Choice]:
    """The viewer, a mail server, and each provider."""
    return [
        *(Choice(str(title), f"?way={way}", account.way == way) for way, title in Account.Way.choices[:2]),
        *_of_providers(account, [(known.name, known.title) for known in PROVIDERS.values()]),
    ]


def sms_choices(account: Account) -> list[Choice]:
    """The viewer, and each provider."""
    viewer = Account.Way.VIEWER
    titles = [(name, name.title()) for name in SMS_PROVIDERS]
    return [Choice(str(viewer.label), f"?way={viewer}", account.way == viewer), *_of_providers(account, titles)]


def _of_providers(account: Account, titles: Sequence[tuple[str, str]]) -> list[Choice]:
    here = account.provider if account.way == Account.Way.PROVIDER else ""
    return [Choice(title, f"?way={Account.Way.PROVIDER}&provider={name}", name == here) for name, title in titles]


def mail_fields(account: Account) -> list[Field]:
    """What this provider of e-mail asks for; nothing when it is not known."""
    known = PROVIDERS.get(account.provider)
    if known is None or account.way != Account.Way.PROVIDER:
        return []
    users = {
        "mailgun": _("Sending domain, as in news.shop.example"), "mailjet": _("API key (the public one)"),
        "postmark": _("Message stream (empty: the usual one)"), "scaleway": _("Project ID"),
    }  # fmt: skip
    hosts = {
        "mailgun": _("Address of the API (in the EU https://api.eu.mailgun.net/v3, else empty)"),
        "sparkpost": _("Address of the API (in the EU https://api.eu.sparkpost.com/api/v1/, else empty)"),
        "postal": _("Address of your Postal server, with https://"),
        "unisender_go": _("Address of the API, with https://"), "scaleway": _("Region (empty: fr-par)"),
    }  # fmt: skip
    keys = {"mailjet": _("Secret key (empty: as it is)"), "postmark": _("Server token (empty: as it is)"), "scaleway": _("Secret key (empty: as it is)")}  # fmt: skip
    found = [Field("user", users[known.name], account.user)] if known.name in users else []
    found.append(Field("password", keys.get(known.name) or _("API key (empty: as it is)"), secret=True))
    if known.name in hosts:
        found.append(Field("host", hosts[known.name], account.host))
    if known.signs and known.signs != known.key:
        found.append(Field("hook_key", _("Key that signs reports, if you have one (empty: as it is)"), secret=True))
    return found


def mail_notes(known: Known | None) -> list[str]:
    """What has to be done at the provider, since its API does not let us."""
    if known is None:
        return []
    notes = []
    if not known.tracks:
        notes.append(
            _(
                "Switch off the tracking of openings and links in your account at {provider}: it cannot be done from here."
            )
        )
    if "List-Unsubscribe" not in known.headers:
        notes.append(_("{provider} puts its own unsubscribe button into letters; its reports tell us who used it."))
    if not known.reports:
        notes.append(_("{provider} sends no reports: addresses that do not exist are not noticed."))
    return [note.format(provider=known.title) for note in notes]


def sms_fields(account: Account) -> list[Field]:
    """What this provider of text messages asks for."""
    if account.way != Account.Way.PROVIDER or account.provider not in SMS_PROVIDERS:
        return []
    users = {"twilio": _("Account SID"), "sinch": _("Service plan ID"), "vonage": _("API key")}
    keys = {"twilio": _("Auth token (empty: as it is)"), "sinch": _("API token (empty: as it is)"), "vonage": _("API secret (empty: as it is)")}  # fmt: skip
    return [
        Field("user", users[account.provider], account.user),
        Field("password", keys[account.provider], secret=True),
        Field(
            "from_name",
            _("Number or name that sends; also the signature where the law asks for one"),
            account.from_name,
        ),
    ]


def look_at(account: Account, way: str | None, provider: str | None) -> None:
    """Show the form of another way, with nothing in it that belongs to the one that is kept. Nothing is written."""
    if way not in Account.Way.values:
        return
    chosen = (provider or "") if way == Account.Way.PROVIDER else ""
    if way != Account.Way.VIEWER and chosen != account.provider:
        account.user = account.host = ""
        account.provider = chosen
    account.way = way
