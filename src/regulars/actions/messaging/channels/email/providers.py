"""Providers of e-mail with an HTTP API, as data: what the shop must tell us of its account there, and what their API allows.

Spoken to by django-anymail; each `name` is that of its backend. Amazon SES is missing, since it needs a library of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

NAME = "regulars"
"""Under which our token stands in what a provider keeps of a letter."""
ON_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
WAYS_OUT = frozenset({"List-Unsubscribe", "List-Unsubscribe-Post"})
LISTS = WAYS_OUT | {"List-Id", "Feedback-ID", "Auto-Submitted"}
ALL = LISTS | {"Message-ID"}


@dataclass(frozen=True)
class Known:
    """One provider.

    `key`, `user`, `host`: the backend's names for what stands in these fields of our account; empty when it asks for no such thing.
    `must`: which of `user` and `host` cannot be left empty. `headers`: those of ours it takes over; others would be lost, or spoil the
    request. `named_by`: where our token goes so that reports bring it back. `tracks`: its tracking can be switched off for each letter.
    `key_once`: the HTTP header that makes asking twice give one letter. `signs`: the webhook's name for the key that signs reports.
    """

    name: str
    title: str
    key: str = "api_key"
    user: str = ""
    host: str = "api_url"
    must: frozenset[str] = frozenset()
    headers: frozenset[str] = LISTS
    named_by: str = "metadata"
    tracks: bool = False
    key_once: str = ""
    signs: str = ""
    reports: bool = True

    def options(self, *, key: str, user: str, host: str) -> dict[str, str]:
        """The backend's arguments; what is empty is left out, so that its own default holds."""
        said = ((self.key, key), (self.user, user), (self.host, host))
        return {name: value for name, value in said if name and value}

    def missing(self, given: Mapping[str, str]) -> list[str]:
        """Which of `password`, `user` and `host` are needed and empty."""
        return [name for name in ("password", *sorted(self.must)) if not given.get(name)]


USER, HOST = frozenset({"user"}), frozenset({"host"})
KNOWN = (
    Known("brevo", "Brevo"),
    Known("mailersend", "MailerSend", key="api_token", headers=frozenset(), named_by="tags", tracks=True, signs="signing_secret"),
    Known("mailgun", "Mailgun", user="sender_domain", must=USER, headers=ALL, tracks=True, signs="webhook_signing_key"),
    Known("mailjet", "Mailjet", key="secret_key", user="api_key", must=USER, headers=WAYS_OUT, tracks=True),
    Known("mailtrap", "Mailtrap", key="api_token", signs="tracking_secret"),
    Known("mandrill", "Mandrill (Mailchimp)", headers=ALL, tracks=True, signs="webhook_key"),
    Known("postal", "Postal", must=HOST, headers=ALL, named_by="tags"),
    Known("postmark", "Postmark", key="server_token", user="message_stream", headers=ALL, tracks=True),
    Known("resend", "Resend", key_once="Idempotency-Key"),
    Known("scaleway", "Scaleway", key="secret_key", user="project_id", host="region", must=USER, reports=False),
    Known("sendgrid", "SendGrid", headers=ALL, tracks=True),
    Known("sparkpost", "SparkPost", headers=ALL, tracks=True),
    Known("unisender_go", "Unisender Go", must=HOST, headers=WAYS_OUT, tracks=True, signs="api_key"),
)  # fmt: skip
PROVIDERS = {known.name: known for known in KNOWN}


def safe(host: str) -> bool:
    """Whether an API's address keeps a secret: over HTTPS, or on this machine. A region's name is none, and is in order."""
    if "/" not in host:
        return True
    try:
        parts = urlsplit(host)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ON_THIS_MACHINE)
