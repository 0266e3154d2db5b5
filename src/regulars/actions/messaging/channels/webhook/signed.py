"""Standard Webhooks: requests whose receiver can tell that they are ours, whole and fresh.

The signature is HMAC-SHA256 over `id.timestamp.body`, in base64 after `v1,`; while a key is being changed both keys sign, separated by a
space (standard-webhooks/standard-webhooks, spec/standard-webhooks.md, "Signature scheme").
"""

import base64
import binascii
import hashlib
import hmac
import secrets as randomness
from collections.abc import Iterable, Mapping

PREFIX = "whsec_"
SECRET_SIZE_MIN, SECRET_SIZE_MAX = 24, 64  # bytes, as the specification recommends
NEW_SECRET_SIZE = 32  # bytes
TOLERANCE_SECONDS = 300


class BadSecret(ValueError):
    """A secret is not 24 to 64 bytes in base64, with or without `whsec_` before it."""


class NotGenuine(ValueError):
    """A request's signature is missing or wrong, or its time too far from now."""


def new_secret() -> str:
    """A secret for one endpoint, as `whsec_...`."""
    return PREFIX + base64.b64encode(randomness.token_bytes(NEW_SECRET_SIZE)).decode()


def sign(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a signed request; `timestamp` in seconds since 1970.

    Give the old secret too while receivers change to the new one. Raises BadSecret, and ValueError for no secret at all or a message
    id that is empty, not printable ASCII, or holds a full stop, which would make the signed content ambiguous.
    """
    if not message_id or "." in message_id or not (message_id.isascii() and message_id.isprintable()):
        raise ValueError(f"not fit for a webhook-id: {message_id!r}")
    signatures = [f"v1,{_signature(_key(secret), message_id, str(timestamp), body)}" for secret in secrets]
    if not signatures:
        raise ValueError("no secret to sign with")
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": " ".join(signatures)}


def verify(
    secrets: Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: float,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> str:
    """The id of a genuine request; use it to do nothing twice. `now` in seconds since 1970; header names in any case.

    Raises NotGenuine with the reason, and BadSecret for a secret of ours. Compares in constant time.
    """
    given = {name.casefold(): value for name, value in headers.items()}
    message_id, timestamp, claimed = (given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (message_id and timestamp and claimed):
        raise NotGenuine("a webhook header is missing")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise NotGenuine("the timestamp is no number")
    if abs(now - int(timestamp)) > tolerance_seconds:
        raise NotGenuine("too old, or from the future")
    offered = [one[3:].encode() for one in claimed.split() if one.startswith("v1,")]
    right = [_signature(_key(secret), message_id, timestamp, body).encode() for secret in secrets]
    if not any(hmac.compare_digest(one, other) for one in offered for other in right):
        raise NotGenuine("the signature is wrong")
    return message_id


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecret("not base64") from None
    if not SECRET_SIZE_MIN <= len(key) <= SECRET_SIZE_MAX:
        raise BadSecret(f"{len(key)} bytes; between {SECRET_SIZE_MIN} and {SECRET_SIZE_MAX} are asked for")
    return key


def _signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    content = message_id.encode() + b"." + timestamp.encode() + b"." + body
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
