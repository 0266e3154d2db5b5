"""Reading mail that strangers wrote: decoded headers, parts and text, never an exception, whatever the bytes.

The standard library parses; what it raises on broken mail is met here, so that the readers above need not think of it.
"""

import base64
import binascii
import html
import quopri
import re
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser

SIZE_MAX = 10 * 1024 * 1024  # bytes; of a larger mail only the headers are read
HEADERS_SIZE_MAX = 256 * 1024  # bytes
PARTS_MAX = 200
HEADER_CHARACTERS_MAX = 4_000
TEXT_CHARACTERS_MAX = 20_000  # of one part; what a mail has to say to us stands at its beginning
SEARCHED_CHARACTERS_MAX = 400_000

ENCLOSING = (
    "message/rfc822",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
    "text/rfc822-headers",
)
NAMED_WRONGLY = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "unknown-8bit": "utf-8",
}


def opened(raw: bytes) -> Message:
    """The mail, or its headers alone when it is larger than `SIZE_MAX` bytes or nested beyond reason."""
    if len(raw) > SIZE_MAX:
        return _headers_alone(raw)
    try:
        return BytesParser().parsebytes(raw)
    except (
        Exception
    ):  # the parser meets every kind of broken mail, and raises whatever that provokes, RecursionError too
        return _headers_alone(raw)


def header(mail: Message, *names: str) -> str:
    """The first of these headers that stands in the mail, unfolded and decoded; empty when none does."""
    return next(iter(headers(mail, *names)), "")


def headers(mail: Message, *names: str) -> list[str]:
    """Every value of these headers, in the order of the names, unfolded and decoded."""
    found = [(name.casefold(), value) for name, value in mail.raw_items()]
    return [_decoded_header(str(value)) for wanted in names for name, value in found if name == wanted.casefold()]


def parts(mail: Message) -> list[Message]:
    """The mail's leaves in order, at most `PARTS_MAX`; mails enclosed in it are leaves too."""
    found: list[Message] = []
    waiting = [mail]
    while waiting and len(found) < PARTS_MAX:
        part = waiting.pop()
        inner = _inner(part)
        if kind(part).startswith("multipart/") and isinstance(inner, list):
            waiting.extend(reversed(inner[:PARTS_MAX]))
        else:
            found.append(part)
    return found


def kind(part: Message) -> str:
    """The part's content type in small letters, as `text/plain`."""
    try:
        return part.get_content_type()
    except Exception:  # a header the library cannot read
        return "text/plain"


def enclosed(mail: Message) -> Message | None:
    """The mail, or its headers, that this one encloses: the original that a report is about."""
    for part in parts(mail):
        if kind(part) in ENCLOSING:
            inner = _inner(part)
            if isinstance(inner, list) and inner:
                return inner[0]
            return opened(_bytes(part)[:HEADERS_SIZE_MAX])
    return None


def text(mail: Message) -> str:
    """What the mail says to a reader: its first part in plain text, else its first in HTML without the tags."""
    leaves = parts(mail)
    for wanted in ("text/plain", "text/html"):
        for part in leaves:
            if kind(part) == wanted and (words := _readable(part).strip()):
                return words
    return ""


def below(mail: Message) -> str:
    """All text below the mail's own headers, enclosed mails with their headers included, for finding traces in it."""
    found: list[str] = []
    waiting = [mail]
    while waiting and len(found) < PARTS_MAX:
        part = waiting.pop()
        inner = _inner(part)
        if part is not mail:
            found.append(_as_written(part))
        if isinstance(inner, list):
            waiting.extend(reversed(inner[:PARTS_MAX]))
        elif kind(part).startswith(("text/", "message/")):
            found.append(_characters(_bytes(part)[:SEARCHED_CHARACTERS_MAX], _charset(part)))
    return "\n".join(found)[:SEARCHED_CHARACTERS_MAX]


def fields(part: Message) -> list[dict[str, str]]:
    """The groups of fields of a machine-readable report, names in small letters (RFC 3464, 2.1; RFC 5965, 3).

    The parser has taken such a part for mails of its own; some senders also encode it, against the rules: both are undone.
    """
    inner = _inner(part)
    written = "\n\n".join(_rewritten(piece) for piece in inner) if isinstance(inner, list) else inner
    written = _unwrapped(written[:SEARCHED_CHARACTERS_MAX], header(part, "Content-Transfer-Encoding").casefold())
    return [group for block in re.split(r"\n[ \t\r]*\n", written) if (group := _group(block))]


def _inner(part: Message) -> list[Message] | str:
    """The parts within this one, or its text still in its transfer encoding."""
    try:
        content = part.get_payload()
    except Exception:  # a charset with a null character in its name, and whatever else there is
        return ""
    if isinstance(content, list):
        return [piece for piece in content if isinstance(piece, Message)]
    return content if isinstance(content, str) else ""


def _headers_alone(raw: bytes) -> Message:
    try:
        return BytesParser().parsebytes(raw[:HEADERS_SIZE_MAX], headersonly=True)
    except Exception:  # as above
        return Message()


def _decoded_header(value: str) -> str:
    value = re.sub(r"\s*[\r\n]\s*", " ", value)[:HEADER_CHARACTERS_MAX]
    value = _characters(value.encode("utf-8", "surrogateescape"), "")
    try:
        pieces = decode_header(value)
    except Exception:  # broken encoded words
        return value.strip()
    return "".join(p if isinstance(p, str) else _characters(p, charset or "") for p, charset in pieces).strip()


def _bytes(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # broken transfer encoding
        return b""
    return content if isinstance(content, bytes) else b""


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset() or ""
    except Exception:  # a parameter the library cannot read
        return ""


def _characters(content: bytes, charset: str) -> str:
    """Decoded by the charset named, or by those that mail is really written in."""
    for name in (NAMED_WRONGLY.get(charset.casefold(), charset), "utf-8", "gb18030"):
        try:
            return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode("latin-1")


def _readable(part: Message) -> str:
    words = _characters(_bytes(part)[: 4 * TEXT_CHARACTERS_MAX], _charset(part))[:TEXT_CHARACTERS_MAX]
    if kind(part) != "text/html":
        return words
    words = re.sub(r"(?is)<(style|script|head)\b.*?</\1>", " ", words)
    words = re.sub(r"(?i)<(?:br|/p|/div|/tr|/h\d|/li)\b[^>]{0,200}>", "\n", words)
    return html.unescape(re.sub(r"<[^<>]{0,2000}>", " ", words))


def _rewritten(piece: Message) -> str:
    body = _inner(piece)
    return _as_written(piece) + "\n\n" + (body if isinstance(body, str) else "")


def _as_written(part: Message) -> str:
    """The part's headers, a line each or more."""
    return "\n".join(f"{name}: {value}" for name, value in part.raw_items())[:SEARCHED_CHARACTERS_MAX]


def _unwrapped(written: str, encoding: str) -> str:
    content = written.encode("utf-8", "surrogateescape")
    try:
        if encoding == "base64":
            content = base64.b64decode(content)
        elif encoding == "quoted-printable":
            content = quopri.decodestring(content)
    except binascii.Error:
        pass
    return _characters(content, "utf-8")


def _group(block: str) -> dict[str, str]:
    group: dict[str, str] = {}
    for line in re.sub(r"\r?\n[ \t]+", " ", block).splitlines():
        name, colon, value = line.partition(":")
        if colon and re.fullmatch(r"[!-~]{1,80}", name.strip()):
            group.setdefault(name.strip().casefold(), value.strip()[:HEADER_CHARACTERS_MAX])
    return group
