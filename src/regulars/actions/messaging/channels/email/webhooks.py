"""What a provider's webhook says of letters: django-anymail reads each provider's form, and here it gets our words.

A person is not given up on a provider's word alone: when the receiver's own words speak of policy or of a full mailbox,
they count. Openings and clicks say nothing of interest and are left out.
"""

import hashlib
import importlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.http import HttpRequest

from regulars.actions.messaging.channels.email import codes
from regulars.actions.messaging.channels.email.providers import NAME, PROVIDERS, Known
from regulars.actions.messaging.channels.port import Told

EVENTS_MAX = 5_000
TEXT_CHARACTERS_MAX = 300
NOBODY = "nobody:nobody"
VIEWS = {"mandrill": "MandrillCombinedWebhookView", "unisender_go": "UnisenderGoTrackingWebhookView"}
KINDS = {
    EventType.DELIVERED: "delivered", EventType.DEFERRED: "delayed", EventType.COMPLAINED: "complaint",
    EventType.UNSUBSCRIBED: "unsubscribe", EventType.AUTORESPONDED: "auto_reply",
}  # fmt: skip
REFUSED = {
    **dict.fromkeys((RejectReason.INVALID, RejectReason.BOUNCED, "hard-bounce"), "hard"), RejectReason.SPAM: "complaint",
    **dict.fromkeys((RejectReason.UNSUBSCRIBED, "unsub"), "unsubscribe"),
}  # fmt: skip
"""Why a provider itself did not send a letter: something that was said before, perhaps not to us."""
BOUNCES: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "brevo": (("event",), {"hard_bounce": "hard", "invalid_email": "hard", "soft_bounce": "soft"}),
    "mailersend": (("data", "type"), {"hard_bounced": "hard", "soft_bounced": "soft"}),
    "mailgun": (
        ("event-data", "reason"),
        {"bounce": "hard", "suppress-bounce": "hard", "suppress-complaint": "complaint", "suppress-unsubscribe": "unsubscribe"},
    ),
    "mailjet": (
        ("error",),
        {**dict.fromkeys(("user unknown", "mailbox inactive", "invalid domain", "no mail host"), "hard"), "quota exceeded": "full"},
    ),
    "mailtrap": (("event",), {"bounce": "hard"}),
    "mandrill": (("event",), {"hard_bounce": "hard", "soft_bounce": "soft"}),
    "postmark": (("Type",), {"HardBounce": "hard", "SoftBounce": "soft"}),
    "resend": (("data", "bounce", "type"), {"Permanent": "hard", "Transient": "soft"}),
    "sendgrid": (("type",), {"bounce": "hard", "blocked": "soft"}),
    "sparkpost": (("msys", "*", "bounce_class"), {"10": "hard", "30": "hard", "22": "full"}),
    "unisender_go": (
        ("delivery_info", "delivery_status"),
        {**dict.fromkeys(("err_user_unknown", "err_user_inactive", "err_domain_inactive"), "hard"), "err_mailbox_full": "full"},
    ),
}  # fmt: skip
"""Where a provider says how bad a bounce is, and its words for it."""


class Unreadable(ValueError):
    """The request is not what this provider sends, or its signature is wrong."""


def read(provider: str, request: HttpRequest, *, key: str = "", url: str = "") -> list[Told]:
    """The events of one request. key: what the provider signs with, when we were told; url: the address that it posts to.

    Raises Unreadable.
    """
    try:
        view = _view(PROVIDERS[provider], key, url)
        if key:
            view.run_validators(request)
        events = view.parse_events(request)
        if len(events) > EVENTS_MAX:
            raise Unreadable(f"{len(events)} events at once")
        read = [_told(provider, event) for event in events if isinstance(event, AnymailTrackingEvent)]
    except (Unreadable, AnymailWebhookValidationFailure) as error:
        raise Unreadable(str(error)) from error
    except Exception as error:  # anymail's readers raise whatever an odd body makes them raise
        raise Unreadable(f"{type(error).__name__} in what {provider} sent") from error
    return [one for one in read if one is not None]


def _view(known: Known, key: str, url: str) -> Any:
    module = importlib.import_module(f"anymail.webhooks.{known.name}")
    made = getattr(module, VIEWS.get(known.name, f"{known.title.replace(' ', '')}TrackingWebhookView"))
    # The address holds a secret, so the password that anymail would ask for is not needed; with none it would warn.
    options: dict[str, Any] = {"webhook_secret": [] if key and known.signs else NOBODY}
    if known.signs:
        options[known.signs] = key or NOBODY
    if known.name == "postal":
        options["webhook_key"] = NOBODY
    if known.name == "mandrill":
        options["webhook_url"] = url
    return made(**options)


def _told(provider: str, event: AnymailTrackingEvent) -> Told | None:
    text = " ".join(str(part) for part in (event.mta_response, event.description) if part)
    kind = _kind(provider, event, text)
    if kind is None:
        return None
    metadata = event.metadata if isinstance(event.metadata, Mapping) else {}
    tags = event.tags if isinstance(event.tags, Sequence) and not isinstance(event.tags, str) else [event.tags]
    local = str(event.message_id or "").strip("<>").partition("@")[0]
    stamp = event.event_id or (event.timestamp.isoformat() if event.timestamp else _digest(event.esp_event))
    tokens = tuple(str(one) for one in (metadata.get(NAME), *tags[:10], local) if one)
    return Told(tokens, kind, _storable(f"{kind}|{stamp}"), _storable(" ".join(text.split())[:TEXT_CHARACTERS_MAX]))


def _storable(text: str) -> str:
    """Without halves of characters, which JSON can bring and no database takes."""
    return text.encode(errors="replace").decode()


def _kind(provider: str, event: AnymailTrackingEvent, text: str) -> str | None:
    if event.event_type in (EventType.BOUNCED, EventType.FAILED):
        return _bounce(provider, event.esp_event, text)
    if event.event_type == EventType.REJECTED:
        return REFUSED.get(str(event.reject_reason)) or REFUSED.get(str(event.description), "soft")
    return KINDS.get(event.event_type)


def _bounce(provider: str, raw: object, text: str) -> str:
    """How bad it is. Words of policy and of full mailboxes come first, then the provider's own, then the receiver's others."""
    read = codes.judged("", text)[0]
    place, words = BOUNCES.get(provider, ((), {}))
    said = words.get(_at(raw, place)) if place else None
    if read in ("ours", "full") and said in (None, "hard", "soft"):
        return read
    return said or ("soft" if read == "delayed" else read)


def _at(told: object, place: Sequence[str]) -> str:
    for step in place:
        if not isinstance(told, Mapping):
            return ""
        told = next(iter(told.values()), None) if step == "*" else told.get(step)
    return str(told)


def _digest(raw: object) -> str:
    return hashlib.sha256(json.dumps(raw, sort_keys=True, default=str).encode()).hexdigest()
