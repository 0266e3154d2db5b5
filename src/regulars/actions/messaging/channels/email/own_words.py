"""The words a mail adds of its own, without the quoted mail beneath them."""

import re

from regulars.actions.messaging.channels.email import codes

LINES_MAX = 400
QUOTED = re.compile(
    r"(?i)^\s*(?:>|(?:on|am|le|el|il|op|em)\b.{4,200}(?:wrote|schrieb.{0,60}|a écrit|escribió|ha scritto|schreef|escreveu)\s?:?\s*$|.{0,200}写道[：:]"
    r"|.{0,200}寫道[：:]|-{2,}\s*(?:original|ursprüngliche|message d'origine|mensaje original|原始邮件|原邮件|原始郵件|转发)|_{10,}\s*$"
    r"|(?:from|von|de|发件人|寄件者|差出人)\s?[:：].{0,200}@|sent from my |von meinem .{0,40}gesendet|发自我的|-- ?$)"
)
ORIGINAL = re.compile(
    r"(?i)^(?:-{3,}.{0,80}(?:original|copy|below|header|included|returned|原)|\s{0,4}(?:received|return-path|dkim-signature):\s|.{0,40}original message (?:follows|headers)"
    r"|.{0,20}(?:原邮件|原始邮件|原信)内容)"
)
MACHINES = re.compile(r"(?i)(?:mailer-daemon|postmaster|mail-daemon|noreply|no-reply)@\S+")


def of_a_person(text: str) -> str:
    """What a person wrote above the quoted mail and the signature."""
    return "\n".join(_until(QUOTED, text)).strip()


def before_the_original(text: str) -> str:
    """What a machine says before it gives the original back."""
    return "\n".join(_until(ORIGINAL, text)).strip()


def telling_line(text: str) -> str:
    """The line that names the reason: the first with a code, else the first with known words, else the first."""
    lines = [line.strip() for line in text.splitlines()[:LINES_MAX] if line.strip()]
    for tells in (codes.ENHANCED.search, codes.DIALOGUE.search, codes.by_words):
        if found := next((line for line in lines if tells(line)), ""):
            return found
    return lines[0] if lines else ""


def without_machines(text: str) -> str:
    """The text without the addresses of mail programs, which are nobody's."""
    return MACHINES.sub(" ", text)


def _until(end: re.Pattern[str], text: str) -> list[str]:
    kept: list[str] = []
    for line in text.splitlines()[:LINES_MAX]:
        if end.search(line):
            break
        kept.append(line)
    return kept
