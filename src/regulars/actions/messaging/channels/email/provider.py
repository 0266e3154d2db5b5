"""Hand a letter to a provider's API, and know whether it was taken, refused, or nobody can tell.

django-anymail knows how each provider is asked; its steps are taken one by one, so that what failed before the request was
written may be tried again and what failed after it may not.
"""

import importlib
import re
import ssl
import time
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr, quote
from typing import Any

import requests
from anymail.exceptions import AnymailError, AnymailInvalidAddress, AnymailRequestsAPIError
from anymail.message import AnymailMessage
from django.core.exceptions import ImproperlyConfigured

from regulars.actions.messaging import links
from regulars.actions.messaging.channels.email import mime
from regulars.actions.messaging.channels.email.providers import NAME, Known, safe
from regulars.actions.messaging.channels.port import FAILED, LATER, OURS, SENT, UNKNOWN, Outcome, Parcel

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 25.0
IDLE_SECONDS = 4.0
"""A connection that rested longer is not used again: the other side may be closing it, and nobody could tell what came of a letter."""
DETAIL_CHARACTERS_MAX = 200
OUR_STATUS = {301, 302, 303, 307, 308, 401, 402, 403, 404, 405}
TRY_AGAIN = {408, 425, 429, 500, 503}
"""502 and 504 are not among them: a gateway says so of a request that may have been taken."""
OUR_WORDS = re.compile(
    r"api[ _-]?key|server ?token|api ?token|invalid[_ ]key|unauthori[sz]ed|authenticat|not allowed to send|sender|sending domain|magnificent api"
    r"|[\"'`]from[\"'`.\[]|\bfrom (?:address|e-?mail|field|domain)|domain.{0,40}(?:not |un)(?:verified|found|confirmed|registered)|unconfigured"
    r"|credits?\b|payment|billing|suspended|pending approval|your account|account (?:is|has|not)\b|signature",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(r"\{(?=[{%$])")
"""Some providers fill in what stands in such braces; ours is filled in already, and a customer's name is only a name."""
SAYS_NO = re.compile(r'"status"\s*:\s*"(?:error|parameter-error)"|magnificent api', re.IGNORECASE)
"""How some say no with a status of 200."""


class Once(requests.Session):
    """One kept connection: no redirects, nothing from the environment, and `begun` tells whether a request was."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env, self.begun = False, False
        self.headers["User-Agent"] = NAME

    def request(self, *args: Any, **rest: Any) -> requests.Response:
        """As usual, but it stays where it was sent."""
        self.begun = True
        return super().request(*args, **{**rest, "allow_redirects": False})


class ProviderHand:
    """Asks one provider; None when the account names one that is not known. The options are those of `Known.options`."""

    def __init__(self, known: Known | None, options: dict[str, str]) -> None:
        self.known, self.options = known, options
        self._backend: Any = None
        self._used = 0.0

    def give(self, parcel: Parcel) -> Outcome:
        """Hand over one letter; see Outcome for what can come of it."""
        if self.known is None or not safe(self.options.get("api_url", "")):
            return Outcome(OURS, "no such provider of e-mail, or its address does not begin with https://")
        if not all(said.isascii() and said.isprintable() for said in self.options.values()):
            return Outcome(OURS, "a key, a name or the address of the account holds letters that no provider uses")
        try:
            backend = self._opened(parcel.message_id)
            letter = written(parcel, self.known)
            payload = backend.build_message_payload(letter, backend.send_defaults)
        except AnymailInvalidAddress as error:
            return Outcome(FAILED, self._said(str(error)))
        except (AnymailError, ImproperlyConfigured, LookupError, TypeError, ValueError) as error:
            return Outcome(OURS, self._said(f"{self.known.title}: {error}"))
        try:
            return self._posted(backend, letter, payload)
        finally:
            self._used = time.monotonic()

    def close(self) -> None:
        """End the connection."""
        if self._backend is not None:
            self._backend.close()
        self._backend = None

    def _opened(self, number: int) -> Any:
        """The backend with its session, a new one when the old rested too long."""
        assert self.known is not None
        if self._backend is None:
            made = importlib.import_module(f"anymail.backends.{self.known.name}")
            self._backend = made.EmailBackend(timeout=(CONNECT_SECONDS, ANSWER_SECONDS), **self.options)
        if self._backend.session is None or time.monotonic() - self._used > IDLE_SECONDS:
            self._backend.close()
            self._backend.session = Once()
        self._backend.session.begun = False
        if self.known.key_once and number:
            self._backend.session.headers[self.known.key_once] = f"{NAME}-{number}"
        return self._backend

    def _posted(self, backend: Any, letter: AnymailMessage, payload: Any) -> Outcome:
        try:
            response = backend.post_to_esp(payload, letter)
        except AnymailRequestsAPIError as error:
            return self._failed(backend, error)
        except Exception as error:  # whatever else a backend raises for an odd answer
            return Outcome(UNKNOWN if backend.session.begun else OURS, self._said(f"{type(error).__name__}: {error}"))
        try:
            told = backend.parse_recipient_status(response, payload, letter)
            (one,) = told.values()
            status, provider_id = str(one.status), str(one.message_id or "")
        except AnymailRequestsAPIError as error:
            return self._failed(backend, error)
        except Exception:  # the provider's answer has another form than ever before
            return Outcome(UNKNOWN, self._said(f"an answer nobody can read: {response.text}"))
        return self._taken(status, provider_id, response)

    def _taken(self, status: str, provider_id: str, response: requests.Response) -> Outcome:
        """What a provider's answer without an error says of the one recipient."""
        if status in ("sent", "queued"):
            return Outcome(SENT, provider_id=provider_id[:200])
        if status in ("rejected", "invalid"):
            return Outcome(FAILED, self._said(f"{status}: {response.text}"), gone=status == "invalid")
        if status == "failed" or response.status_code >= 400:
            return self._refused(response.status_code, response.text, no=True)
        return Outcome(UNKNOWN, self._said(f"{status}: {response.text}"))

    def _failed(self, backend: Any, error: AnymailRequestsAPIError) -> Outcome:
        assert self.known is not None
        response = error.response
        if response is not None:
            return self._refused(response.status_code, response.text)
        if not backend.session.begun:
            return Outcome(OURS, self._said(str(error)))
        backend.close()
        cause = error.__cause__
        if isinstance(cause, ValueError):  # an address or a header that cannot be asked
            return Outcome(OURS, self._said(f"{self.known.title}: {cause}"))
        if certainly_not_sent(cause):
            return Outcome(LATER, self._said(f"no connection to {self.known.title}: {cause}"))
        doubtful = LATER if self.known.key_once else UNKNOWN
        return Outcome(doubtful, self._said(f"{self.known.title} gave no answer: {cause}"))

    def _refused(self, status: int, text: str, *, no: bool = False) -> Outcome:
        """What an answer means that is no plain yes, and for whom; no: whether it says for certain that nothing was taken."""
        assert self.known is not None
        detail, ours = self._said(f"{status} {text}"), OUR_WORDS.search(text) is not None
        if status < 300 and not no and not SAYS_NO.search(text):
            return Outcome(UNKNOWN, detail)
        if status in OUR_STATUS or (ours and (status == 500 or status not in TRY_AGAIN)):
            return Outcome(OURS, detail)
        asked_twice = bool(self.known.key_once)
        if status in TRY_AGAIN or (status >= 500 and asked_twice):
            return Outcome(LATER, detail)
        doubtful = status >= 500 or (status == 409 and asked_twice)
        return Outcome(UNKNOWN if doubtful else FAILED, detail)

    def _said(self, text: str) -> str:
        """In one short line, without our secret, whoever repeats it."""
        secret = self.options.get(self.known.key, "") if self.known else ""
        return " ".join((text.replace(secret, "…") if secret else text).split())[:DETAIL_CHARACTERS_MAX]


def written(parcel: Parcel, known: Known) -> AnymailMessage:
    """The letter as anymail takes it, from the bytes that would have left by SMTP; what reports bring back is our token."""
    files = parcel.letter.attachments
    whole: Any = message_from_bytes(mime.without_contents(parcel.raw, files))
    texts = [part for part in whole.walk() if part.get_content_maintype() == "text"][:2]
    plain, page = (part.get_payload(decode=True).decode() for part in texts)
    given, token = parcel.headers, links.token(parcel.message_id, links.BOUNCE)
    letter = AnymailMessage(
        subject=_spelled(given["Subject"]), body=_spelled(plain), from_email=_address(given["From"]), to=[_address(given["To"])],
        reply_to=[_address(given["Reply-To"])] if "Reply-To" in given else None, headers=_headers(parcel, known),
        metadata={NAME: token} if known.named_by == "metadata" else None, tags=[token] if known.named_by == "tags" else None,
    )  # fmt: skip
    letter.attach_alternative(PLACEHOLDER.sub("&#123;", page), "text/html")
    for file in files:
        letter.attach(file.name, file.content, file.kind)
    if known.tracks:
        letter.track_clicks, letter.track_opens = False, False
    if known.name == "sparkpost":  # it would put a List-Unsubscribe of its own in the place of ours
        letter.esp_extra = {"options": {"transactional": True}}
    return letter


def _headers(parcel: Parcel, known: Known) -> dict[str, str]:
    """Ours that the provider takes. Of a list's name only its identifier stays when it is not ASCII: not all would encode it."""
    kept = {name: value for name, value in parcel.headers.items() if name in known.headers}
    if "List-Id" in kept and not kept["List-Id"].isascii():
        kept["List-Id"] = kept["List-Id"][kept["List-Id"].rfind("<") :]
    if known.name == "postmark":
        kept["X-PM-KeepID"] = "true"
    return {name: value for name, value in kept.items() if value.isascii()}


def _address(header: str) -> str:
    """One address with its name, decoded: a provider encodes by itself."""
    name, mailbox = parseaddr(header)
    said = _spelled(str(make_header(decode_header(name))))
    return f'"{quote(said)}" <{mailbox}>' if said else mailbox


def _spelled(text: str) -> str:
    """The text without anything that a provider would take for a field."""
    return PLACEHOLDER.sub("{ ", text)


def certainly_not_sent(cause: BaseException | None) -> bool:
    """Whether a request failed before anything of it was written."""
    if isinstance(cause, requests.ConnectTimeout):
        return True
    reason = getattr(cause.args[0], "reason", None) if cause and cause.args else None
    if isinstance(cause, requests.exceptions.SSLError):  # an end in the middle may also come while the answer is read
        return not isinstance(reason, ssl.SSLEOFError) and "EOF" not in str(cause)
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")
