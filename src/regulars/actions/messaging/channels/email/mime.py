"""The bytes of a letter: text and HTML side by side, as RFC 5322, 2045 and 2046 ask.

Written by hand because the standard library's generator takes longer than everything else together, and folds long
links into encoded words in which mail programs do not find the unsubscribe button (cpython issue 87659). Tests parse
the result with the standard library.
"""

import binascii
import re
from collections.abc import Mapping
from email.header import Header
from email.utils import formataddr
from functools import lru_cache

LINE_MAX = 998
PLAIN = re.compile(r"[\x20-\x7e]*")
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u0085]+")


class HeaderRefused(ValueError):
    """A header cannot be written so; the message names it."""


def one_line(value: str) -> str:
    """Without line breaks and control characters, so that a name cannot bring a header of its own."""
    return CONTROL.sub(" ", value).strip()


def address(name: str, mailbox: str) -> str:
    """A mailbox with its display name."""
    if CONTROL.search(mailbox) or not PLAIN.fullmatch(mailbox) or any(letter in mailbox for letter in "<>,; "):
        raise HeaderRefused(f"this is no address: {mailbox[:80]!r}")
    return formataddr((one_line(name), mailbox), "utf-8")


def message(headers: Mapping[str, str], *, text: str, html: str, boundary: str) -> bytes:
    """The whole message with CRLF line ends. Raises HeaderRefused."""
    lines = [_header(name, value) for name, value in headers.items()]
    lines += [b"MIME-Version: 1.0", f'Content-Type: multipart/alternative; boundary="{boundary}"'.encode(), b""]
    for kind, body in (("plain", text), ("html", html)):
        lines += [
            f"--{boundary}".encode(),
            f'Content-Type: text/{kind}; charset="utf-8"'.encode(),
            b"Content-Transfer-Encoding: quoted-printable",
            b"",
            _quoted(body),
        ]
    lines += [f"--{boundary}--".encode(), b""]
    return b"\r\n".join(lines)


def _header(name: str, value: str) -> bytes:
    if CONTROL.search(value):
        raise HeaderRefused(f"{name} has a line break")
    if PLAIN.fullmatch(value):
        whole = f"{name}: {value}"
        if len(whole) <= LINE_MAX:
            return whole.encode()
        raise HeaderRefused(f"{name} is longer than {LINE_MAX} characters")
    return f"{name}: {Header(value, 'utf-8', header_name=name).encode(linesep=chr(13) + chr(10))}".encode()


def _quoted(body: str) -> bytes:
    """Quoted-printable with CRLF, lines of at most 76 characters."""
    return b"\r\n".join(map(_line, body.replace("\r\n", "\n").replace("\r", "\n").split("\n")))


@lru_cache(maxsize=128)
def _line(line: str) -> bytes:
    """One line of the body; most lines of a letter stand in all its copies."""
    return binascii.b2a_qp(line.encode(), istext=True).replace(b"\n", b"\r\n")
