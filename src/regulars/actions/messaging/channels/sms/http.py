"""A text message to any provider with an HTTP API, the provider being data: how to ask it, and how to read what it says.

Nothing here touches the network; the caller sends the request and brings the answer. Providers ready for use stand in `providers.py`.
A callback proves nothing about who sent it: its address must hold a secret of ours, or the caller checks the provider's signature first.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from regulars.actions.messaging.channels.sms.parts import parts

State = Literal["sent", "failed", "later", "unknown"]
Arrival = Literal["sent", "delivered", "failed", "unknown"]
Place = tuple[str | int, ...]  # the way through lists and objects to a value, as ("messages", 0, "status")

TEXT_CHARACTERS_MAX, REPLY_CHARACTERS_MAX = 300, 1_000
ACCOUNT_REFUSED = (401, 402, 403)  # the shop's account, never the person: to be sent once that is mended
TRY_AGAIN = (408, 425, 429, 503)
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class NotUsable(ValueError):
    """A request cannot be made of this provider's data, or a callback not be read."""


@dataclass(frozen=True)
class Provider:
    """How one provider is asked and understood, with the shop's account at it.

    `url`, `headers` and `fields` (any JSON) may hold {to} as +491701234567, {digits} without the plus, {text}, {sender}, {key}, {account},
    {callback} and {type} (`text` or `unicode`); a field that comes out empty is left out. `auth`: `basic` is account and secret,
    `bearer` the secret, `header` the secret in the header `auth_header`. `verdict_at` and `verdicts` serve providers that say "200" to
    everything. `idempotent`: sending the same {key} twice gives one message, so a doubtful answer may be asked again.
    """

    name: str
    url: str
    fields: Mapping[str, object]
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Literal["json", "form"] = "json"
    auth: Literal["none", "basic", "bearer", "header"] = "none"
    auth_header: str = "Authorization"
    account: str = ""
    secret: str = field(default="", repr=False)
    callback: str = field(default="", repr=False)
    idempotent: bool = False
    id_at: Place = ("id",)
    error_at: Place = ("message",)
    verdict_at: Place = ()
    verdicts: Mapping[str, State] = field(default_factory=dict)
    arrival_id_at: Place = ("id",)
    arrival_at: Place = ("status",)
    arrivals: Mapping[str, Arrival] = field(default_factory=dict)
    reply_id_at: Place = ("id",)
    reply_from_at: Place = ("from",)
    reply_text_at: Place = ("body",)


@dataclass(frozen=True)
class HttpRequest:
    """What to send: header names as written, body in bytes."""

    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What a hand-over came to. `later`: certainly not sent, try again; `unknown`: nobody can tell; `text` is the provider's reason."""

    state: State
    provider_id: str
    text: str


@dataclass(frozen=True)
class Callback:
    """News of one message; `sent` means still on its way, `unknown` that the word was not known."""

    id: str
    state: Arrival
    text: str


@dataclass(frozen=True)
class Reply:
    """A text message that a person sent us; id is the provider's, sender their number in whatever form it came."""

    id: str
    sender: str
    text: str


def request_of(provider: Provider, to: str, text: str, sender: str, key: str) -> HttpRequest:
    """The request that sends `text` to the number `to` (E.164) from `sender`, `key` being the message's own key.

    Raises NotUsable for a placeholder nobody knows, and for a line break in an address or header.
    """
    values = {
        "to": to, "digits": to.lstrip("+"), "text": text, "sender": sender, "key": key, "account": provider.account,
        "callback": provider.callback, "type": "text" if parts(text).encoding == "GSM-7" else "unicode",
    }  # fmt: skip
    said = _filled(provider.fields, values)
    as_json = provider.body == "json"
    content = (
        json.dumps(said, ensure_ascii=False)
        if as_json
        else urlencode(said if isinstance(said, dict) else {}, doseq=True)
    )
    headers = {
        "Content-Type": "application/json" if as_json else "application/x-www-form-urlencoded",
        "Accept": "application/json",
        **_authorisation(provider),
        **{name: str(_filled(value, values)) for name, value in provider.headers.items()},
    }
    url = str(_filled(provider.url, values))
    if any(re.search(r"[\x00-\x1f\x7f]", one) for one in (url, *headers.values())):
        raise NotUsable(f"{provider.name}: a line break or control character in the address or a header")
    return HttpRequest(provider.method, url, headers, content.encode())


def answer_of(provider: Provider, status: int, body: bytes) -> Answer:
    """What the provider's answer means for the message; `status` is that of HTTP. Never raises.

    A server error may come after the message left, so it is `unknown` unless the provider is idempotent.
    """
    told = _read(body)
    provider_id, text = _at(told, provider.id_at), _at(told, provider.error_at)
    if not 200 <= status < 300:
        shown = text or body.decode("utf-8", "replace")
        return Answer(_state_of(status, idempotent=provider.idempotent), "", f"{status} {shown}"[:TEXT_CHARACTERS_MAX])
    if not provider.verdict_at:
        return Answer("sent", provider_id, "")
    verdict = _at(told, provider.verdict_at)
    state = provider.verdicts.get(verdict, "failed" if verdict else "unknown")
    return Answer(
        state,
        provider_id if state == "sent" else "",
        "" if state == "sent" else f"{verdict} {text}".strip()[:TEXT_CHARACTERS_MAX],
    )


def callback_of(provider: Provider, body: bytes) -> Callback:
    """What a callback says: a JSON or a form body, or the query of a GET (without the question mark).

    Raises NotUsable when it names no message.
    """
    told = _read(body)
    name = _at(told, provider.arrival_id_at)
    if not name:
        raise NotUsable(f"{provider.name}: the callback names no message")
    word = _at(told, provider.arrival_at)
    return Callback(name, provider.arrivals.get(word.casefold(), "unknown"), word[:TEXT_CHARACTERS_MAX])


def reply_of(provider: Provider, body: bytes) -> Reply | None:
    """The person's text message that a callback brings; None when it is news of one of ours."""
    told = _read(body)
    sender, text = _at(told, provider.reply_from_at), _at(told, provider.reply_text_at)
    if not sender or not text or _at(told, provider.arrival_at) in provider.arrivals:
        return None
    return Reply(_at(told, provider.reply_id_at)[:100], sender[:40], text[:REPLY_CHARACTERS_MAX])


def _filled(template: object, values: Mapping[str, str]) -> object:
    """The template with its placeholders replaced once, so that a customer's braces stay what they are; empty fields left out."""
    if isinstance(template, str):
        try:
            return PLACEHOLDER.sub(lambda found: values[found[1]], template)
        except KeyError as unknown:
            raise NotUsable(f"unknown placeholder {{{unknown.args[0]}}}") from None
    if isinstance(template, Mapping):
        filled = {name: _filled(value, values) for name, value in template.items()}
        return {name: value for name, value in filled.items() if value != ""}
    if isinstance(template, list | tuple):
        return [_filled(value, values) for value in template]
    return template


def _authorisation(provider: Provider) -> dict[str, str]:
    if provider.auth == "basic":
        pair = base64.b64encode(f"{provider.account}:{provider.secret}".encode()).decode()
        return {provider.auth_header: f"Basic {pair}"}
    if provider.auth == "bearer":
        return {provider.auth_header: f"Bearer {provider.secret}"}
    return {provider.auth_header: provider.secret} if provider.auth == "header" else {}


def _read(body: bytes) -> object:
    """The JSON, or else the form, that a body holds."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=200))
    except ValueError:
        return None


def _at(told: object, place: Place) -> str:
    """The text or number at a place within an answer; empty when there is none."""
    for step in place:
        listed = isinstance(told, list) and isinstance(step, int) and step < len(told)
        if not listed and not (isinstance(told, Mapping) and step in told):
            return ""
        told = told[step]  # type: ignore[index]
    said = str(told) if isinstance(told, str | int | float) and not isinstance(told, bool) else ""
    return said.replace("\0", "").encode(errors="replace").decode()  # half an emoji, cut off with the end of a text


def _state_of(status: int, *, idempotent: bool) -> State:
    if status in ACCOUNT_REFUSED or status in TRY_AGAIN or status < 400:
        return "later"
    if status >= 500:
        return "later" if idempotent else "unknown"
    return "failed"
