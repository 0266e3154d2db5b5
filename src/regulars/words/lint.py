"""Is a letter fit to be sent? What would stop it, what looks like spam, and what is not honest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from regulars.words.fields import available
from regulars.words.sandbox import WordsRefused, names, needs

SUBJECT_CHARACTERS = 78
LINKS_MAX = 15
LETTER_BYTES_MAX = 100_000


@dataclass(frozen=True)
class Finding:
    """level: "stop" (cannot be sent), "look" (a person must say that it is so). code: its sentence is in the pages."""

    level: str
    code: str
    what: str = ""


SPAM = (
    ("shouting", re.compile(r"^[^a-z]*[A-Z]{4,}[^a-z]*$|!!")),
    (
        "money_words",
        re.compile(r"(?i)\b(free money|act now|100% free|click here|winner|cash bonus|no risk)\b|点击领取|中奖"),
    ),
)
DISHONEST = (
    (
        "losing_money",
        re.compile(
            r"(?i)\b(below cost|we (?:are )?los(?:e|ing) money|at a loss|giving it away)\b|亏本|赔本|跳楼价|清仓甩卖"
        ),
    ),
    (
        "false_urgency",
        re.compile(
            r"(?i)\b(last chance|only today|today only|hurry|before it'?s too late|final hours|never again)\b|最后一天|仅限今日|错过不再"
        ),
    ),
    (
        "reduction_claim",
        re.compile(
            r"(?i)\b\d{1,2} ?% (?:off|less|cheaper|reduced|rabatt)|\bwas\b[^.\n]{0,30}\bnow\b|\bhalf price\b|statt \d|[一二三四五六七八九\d.]+折|原价"
        ),
    ),
    ("false_scarcity", re.compile(r"(?i)\b(only \d+ left|almost gone|selling out|while stocks last)\b|仅剩|即将售罄")),
)
UNFINISHED = re.compile(r"\[\[.*?(\]\]|$)")
"""A place that somebody still has to fill."""
EMPTY_ADDRESS = re.compile(r"(?i)\b(dear|hello|hi|liebe[r]?|bonjour|亲爱的|尊敬的)\s*\{\{(?![^}]*default)[^}]*\}\}")


def check(subject: str, text: str, *, html: str = "", marketing: bool = True) -> list[Finding]:
    """What is wrong with a letter: `text` is its plain form. Nothing found: an empty list.

    marketing: whether it may advertise; an announcement reaches people who never agreed to that.
    """
    try:
        asked, needed = names(subject) + names(text), needs(subject) | needs(text)
    except WordsRefused as error:
        return [Finding("stop", "cannot_be_filled", str(error))]
    known = set(available())
    found = [
        Finding("stop", "unknown_field", ".".join(path)) for path in dict.fromkeys(asked) if ".".join(path) not in known
    ]
    found += [Finding("look", "needs_default", ".".join(path)) for path in sorted(needed) if path[0] == "customer"]
    if not subject.strip():
        found.append(Finding("stop", "no_subject"))
    if not text.strip():
        found.append(Finding("stop", "no_words"))
    if place := unfinished(f"{subject}\n{text}"):
        found.append(Finding("stop", "unfinished", place))
    words = _about_words(subject, text)
    if not marketing:
        words = [Finding("stop", "advertises", each.what) if each.code != "shouting" else each for each in words]
    return found + _about_form(subject, text, html) + words


def _about_form(subject: str, text: str, html: str) -> list[Finding]:
    found = []
    if len(subject) > SUBJECT_CHARACTERS:
        found.append(Finding("look", "long_subject", str(len(subject))))
    if len(re.findall(r"https?://", text)) > LINKS_MAX:
        found.append(Finding("look", "many_links"))
    if len(html.encode()) > LETTER_BYTES_MAX:
        found.append(Finding("look", "clipped", f"{len(html.encode()):,}"))
    return found


def _about_words(subject: str, text: str) -> list[Finding]:
    found = [Finding("look", code, match[0]) for code, rule in SPAM if (match := rule.search(subject))]
    return found + dishonest(f"{subject}\n{text}")


def dishonest(text: str) -> list[Finding]:
    """What such words promise or claim that is rarely true."""
    return [Finding("look", code, match[0]) for code, rule in DISHONEST if (match := rule.search(text))]


def unfinished(text: str) -> str:
    """What somebody still has to fill in, as it stands there; "" for nothing."""
    found = UNFINISHED.search(text)
    return found[0][:80] if found else ""


def stops(findings: Sequence[Finding]) -> bool:
    """Whether the letter cannot be sent as it is."""
    return any(each.level == "stop" for each in findings)
