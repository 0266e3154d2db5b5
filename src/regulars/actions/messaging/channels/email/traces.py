"""Which of our messages a mail is about: the token of its envelope sender, its Message-ID, and the address it went to.

Each message leaves with an envelope sender of its own, `b+<token>@host` (VERP), to which receivers answer even when they say nothing
else of use. Forwarders may wrap it (`SRS0=...=b+<token>@`), and it stands in the enclosed original's Return-Path.
"""

import re
from email.message import Message

from regulars.actions.messaging.channels.email import mails

TOKEN = re.compile(r"(?<![A-Za-z0-9+])[bB]\+([A-Za-z0-9_][A-Za-z0-9._=-]{0,62})@")
LEAVING = re.compile(r"(?<![A-Za-z0-9+])[uU]\+([A-Za-z0-9_][A-Za-z0-9._=-]{0,62})@")
ADDRESS = re.compile(r"(?<![\w.+-])[\w.!#$%&'*/=?^`{|}~+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
MESSAGE_ID_LINE = re.compile(r"(?im)^[>\s]{0,8}(?:x-)?(?:original-)?message-id\s{0,3}:\s{0,8}(<[^<>\s]{3,250}>)")
SENT_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc", "Received")


def token(mail: Message) -> str:
    """The token of the message that this mail is about, or an empty string."""
    return sent_to(mail, TOKEN) or _first(TOKEN, mails.below(mail))


def sent_to(mail: Message, pattern: re.Pattern[str]) -> str:
    """What the pattern finds in the addresses that this mail itself was sent to."""
    return _first(pattern, "\n".join(mails.headers(mail, *SENT_TO)))


def original_id(mail: Message) -> str:
    """The Message-ID of the message that this mail is about, with its angle brackets, or an empty string."""
    original = mails.enclosed(mail)
    if original is not None and (found := MESSAGE_ID.search(mails.header(original, "Message-ID"))):
        return found[0]
    return _first(MESSAGE_ID_LINE, mails.below(mail)) or answered_id(mail)


def answered_id(mail: Message) -> str:
    """The Message-ID of the message that this mail answers."""
    answered = MESSAGE_ID.search(mails.header(mail, "In-Reply-To"))
    references = MESSAGE_ID.findall(mails.header(mail, "References"))
    return answered[0] if answered else (references[-1] if references else "")


def address_in(text: str) -> str:
    """The first e-mail address in a text that is not one of our envelope senders, in small letters; else an empty string."""
    found = (match[0].strip("'.") for match in ADDRESS.finditer(text))
    return next((one.casefold() for one in found if not TOKEN.search(one) and not LEAVING.search(one)), "")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
