"""Links that are the right to do something: short, signed, for one message, and valid for ever.

16 bytes: the message's number and 8 bytes of an HMAC over it and the deed. A link for one deed does no other, and one of
the demo does nothing in the own shop, where the same number may be somebody's message. Mail programs break headers with
longer addresses, hence no JSON and no time stamp.
"""

import base64
import binascii
import hmac
from functools import lru_cache

from django.conf import settings

from regulars.shop import current

TOKEN_CHARACTERS = 22
UNSUBSCRIBE, PREFERENCES, BOUNCE, CONFIRM, CLICK = "unsubscribe", "preferences", "bounce", "confirm", "click"
HOOK_BYTES = 18


class BadLink(ValueError):
    """This link was not made by this shop, or was cut short."""


def token(message_id: int, deed: str) -> str:
    """The text that stands in the link, of the shop at hand."""
    body = message_id.to_bytes(8)
    return base64.urlsafe_b64encode(body + _seal(body, deed)).decode().rstrip("=")


def message_of(text: str, deed: str) -> int:
    """The message of the shop at hand that a token is about. Raises BadLink."""
    if len(text) != TOKEN_CHARACTERS:
        raise BadLink("this link is not complete")
    try:
        raw = base64.urlsafe_b64decode(text + "==")
    except (binascii.Error, ValueError) as error:
        raise BadLink("this link is not complete") from error
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:
        raise BadLink("this link was changed")
    for key in _keys():
        if hmac.compare_digest(_seal(raw[:8], deed, key), raw[8:]):
            return int.from_bytes(raw[:8])
    raise BadLink("this link was not made by this shop")


def hook(door: str, number: int) -> str:
    """The secret in the address at which a provider reports: of one door ("sms", "email/brevo"), and of its number-th address."""
    return _hooks(door, number)[0]


def opens(text: str, door: str, number: int) -> bool:
    """Whether this is the secret of a door's address. Takes as long for a wrong one as for a right one."""
    right = [hmac.compare_digest(text.encode(), known.encode()) for known in _hooks(door, number)]
    return any(right)


def _hooks(door: str, number: int) -> list[str]:
    body = f"hook|{number}|{door}".encode()
    sealed = [hmac.digest(key, body, "sha256")[:HOOK_BYTES] for key in _keys()]
    return [base64.urlsafe_b64encode(raw).decode() for raw in sealed]


def _seal(body: bytes, deed: str, key: bytes | None = None) -> bytes:
    if current.alias() == current.DEMO and deed != CLICK:  # the number in a counted link says so itself
        deed = f"demo|{deed}"
    return hmac.digest(key or _keys()[0], deed.encode() + b"|" + body, "sha256")[:8]


@lru_cache(maxsize=8)
def _derived(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(hmac.digest(secret.encode(), b"regulars.messaging.links", "sha256") for secret in secrets)


def _keys() -> tuple[bytes, ...]:
    """The key in use, then older ones, which are still read."""
    return _derived((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
