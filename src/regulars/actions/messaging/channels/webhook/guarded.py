"""A POST to an address that somebody else chose, which cannot be turned against the inside of our own network (SSRF).

The name is resolved once, every address it has must be outside, and the connection goes to the address that was checked, under the
name's own certificate. HTTPS only, no redirects, no proxy, ten seconds in all, small answers.
"""

import functools
import http.client
import io
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from regulars.actions.messaging.channels.webhook.addresses import is_outside

TOTAL_SECONDS = 10.0
ANSWER_SIZE_MAX = 64 * 1024  # bytes
ADDRESSES_TRIED_MAX = 3
URL_CHARACTERS_MAX = 2_000
OURS_ALONE = {"host", "content-length", "connection", "transfer-encoding", "expect"}

Resolver = Callable[..., list[Any]]
Reason = Literal["address", "scheme", "credentials", "inside", "headers"]


class NotPosted(ValueError):
    """The request did not come to an answer."""


class Refused(NotPosted):
    """We did not try; `reason` is `address`, `scheme`, `credentials`, `inside` or `headers`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class NotConnected(NotPosted):
    """No connection came about, so certainly nothing was sent."""


class NoAnswer(NotPosted):
    """The request, or some of it, was sent, and no answer came: whether it was taken nobody knows."""


@dataclass(frozen=True)
class Reply:
    """The answer's status and body; `stage` is `cut` when the body was longer than 64 kB or broke off, else `answered`."""

    status: int
    body: bytes
    stage: Literal["answered", "cut"]


@dataclass(frozen=True)
class Target:
    """Where a request goes: `host` in ASCII as in the certificate, `path` with its query."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == (443 if self.tls else 80) else f"{shown}:{self.port}"


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    resolve: Resolver = socket.getaddrinfo,
    allow_private: bool = False,
) -> Reply:
    """POST `body` to `url`. `resolve` has the signature of `socket.getaddrinfo`; `allow_private` (for tests) admits http and the inside.

    Raises Refused before anything is sent, NotConnected when no connection came about, NoAnswer when it was sent in vain. Redirects
    are answers like any other. A host in other letters than ASCII must come in its `xn--` form.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    target = target_of(url, allow_http=allow_private)
    head = _head(target, headers, len(body))
    addresses = _checked(_resolved(target, resolve, deadline), allow_private=allow_private)
    with _connected(target, addresses, deadline) as connection:
        failed = _sent(connection, head + body, deadline)
        try:
            return _answer(connection, deadline)
        except (OSError, http.client.HTTPException) as no:
            raise NoAnswer(_said(failed or no)) from no


def check(url: str, *, resolve: Resolver = socket.getaddrinfo) -> None:
    """Whether a POST to this address would be tried, without sending anything. Raises Refused, or NotConnected for an unknown name."""
    target = target_of(url)
    _checked(_resolved(target, resolve, time.monotonic() + TOTAL_SECONDS), allow_private=False)


def target_of(url: str, *, allow_http: bool = False) -> Target:
    """The parts of a URL we would post to. Raises Refused for anything but plain `https://host[:port]/path`."""
    if len(url) > URL_CHARACTERS_MAX or not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        raise Refused("address")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("address") from None
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not allow_http):
        raise Refused("scheme")
    if "@" in parts.netloc:
        raise Refused("credentials")
    tls = parts.scheme == "https"
    if not host or len(host) > 253 or port == 0:
        raise Refused("address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(tls, host, port or (443 if tls else 80), path)


@functools.cache
def trust() -> ssl.SSLContext:
    """Whose certificates we trust: those of the system, read once, since reading takes longer than a connection."""
    return ssl.create_default_context()


def _head(target: Target, headers: Mapping[str, str], size: int) -> bytes:
    given = {name: value for name, value in headers.items() if name.casefold() not in OURS_ALONE}
    for name, value in given.items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or not re.fullmatch(r"[ -~]*", value):
            raise Refused("headers")
    whole = {"Host": target.authority, "Content-Length": str(size), "Connection": "close", **given}
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in whole.items()), "", ""]
    return "\r\n".join(lines).encode("ascii")


def _resolved(target: Target, resolve: Resolver, deadline: float) -> list[Any]:
    """What the resolver says, waited for no longer than there is time: the system's own knows no limit."""
    found: list[Any] = []

    def ask() -> None:
        try:
            found.append(resolve(target.host, target.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as no:
            found.append(no)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_left(deadline))
    if not found:
        raise NotConnected("no answer about the name")
    if isinstance(found[0], Exception) or not found[0]:
        raise NotConnected(f"the name is not known: {_said(found[0])}")
    return list(found[0])


def _checked(addresses: list[Any], *, allow_private: bool) -> list[Any]:
    """The addresses, if every one is outside: one inside among them is an attack or a mistake."""
    if not allow_private and not all(is_outside(str(address[0])) for *_, address in addresses):
        raise Refused("inside")
    return addresses[:ADDRESSES_TRIED_MAX]


def _connected(target: Target, addresses: list[Any], deadline: float) -> socket.socket:
    """A connection to the first address that takes one; no name is resolved here."""
    failed: Exception | None = None
    for family, kind, protocol, _, address in addresses:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(_left(deadline))
            connection.connect(address)
            if target.tls:
                connection = trust().wrap_socket(connection, server_hostname=target.host)
            return connection
        except (OSError, ValueError) as no:
            connection.close()
            failed = no
    raise NotConnected(_said(failed)) from failed


def _sent(connection: socket.socket, content: bytes, deadline: float) -> Exception | None:
    """Send all; a failure is kept rather than raised, since the other side may have answered before it heard us out."""
    try:
        connection.settimeout(_left(deadline))
        connection.sendall(content)
    except OSError as no:
        return no
    return None


class _Timed(io.RawIOBase):
    """A connection read as a file, each read within what is left of the time: drop by drop is no way to hold us."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self.connection, self.deadline = connection, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.connection.settimeout(_left(self.deadline))
        return self.connection.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        """What the library's response asks of a socket."""
        return io.BufferedReader(self)


def _answer(connection: socket.socket, deadline: float) -> Reply:
    response = http.client.HTTPResponse(_Timed(connection, deadline), method="POST")  # type: ignore[arg-type]
    response.begin()
    if response.status < 200:
        raise http.client.UnknownProtocol(str(response.status))
    body = b""
    try:
        while len(body) <= ANSWER_SIZE_MAX and (more := response.read1(ANSWER_SIZE_MAX + 1 - len(body))):
            body += more
    except (OSError, http.client.HTTPException):
        return Reply(response.status, body[:ANSWER_SIZE_MAX], "cut")
    whole = len(body) <= ANSWER_SIZE_MAX and not response.length
    return Reply(response.status, body[:ANSWER_SIZE_MAX], "answered" if whole else "cut")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("out of time")
    return left


def _said(failed: object) -> str:
    return str(failed) or type(failed).__name__
