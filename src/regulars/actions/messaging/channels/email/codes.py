"""What a refusal means for the address: the rules, as data.

Enhanced status codes (RFC 3463) decide where they can; where they say nothing, the words that receivers use, Chinese ones too; last the
three digits of the dialogue (RFC 5321, 4.2.3). Whatever is left is soft: an address is not given up on a guess.
"""

import re
from fnmatch import fnmatchcase
from typing import Literal

Failure = Literal["hard", "soft", "full", "delayed", "ours"]
WORDS_CHARACTERS_MAX = 4_000

# The first pattern that fits. 5.1.7 and 5.1.8 speak of the sender's address, 5.7 of policy, block lists and authentication: ours.
CODES: tuple[tuple[str, Failure], ...] = (
    ("[45].2.2", "full"),
    ("4.*.*", "delayed"),
    ("5.1.[78]", "ours"),
    ("5.1.*", "hard"),
    ("5.2.1", "hard"),
    ("5.7.*", "ours"),
)
FULL_WORDS = (
    r"mailbox (?:is |has )?(?:been )?full|over ?quota|quota (?:is )?exceeded|exceed\w* .{0,40}quota|out of storage|storage (?:allocation|limit)"
    r"|insufficient .{0,20}storage|mailbox size limit|已满|已滿|空间不足|容量(?:不足|超)|超出.{0,6}(?:容量|配额|限制)|配额"
    r"|postfach .{0,20}voll|boîte .{0,30}pleine|buz[oó]n .{0,20}llen|переполнен|容量オーバー|容量を超"
)
# "Access denied" to a recipient is what Exchange Online says of an address that does not exist.
HARD_WORDS = (
    r"(?:user|recipient|mailbox|address|account)\W{0,3} .{0,80}(?:unknown|not found|(?:does not|doesn't) exist|not exist)"
    r"|unknown (?:user|recipient|mailbox|local part)|user unknown|no such (?:user|recipient|mailbox|person|address)"
    r"|(?:does not|doesn't) have an? .{0,20}(?:account|mailbox)|not a (?:valid|known) (?:user|mailbox|recipient)|no mailbox here"
    r"|invalid (?:recipient|mailbox)|mailbox not found|user not found|recipient not found"
    r"|(?:account|mailbox|user) (?:is |has been |was )?(?:disabled|closed|deleted|inactive|suspended|deactivated)"
    r"|recipient address rejected: access denied|host or domain name not found|domain (?:not found|does not exist)"
    r"|不存在|无此用户|無此|查无此|找不到(?:该)?(?:用户|收件人|域名)|(?:已|被)(?:注销|停用|禁用|冻结)"
    r"|empfänger unbekannt|existiert nicht|utilisateur inconnu|n'existe pas|usuario desconocido|no existe|не существует|存在しません|見つかりません"
)
OURS_WORDS = (
    r"\bspam\b|spamhaus|blacklist|block ?list|denylist|\brbl\b|dnsbl|reputation|polic(?:y|ies)|\bdmarc\b|\bspf\b|\bdkim\b|authenticat"
    r"|access denied|not authorized|relay(?:ing)? (?:access )?denied|(?:is|was|been|message|ip|sender) (?:blocked|banned)|blocked by|rate limit"
    r"|too many (?:messages|connections)|垃圾邮件|反垃圾|黑名单|拒收|拒绝|频率|信誉|發信人|发信人|\bdt:spm|\bhl:"
)
DELAYED_WORDS = (
    r"warning (?:message )?only|do not need to resend|will (?:keep trying|continue to try|be retried)|delivery (?:is |has been )?delayed"
    r"|not yet been delivered|继续尝试|将会?重试|仍在尝试|zustellung verzögert"
)
WORDS: tuple[tuple[re.Pattern[str], Failure], ...] = (
    (re.compile(FULL_WORDS), "full"),
    (re.compile(HARD_WORDS), "hard"),
    (re.compile(OURS_WORDS), "ours"),
)
STILL_TRYING = re.compile(DELAYED_WORDS)
# Replies without an enhanced code: syntax and authentication are ours; 521, 551 and 556 say that no such mailbox is here.
DIGITS: dict[int, Failure] = {
    **dict.fromkeys((500, 501, 502, 503, 504, 530, 534, 535, 538), "ours"),
    **dict.fromkeys((521, 551, 556), "hard"),
    552: "full",
}
ENHANCED = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?!\.?\d)")
DIALOGUE = re.compile(r"(?<![\d.])([45][0-5]\d)(?=[ \-#])")


def judged(status: str, text: str) -> tuple[Failure, str]:
    """What a failure means, and the enhanced code that says so (or the one given, or an empty string).

    `status` is an enhanced code as `5.1.1`, or empty; `text` the receiver's words, in which a telling code is looked for next.
    """
    given = ENHANCED.findall(status)[:1]
    for code in [*given, *ENHANCED.findall(text[:WORDS_CHARACTERS_MAX])]:
        for pattern, kind in CODES:
            if fnmatchcase(code, pattern):
                return kind, code
    return by_words(text) or by_digits(text) or "soft", given[0] if given else ""


def by_words(text: str) -> Failure | None:
    """What the receiver's words say, in any of the languages known here, or None."""
    plain = re.sub(r"\s+", " ", text[:WORDS_CHARACTERS_MAX].casefold())
    return next((kind for pattern, kind in WORDS if pattern.search(plain)), None)


def names_code(text: str) -> bool:
    """Whether a reply code, enhanced or of three digits, stands in the text."""
    text = text[:WORDS_CHARACTERS_MAX]
    return bool(ENHANCED.search(text) or DIALOGUE.search(text))


def by_digits(text: str) -> Failure | None:
    """What the first reply code within a text says, or None."""
    found = DIALOGUE.search(text[:WORDS_CHARACTERS_MAX])
    if not found:
        return None
    return "delayed" if found[1].startswith("4") else DIGITS.get(int(found[1]))


def still_trying(text: str) -> bool:
    """Whether the words say that delivery goes on being tried."""
    return bool(STILL_TRYING.search(re.sub(r"\s+", " ", text[:WORDS_CHARACTERS_MAX].casefold())))
