"""A shop that writes letters, and a real mail server that keeps every letter it took."""

import datetime as dt
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email import message_from_bytes, policy
from threading import Barrier

from django.db import connections

from cast import MORNING, wish
from regulars.actions.messaging.accounts import Way, sender_of
from regulars.actions.messaging.channels.email.smtp import Server, SmtpHand
from regulars.actions.messaging.deliver import Worker
from regulars.actions.messaging.models import Account
from regulars.actions.messaging.plan import plan
from regulars.decisions.gate import Request, decide
from regulars.words.letters import Draft, write
from regulars.words.models import Letter

BLOCKS = [
    {"kind": "heading", "words": "Hello {{ customer.first_name | default: 'friend' }}"},
    {"kind": "text", "words": "Your **green tea** is back. [See it](https://shop.example/tea?a=1&b=2)"},
    {"kind": "button", "words": "Look", "link": "https://shop.example/new"},
]


def letter(subject="News for {{ customer.first_name | default: 'you' }}", blocks=BLOCKS, language="en"):
    made = Letter.objects.create(name="spring", at=MORNING)
    write(made, Draft(language, subject, blocks), by="test", at=MORNING)
    return made.pk


def account(**rest):
    given = {
        "way": "smtp", "from_name": "The Tea House", "from_address": "hello@news.shop.example", "order_address": "orders@shop.example",
        "bounce_host": "bounce.shop.example", "postal_address": "Lindenweg 5, 10115 Berlin", "public_url": "https://club.shop.example",
        "allowed": "*", "warm_up": False, "per_minute": 100_000,
    }  # fmt: skip
    return Account.objects.update_or_create(channel="email", defaults=given | rest)[0]


def planned(who, *, letter_id=None, now=MORNING, **rest):
    """Decided and planned messages for these people."""
    todo = {"letter": letter_id or letter()}
    found = decide([Request(one, wish(**rest), todo=todo) for one in who], now=now)
    plan(now=now)
    return found


def worker(port, *, now=MORNING, lanes=1, name="w1"):
    """A worker that hands over to a server on loopback."""
    sender = sender_of(Account.objects.get(pk="email"))
    server = Server("127.0.0.1", port, "none", timeout=5.0)
    return Worker(name, lambda: now, lanes, lambda _channel: Way(sender, lambda: SmtpHand(server)))


def at_once(deeds):
    """What each of these deeds returns, done at the same moment, each over a connection of its own."""
    start = Barrier(len(deeds))

    def one(deed):
        start.wait()
        try:
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


class Box:
    """What the server took, in order; `say` answers DATA (or RCPT) with something else."""

    def __init__(self):
        self.letters = []
        self.at_rcpt = lambda _address: None
        self.at_data = lambda _number: None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        said = self.at_rcpt(address)
        if said:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):
        said = self.at_data(len(self.letters))
        if said == "cut":
            server.transport.abort()
            return "250 nobody hears this"
        if said:
            return said
        self.letters.append((envelope.rcpt_tos[0], envelope.mail_from, envelope.content))
        return f"250 queued as {len(self.letters)}"

    def parsed(self, place=0):
        return message_from_bytes(self.letters[place][2], policy=policy.default)


@contextmanager
def mail_server():
    """An SMTP server on a free loopback port; yields the port and its box."""
    from aiosmtpd.controller import Controller

    box = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Controller(box, hostname="127.0.0.1", port=port)
    running.start()
    try:
        yield port, box
    finally:
        running.stop()


HOUR = dt.timedelta(hours=1)
