"""The bytes of a letter: text and HTML side by side, and files with them, as RFC 5322, 2045, 2046 and 2183 ask.

Written by hand because the standard library's generator takes longer than everything else together, and folds long
links into encoded words in which mail programs do not find the unsubscribe button (cpython issue 87659). Tests parse
the result with the standard library.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from email.header import Header
from email.utils import formataddr
from functools import lru_cache
from urllib.parse import quote

from regulars.words.enclosures import FILES_MAX, Enclosed

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


def message(
    headers: Mapping[str, str], *, text: str, html: str, boundary: str, attached: Iterable[Enclosed] = ()
) -> bytes:
    """The whole message with CRLF line ends. Raises HeaderRefused."""
    lines = [_header(name, value) for name, value in headers.items()]
    lines.append(b"MIME-Version: 1.0")
    files = [part(file) for file in attached]
    if not files:
        return b"\r\n".join([*lines, *_alternative(text, html, boundary), b""])
    outer = f"=+{boundary}".encode()  # neither boundary may begin with the other
    lines += [b'Content-Type: multipart/mixed; boundary="%b"' % outer, b"", b"--%b" % outer]
    lines += _alternative(text, html, boundary)
    for file in files:
        lines += [b"--%b" % outer, file]
    return b"\r\n".join([*lines, b"--%b--" % outer, b""])


def without_contents(raw: bytes, attached: Iterable[Enclosed]) -> bytes:
    """A message that `message` made, its files named but empty: for keeping."""
    for file in attached:
        raw = raw.replace(part(file), b"\r\n".join(_part_head(file)), 1)
    return raw


@lru_cache(maxsize=2 * FILES_MAX)
def part(file: Enclosed) -> bytes:
    """One file as a part; encoded once for all letters it goes with. Raises HeaderRefused for one without its content."""
    if len(file.content) != file.size:
        raise HeaderRefused(f"{file.name} is not at hand")
    return b"\r\n".join([*_part_head(file), base64.encodebytes(file.content).rstrip().replace(b"\n", b"\r\n")])


def _part_head(file: Enclosed) -> list[bytes]:
    charset = '; charset="utf-8"' if file.kind.startswith("text/") else ""
    plain = PLAIN.fullmatch(file.name) and not any(sign in file.name for sign in '"\\')
    name = f'filename="{file.name}"' if plain else f"filename*=utf-8''{quote(file.name, safe='')}"
    return [
        f"Content-Type: {file.kind}{charset}".encode(),
        b"Content-Transfer-Encoding: base64",
        f"Content-Disposition: attachment; size={file.size};".encode(),
        f" {name}".encode(),
        b"",
    ]


def _alternative(text: str, html: str, boundary: str) -> list[bytes]:
    lines = [f'Content-Type: multipart/alternative; boundary="{boundary}"'.encode(), b""]
    for kind, body in (("plain", text), ("html", html)):
        lines += [
            f"--{boundary}".encode(),
            f'Content-Type: text/{kind}; charset="utf-8"'.encode(),
            b"Content-Transfer-Encoding: quoted-printable",
            b"",
            _quoted(body),
        ]
    return [*lines, f"--{boundary}--".encode()]


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
