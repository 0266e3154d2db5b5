"""What comes back by e-mail: bounces, complaints, automatic answers, wishes to be left in peace, and replies of people.

Each mail gets one `Report`: what it says, and which of our messages it is about. What to do about it is decided elsewhere.
Formats: RFC 3464 and 3463 (delivery reports), RFC 5965 (complaints), RFC 3834 (automatic answers), RFC 8098 (read receipts), and the free
text of receivers that keep to none, known by the envelope sender it comes back to.
"""

import re
from dataclasses import dataclass
from email.message import Message
from typing import Literal, get_args

from regulars.actions.messaging.channels.email import codes, mails, own_words, traces
from regulars.actions.messaging.channels.sms.stop_words import says_stop

Kind = Literal["hard", "soft", "full", "delayed", "ours", "complaint", "auto_reply", "unsubscribe", "reply"]
KINDS: tuple[Kind, ...] = get_args(Kind)
DIAGNOSTIC_CHARACTERS_MAX = 300
WORDS_CHARACTERS_MAX = 500

DELIVERED = ("delivered", "relayed", "expanded")
MACHINE_SENDER = re.compile(
    r"(?i)(?:mailer|mail|m)-?daemon|postmaster|mail delivery|delivery (?:sub)?system|系统退信|邮件系统|郵件系統"
)
BOUNCE_SUBJECT = re.compile(
    r"(?i)undeliver|deliver\w* (?:status|fail|has failed|delay|report|problem)|(?:failed|failure|returned|rejected|bounced).{0,20}(?:mail|message|delivery)"
    r"|mail (?:system error|delivery)|failure notice|退信|退回|无法送达|未送达|投递失败|unzustellbar|non (?:remis|distribu)|no se pudo entregar|не доставлено|配信不能"
)
AUTOMATIC_SUBJECT = re.compile(
    r"(?i)^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|answer)|out of (?:the )?office|ooo\b|abwesen|automatische antwort|réponse automatique"
    r"|respuesta automática|risposta automatica|resposta automática|自动回复|自動回覆|自動返信|自动答复|автоответ)"
)
# `unsubscribe:<token>`; after a space the token must look like one, so that "unsubscribe immediately" is not taken for it.
LEAVING_SUBJECT = re.compile(r"(?i)^\s*(?:re:\s*)?unsubscribe(?:[:+=.]\s?|\s+(?=\S*[\d_]))([A-Za-z0-9._=-]{4,200})\s*$")
LEAVING_WORD = re.compile(r"(?i)^\s*unsubscribe[\s.!]*$")


@dataclass(frozen=True)
class Report:
    """One mail that came back, read.

    `kind`: `hard` the address is no good, `full` its mailbox is full, `soft` it failed for another reason, `delayed` it is still being tried,
    `ours` we are refused rather than the person; or a `complaint`, an `auto_reply`, an `unsubscribe`, a person's `reply`.
    `token` is that of the VERP address or of the unsubscribe mail, `message_id` our message's with angle brackets, `address` the person's,
    `status` an enhanced code as `5.1.1`, `text` the receiver's words in short: each is empty when the mail does not tell.
    `says_stop` is for a reply: True, False, or None when it is unclear.
    """

    kind: Kind
    token: str
    message_id: str
    address: str
    status: str
    text: str
    says_stop: bool | None = None


def read(raw: bytes) -> Report | None:
    """What one incoming mail says about a message of ours; None when it says nothing of interest, as news of a delivery or a circular.

    Never raises, whatever the bytes. Of a mail above 10 MB only the headers are read. An address in a complaint may be blacked out: go by the
    token and the Message-ID first, and by the address last.
    """
    mail = mails.opened(raw)
    kinds = {mails.kind(part): part for part in reversed(mails.parts(mail))}
    if "message/feedback-report" in kinds:
        return _complaint(mail, mails.fields(kinds["message/feedback-report"]))
    if "message/delivery-status" in kinds or "message/global-delivery-status" in kinds:
        part = kinds.get("message/delivery-status") or kinds["message/global-delivery-status"]
        return _delivery(mail, mails.fields(part))
    if original := _complaint_of_outlook(mail):
        return _about(mail, "complaint", address=original)
    return _unsubscribe(mail) or _bounce_in_words(mail) or _automatic(mail) or _reply(mail)


def smtp_reply(code: int, text: str) -> Kind:
    """What a refusal in the SMTP dialogue means: `hard`, `soft`, `full`, `delayed` or `ours`.

    `code` has three digits, `text` is the rest of the reply. An enhanced code inside the text decides before the words, the words before
    the digits. A reply of 4xx may be tried again whatever its kind. Raises ValueError for a code that is no refusal.
    """
    if not 400 <= code <= 599:
        raise ValueError(f"{code} is not a refusal")
    same_class = " ".join(found for found in codes.ENHANCED.findall(text) if found[0] == str(code)[0])
    if code < 500:
        return "full" if "full" in (codes.judged(same_class, "")[0], codes.by_words(text)) else "delayed"
    if same_class:
        return codes.judged(same_class, text)[0]
    return codes.by_words(text) or codes.DIGITS.get(code, "soft")


def _about(mail: Message, kind: Kind, *, address: str = "", status: str = "", text: str = "") -> Report:
    """A report with the traces that any mail about ours may hold."""
    words = re.sub(r"\s+", " ", text).strip()[:DIAGNOSTIC_CHARACTERS_MAX]
    return Report(kind, traces.token(mail), traces.original_id(mail), traces.address_in(address), status, words)


def _complaint(mail: Message, groups: list[dict[str, str]]) -> Report | None:
    said = groups[0] if groups else {}
    feedback = said.get("feedback-type", "abuse").casefold()
    if feedback == "not-spam":
        return None
    original = mails.enclosed(mail)
    to = (
        said.get("original-rcpt-to")
        or said.get("removal-recipient")
        or (mails.header(original, "To") if original else "")
    )
    kind: Kind = "ours" if feedback == "auth-failure" else "complaint"
    return _about(mail, kind, address=to, text=feedback)


def _complaint_of_outlook(mail: Message) -> str:
    """Outlook.com's complaints are plain mails that enclose the original with the address in a header of its own."""
    original = mails.enclosed(mail)
    return mails.header(original, "X-HmXmrOriginalRecipient") if original is not None else ""


def _delivery(mail: Message, groups: list[dict[str, str]]) -> Report | None:
    told = [_one_recipient(group) for group in groups if {"action", "status", "final-recipient"} & group.keys()]
    known = [one for one in told if one[0] is not None]
    if told and not known:
        return None
    if not known:  # a report that says nothing to machines may still say it in words
        return _in_words(mail)
    kind, status, address, text = min(known, key=lambda one: one[0] == "delayed")
    return _about(mail, kind or "soft", address=address, status=status, text=text)


def _one_recipient(group: dict[str, str]) -> tuple[codes.Failure | None, str, str, str]:
    """Kind (None when it arrived), status, address and diagnostic of one recipient's group of fields."""
    action, status = group.get("action", "").casefold(), group.get("status", "")
    text = group.get("diagnostic-code", "").partition(";")[2].strip() or group.get("diagnostic-code", "")
    address = (group.get("original-recipient") or group.get("final-recipient", "")).partition(";")[2]
    kind: codes.Failure | None
    kind, code = codes.judged(status, text)
    if action.startswith(DELIVERED) or (not action and status.startswith("2")):
        kind = None
    elif action.startswith("delayed"):
        kind = "delayed"
    elif kind == "delayed" and action.startswith("failed"):
        kind = "soft"  # tried until time was up
    return kind, code, address, text


def _unsubscribe(mail: Message) -> Report | None:
    subject = mails.header(mail, "Subject")
    named = LEAVING_SUBJECT.search(subject)
    token = named[1] if named else traces.sent_to(mail, traces.LEAVING)
    if not token and LEAVING_WORD.search(subject):
        token = traces.sent_to(mail, traces.TOKEN)
    if not token:
        return None
    sender = traces.address_in(mails.header(mail, "From"))
    return Report("unsubscribe", token, traces.answered_id(mail), sender, "", subject[:DIAGNOSTIC_CHARACTERS_MAX])


def _bounce_in_words(mail: Message) -> Report | None:
    """A bounce without a report for machines. A person may write of a delivery that failed too, so a machine must have written it."""
    said = own_words.before_the_original(mails.text(mail))
    subject = bool(BOUNCE_SUBJECT.search(mails.header(mail, "Subject")))
    if MACHINE_SENDER.search(mails.header(mail, "From")):
        return _in_words(mail) if subject or codes.names_code(said) or codes.by_words(said) else None
    unsigned = mails.header(mail, "Return-Path").replace(" ", "") == "<>" or _declared_automatic(mail)
    answer = AUTOMATIC_SUBJECT.search(mails.header(mail, "Subject"))
    return _in_words(mail) if subject and unsigned and not answer and codes.names_code(said) else None


def _in_words(mail: Message) -> Report:
    said = own_words.before_the_original(mails.text(mail))
    kind, status = codes.judged("", said)
    if codes.still_trying(said):
        kind = "delayed"
    elif kind == "delayed":
        kind = "soft"  # the machine has given up, or it would say that it goes on
    address = mails.header(mail, "X-Failed-Recipients") or own_words.without_machines(said)
    return _about(mail, kind, address=address, status=status, text=own_words.telling_line(said))


def _automatic(mail: Message) -> Report | None:
    signs = (
        mails.header(mail, "Precedence").casefold() == "auto_reply",
        mails.header(mail, "X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-Mail-Autoreply"),
        MACHINE_SENDER.search(mails.header(mail, "From")),
        AUTOMATIC_SUBJECT.search(mails.header(mail, "Subject")),
        "disposition-notification" in mails.header(mail, "Content-Type").casefold(),
        _declared_automatic(mail),
    )
    circular = _is_circular(mail)
    if not circular and not any(signs):
        return None
    report = _about(mail, "auto_reply", address=mails.header(mail, "From"), text=mails.header(mail, "Subject"))
    return None if circular and not (report.token or report.message_id) else report


def _is_circular(mail: Message) -> bool:
    """Whether the mail went to many; programs that answer for people say the same of their answers."""
    return mails.header(mail, "Precedence").casefold() in ("bulk", "list", "junk") or bool(
        mails.header(mail, "List-Id")
    )


def _declared_automatic(mail: Message) -> bool:
    return mails.header(mail, "Auto-Submitted").casefold().partition(";")[0].strip() not in ("", "no")


def _reply(mail: Message) -> Report | None:
    sender, subject = traces.address_in(mails.header(mail, "From")), mails.header(mail, "Subject")
    said = own_words.of_a_person(mails.text(mail))
    if not (sender or said) or _is_circular(mail):
        return None
    first_line = said.partition("\n")[0]
    answers = [says_stop(one, "") for one in (said, first_line)] if said else [says_stop(subject, "")]
    stop = True if True in answers else answers[0]
    message_id = traces.answered_id(mail) or traces.original_id(mail)
    return Report("reply", traces.token(mail), message_id, sender, "", said[:WORDS_CHARACTERS_MAX], stop)
