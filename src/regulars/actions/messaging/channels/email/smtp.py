"""Hand a letter to a mail server over one kept connection, and know at each moment how far it came.

The standard library raises the same error for a connection cut before and after the final dot. Before it nothing was
taken and the letter may be tried again; after it nobody knows. So the dialogue is driven step by step.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Generator
from dataclasses import dataclass

from regulars.actions.messaging.channels.port import FAILED, LATER, OURS, SENT, UNKNOWN, Outcome, Parcel
from regulars.actions.messaging.channels.together import Steps

TIMEOUT_SECONDS = 60.0
LETTERS_A_CONNECTION = 1_000
STATUS = re.compile(rb"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
GONE = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}
"""RFC 3463 subject and detail: bad mailbox or system, moved, null MX, mailbox disabled."""
OUR_FAULT_CODES = {530, 534, 535, 538, 454}


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over. security: "tls", "starttls" or "none"."""

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = ""
    timeout: float = TIMEOUT_SECONDS


class Cut(Exception):
    """The connection ended, or the server spoke no SMTP."""


class SmtpHand:
    """One connection, opened when needed and kept."""

    def __init__(self, server: Server) -> None:
        self.server, self.timeout = server, server.timeout
        self._smtp: smtplib.SMTP | None = None
        self._given = 0

    @property
    def connected(self) -> bool:
        """Whether the next letter needs no new connection."""
        return self._smtp is not None and self._given < LETTERS_A_CONNECTION

    def give(self, parcel: Parcel) -> Outcome:
        """Hand over one letter; see Outcome for what can come of it."""
        steps = self.steps(parcel)
        while True:
            try:
                next(steps)  # the answer is waited for where it is read
            except StopIteration as end:
                found: Outcome = end.value
                return found

    def steps(self, parcel: Parcel) -> Steps:
        """The same, stopping before each answer."""
        try:
            smtp = self._connected()
        except smtplib.SMTPAuthenticationError as error:
            self._drop()
            return Outcome(OURS, f"the mail server refused the log-in ({error.smtp_code})")
        except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
            self._drop()
            return Outcome(LATER, f"no connection to {self.server.host}: {_said(error)}")
        handed = False
        try:
            outcome = yield from self._dialogue(smtp, parcel)
            if outcome is not None:
                return outcome
            handed = True
            smtp.send(b".\r\n")
            yield _socket(smtp)
            return _after_the_dot(*smtp.getreply())
        except (OSError, smtplib.SMTPException, Cut) as error:
            self._drop()
            return Outcome(UNKNOWN if handed else LATER, f"the connection ended: {_said(error)}")

    def close(self) -> None:
        """Say good-bye."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                pass
        self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        if self.connected and self._smtp is not None:
            return self._smtp
        self.close()
        server, self._given = self.server, 0
        if server.security == "tls":
            made: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout, context=ssl.create_default_context()
            )
        else:
            made = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        self._smtp = made
        if made.sock is not None:
            # The final dot follows the letter in a packet of its own; without this it waits 40 ms for the other side.
            made.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.security == "starttls":
            made.starttls(context=ssl.create_default_context())
        made.ehlo_or_helo_if_needed()
        if server.user:
            made.login(server.user, server.password)
        return made

    def _dialogue(self, smtp: smtplib.SMTP, parcel: Parcel) -> Generator[int, None, Outcome | None]:
        """Everything before the final dot; None when the server took it all so far."""
        self._given += 1
        steps = (f"MAIL FROM:<{parcel.envelope_from}>", f"RCPT TO:<{parcel.address}>", "DATA")
        replies: list[tuple[int, bytes]] = []
        if smtp.has_extn("pipelining"):
            smtp.send("".join(f"{step}\r\n" for step in steps).encode("ascii"))
            yield _socket(smtp)
            replies = [smtp.getreply() for _step in steps]
        else:
            for step in steps:
                smtp.putcmd(step)
                yield _socket(smtp)
                replies.append(smtp.getreply())
                if replies[-1][0] >= 400:
                    break
        refused = next(((code, text) for code, text in replies if code >= 400), None)
        if any(code < 0 for code, _text in replies):
            raise Cut("the server spoke no SMTP")
        if refused is None and replies[-1][0] == 354:
            smtp.send(_stuffed(parcel.raw))
            return None
        if replies[-1][0] == 354:  # pipelined DATA was accepted although a recipient was not: end it with nothing
            smtp.send(b".\r\n")
            smtp.getreply()
        smtp.rset()
        return _refusal(*(refused or replies[-1]))

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


def _socket(smtp: smtplib.SMTP) -> int:
    """Where the answer will come."""
    if smtp.sock is None:
        raise Cut("the connection is closed")
    return smtp.sock.fileno()


def _stuffed(raw: bytes) -> bytes:
    """With CRLF at the end, and lines that begin with a dot doubled (RFC 5321, 4.5.2)."""
    body = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    body = body.replace(b"\r\n.", b"\r\n..")
    return b"." + body if body.startswith(b".") else body


def _after_the_dot(code: int, text: bytes) -> Outcome:
    if code < 0:
        return Outcome(UNKNOWN, "the server spoke no SMTP after the letter")
    if code < 400:
        return Outcome(SENT, provider_id=_short(text))
    return _refusal(code, text)


def _refusal(code: int, text: bytes) -> Outcome:
    """What a reply of 400 or more means, and for whom."""
    detail = f"{code} {_short(text)}"
    found = STATUS.search(text)
    subject = (int(found[2]), int(found[3])) if found else (0, 0)
    if code in OUR_FAULT_CODES or subject[0] == 7:
        return Outcome(OURS, detail)
    if code < 500 or subject == (2, 2):
        return Outcome(LATER, detail)
    return Outcome(FAILED, detail, gone=subject in GONE or (found is None and code in (550, 551, 553)))


def _short(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())[:200]


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:150] or type(error).__name__
