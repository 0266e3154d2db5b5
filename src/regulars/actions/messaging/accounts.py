"""By which way do a channel's messages leave? The viewer until the owner has said otherwise; never by accident."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from django.utils.translation import gettext as _

from regulars.actions.messaging import hooks
from regulars.actions.messaging.channels.email import build, mime, providers
from regulars.actions.messaging.channels.email.mime import HeaderRefused
from regulars.actions.messaging.channels.email.smtp import Server, SmtpHand
from regulars.actions.messaging.channels.port import FAILED, SENT, Hand, Item, Outcome, Parcel, ParcelRefused
from regulars.actions.messaging.channels.sms import texts
from regulars.actions.messaging.channels.sms.hand import SmsHand
from regulars.actions.messaging.channels.sms.providers import PROVIDERS
from regulars.actions.messaging.channels.webhook.hand import WebhookHand
from regulars.actions.messaging.channels.webhook.hand import parcel as webhook_parcel
from regulars.actions.messaging.models import Account, Viewed
from regulars.shop import current
from regulars.shop.models import the_shop
from regulars.words.letters import Filled

TRIAL_SECONDS = 15.0
PLACEHOLDER = "shop@shop.example"
PLAIN_HEAD = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
MAKERS: Mapping[str, Callable[[Item, build.Sender, dt.datetime], Parcel]] = {
    "sms": lambda item, sender, at: texts.parcel(item, sender.from_name, at=at),
    "webhook": lambda item, _sender, at: webhook_parcel(item, at=at),
}
"""How a message is made for the channels that are no letter."""


@dataclass
class Way:
    """How the messages of a channel are made and handed over: a kept hand for each lane, or none, and all are shown."""

    sender: build.Sender
    make_hand: Callable[[], Hand] | None = None
    may_reach: Callable[[str], bool] = lambda _address: True
    make_parcel: "Callable[[Item, build.Sender, dt.datetime], Parcel]" = lambda item, sender, at: build.parcel(
        item, sender, at=at
    )
    _hands: dict[int, Hand] = field(default_factory=dict)

    def parcel(self, item: Item, *, at: dt.datetime) -> Parcel:
        """The message as it leaves."""
        return self.make_parcel(item, self.sender, at)

    def hand(self, lane: int, address: str) -> Hand | None:
        """The hand of one lane; None for an address that is shown in the viewer instead."""
        if self.make_hand is None or not self.may_reach(address):
            return None
        if lane not in self._hands:
            self._hands[lane] = self.make_hand()
        return self._hands[lane]

    def close(self) -> None:
        """End all connections."""
        for hand in self._hands.values():
            hand.close()
        self._hands.clear()


def show(parcel: Parcel) -> Outcome:
    """Keep a message for the console, instead of sending it; one that is no mail gets the head of one, to be read as such.

    Of files only the names are kept: a copy for each letter would fill the disk.
    """
    raw = mime.without_contents(parcel.raw, parcel.letter.attachments) if parcel.headers else PLAIN_HEAD + parcel.raw
    Viewed.objects.update_or_create(
        pk=parcel.message_id,
        defaults={"to": parcel.address, "subject": parcel.letter.subject[:300], "raw": raw, "at": parcel.at},
    )
    return Outcome(SENT, provider_id="viewer")


def account_of(channel: str) -> Account:
    """The account of a channel, with defaults when nobody has set one up."""
    return Account.objects.filter(pk=channel).first() or Account(channel=channel)


def sender_of(account: Account) -> build.Sender:
    """Who writes."""
    shop = the_shop().name
    address = account.from_address or PLACEHOLDER
    return build.Sender(
        shop, account.from_name or shop, address, account.order_address, account.reply_to, account.bounce_host,
        account.postal_address, account.public_url or "http://127.0.0.1:8000",
    )  # fmt: skip


def way_of(channel: str) -> Way:
    """The way of a channel as the owner set it up. The demo shop only ever uses the viewer."""
    account = account_of(channel)
    way = Way(sender_of(account), may_reach=account.may_reach)
    if channel in MAKERS:
        way.make_parcel = MAKERS[channel]
    if current.alias() == current.OWN:
        way.make_hand = _hands_of(account)
    return way


def _hands_of(account: Account) -> Callable[[], Hand] | None:
    """What hands over by this account; None when nothing may leave by it."""
    if account.channel == "email" and account.way == Account.Way.SMTP:
        server = Server(account.host, account.port, account.security, account.user, account.password)
        return lambda: SmtpHand(server)
    if account.way != Account.Way.PROVIDER:
        return None
    if account.channel == "email":
        return partial(_provider_hand, account)
    if account.channel == "sms":
        known = PROVIDERS.get(account.provider)
        told = hooks.address(hooks.SMS)
        callback = told if told.startswith("https://") else ""
        provider = known and replace(known, account=account.user, secret=account.password, callback=callback)
        return lambda: SmsHand(provider, account.from_name)
    if account.channel == "webhook":
        return lambda: WebhookHand(account.public_url, account.password)
    return None


def _provider_hand(account: Account) -> Hand:
    """Imported only when a letter leaves by a provider."""
    from regulars.actions.messaging.channels.email.provider import ProviderHand

    known = providers.PROVIDERS.get(account.provider)
    options = known.options(key=account.password, user=account.user, host=account.host) if known else {}
    return ProviderHand(known, options)


def try_out(to: str, *, now: dt.datetime, channel: str = "email") -> Outcome:
    """One message to oneself, past gate and outbox: only whether the account works is asked."""
    account = account_of(channel)
    shop = the_shop().name
    letter = Filled(
        _("A letter from {shop} to itself").format(shop=shop), "", "<html><body><p>OK</p></body></html>",
        "OK" if channel == "email" else _("A message from {shop} to itself").format(shop=shop), "en",
    )  # fmt: skip
    way = Way(sender_of(account), make_parcel=MAKERS.get(channel, Way.make_parcel))
    make_hand = _hands_of(account) if current.alias() == current.OWN else None
    # Providers and endpoints know a message by its number, and would take a second one of the same for a repetition.
    number = int(now.timestamp() * 1_000) if make_hand and channel != "email" else 0
    try:
        parcel = way.parcel(Item(number, "order", marketing=False, address=to, name="", letter=letter), at=now)
    except (HeaderRefused, ParcelRefused) as error:
        return Outcome(FAILED, str(error))
    if make_hand is None:
        return show(parcel)
    hand = make_hand()
    if isinstance(hand, SmtpHand):
        hand = SmtpHand(replace(hand.server, timeout=TRIAL_SECONDS))
    try:
        return hand.give(parcel)
    finally:
        hand.close()
