"""Which words may not stand in what a customer is told of why they hear from the shop? Ours for them, and those of a watcher.

Whoever reads such a word learns that they were sorted, weighed or watched. A fact they know about themselves needs none.
"""

import re
from functools import lru_cache

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_noop as _

from regulars.words import lint

CHARACTERS_MAX = 200
INSIDE = re.compile(
    r"(?i)\b(segment\w*|slipp(?:ing|ed)|lapsed|inactive|churn\w*|at[- ]risk|lift|uplift|hold[- ]?outs?|held[- ]out|"
    r"(?:control|comparison|test|target)[- ]?groups?|audience|campaigns?|target(?:ed|ing)|win[- ]?back|retention|conversions?|"
    r"score[sd]?|scoring|value[sd]?|valuable|worth to us|margins?|profit\w*|lifetime|clv|rfm|best customers?|"
    r"algorithms?|predict\w*|forecast\w*|by lot)\b"
    r"|分群|人群|分组|对照|实验组|抽签|流失|沉睡|沉默|挽回|留存|转化|复购|价值|得分|评级|画像|毛利|利润|预测|算法|提升率|营销"
)
"""How the shop speaks of customers among its own."""
WATCHER = re.compile(
    r"(?i)\b(?:we|we've|we have|have) (?:also )?(?:noticed|noted|observed|saw|seen|watched|been watching|been following|track\w*|monitor\w*)\b"
    r"|\bour (?:records|data|systems?) (?:show|say|tell|indicate)s?\b"
    r"|(?:注意|留意|观察|监测)到|(?:数据|系统|记录)(?:显示|表明)"
)
NOT_PLAIN = re.compile(r"\{\{|\{%|\[\[|://|\bwww\.")
"""Nothing is filled in, and a link would not be one."""


TOO_LONG, NOT_ONE_LINE = _("{number} characters at most."), _("This is one line of plain text.")
RULES = (
    (NOT_PLAIN, _("Here nothing is filled in and no link works: {words}")),
    (INSIDE, _("No customer should read this of themselves: {words}")),
    (WATCHER, _("Nobody likes to be watched; tell what they did themselves: {words}")),
)


def mistakes(text: str) -> list[tuple[int, str]]:
    """What is wrong with such a sentence: at which character, from 1 (0: the whole), and why."""
    return [(at, translate(why).format(words=words, number=CHARACTERS_MAX)) for at, why, words in _found(text)]


@lru_cache(maxsize=512)
def _found(text: str) -> list[tuple[int, str, str]]:
    """Kept, because a play is read again with each chunk of people."""
    found = []
    if len(text) > CHARACTERS_MAX:
        found.append((0, TOO_LONG, ""))
    if not text.replace("\u3000", " ").replace("\u00a0", " ").isprintable():
        found.append((0, NOT_ONE_LINE, ""))
    found += [(match.start() + 1, why, repr(match[0])) for rule, why in RULES if (match := rule.search(text))]
    return found + [(text.find(one.what) + 1, "{words}", f"{one.code}: {one.what}") for one in lint.dishonest(text)]
