"""Did the person ask us to stop? Matched loosely, in the person's language, with a third answer for "unclear".

One word for it is enough, politely or rudely written. Anything that merely mentions stopping is not guessed at: a person reads it.
"""

import difflib
import re
import unicodedata

CHARACTERS_READ_MAX = 1_000
NEARLY = 0.8  # a word this like a stop word is a slip of the thumb, and a person should look

# Universal since they are printed on most messages; the first six are per se revocations in 47 CFR 64.1200(a)(10).
EVERYWHERE = "stop quit end revoke cancel unsubscribe optout stopall unsub remove"
OWN_WORDS = {
    "de": "stopp abmelden abbestellen austragen abmeldung ende widerruf",
    "en": "",
    "es": "baja alto parar cancelar detener",
    "fr": "arret arreter arretez desabonner desabonnement desinscrire desinscription",
    "it": "basta ferma cancellami disiscrivimi disiscrizione annulla",
    "ja": "停止 配信停止 受信拒否 解除 ストップ",
    "ko": "수신거부 중지 정지 그만",
    "nl": "afmelden uitschrijven stoppen",
    "pl": "koniec rezygnuje wypisz",
    "pt": "sair parar pare cancelar remover",
    "ru": "стоп отписаться отписка отмена",
    "sv": "stopp avsluta avregistrera",
    "tr": "iptal dur ret",
    "zh": "退订 退訂 取消订阅 取消訂閱 拒收 不要再发 不要再發 别再发 td t r",
}
# What people put around the word without changing its meaning. "All" and "now" make it only firmer.
AROUND = {
    "all", "bitte", "from", "gracias", "grazie", "immediately", "list", "marketing", "me", "merci", "message", "messages", "mich", "my", "now",
    "number", "please", "pls", "por", "favor", "sending", "sms", "svp", "text", "texting", "texts", "thank", "thanks", "the", "these", "this",
    "to", "us", "you", "danke", "newsletter", "email", "emails", "mails", "mail",
}  # fmt: skip
AROUND_HAN = "我要想请請帮幫您你好谢謝了吧的短信訊简簡，。"
LONE_LETTERS = {"r", "t", "td"}


def says_stop(text: str, language: str) -> bool | None:
    """Whether an inbound text asks us to stop: True, False, or None when only a person can tell.

    `language` is the person's, as in `de` or `zh-Hans`; empty means that any language counts as theirs. True when the whole text
    is stop words and politeness ("STOP!!", "please unsubscribe me", "我要退订"). None when it is empty, mentions stopping within
    something longer ("don't stop"), nearly spells it, or uses another language's word. Stopping words of English count everywhere.
    """
    words = _words(text[:CHARACTERS_READ_MAX])
    if not words:
        return None
    own = _own_words(language)
    meant = [word for word in map(_without_politeness_han, words) if word and word not in AROUND]
    if meant and all(word in own for word in meant):
        return True
    return None if _mentions(words, own) else False


def _words(text: str) -> list[str]:
    """The text's words in one plain form: no case, accents, widths or punctuation; "opt out" and "s t o p" become one word."""
    plain = _folded(text)
    words = re.findall(r"\w+", re.sub(r"['’_\u200b-\u200f]", "", plain))
    if len(words) > 1 and all(len(word) == 1 and word.isascii() for word in words):
        words = ["".join(words)]
    return re.sub(r"\b(opt) (out)\b", r"\1\2", " ".join(words)).split()


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f"))


def _own_words(language: str) -> frozenset[str]:
    base = re.split(r"[-_]", language.casefold())[0]
    lists = OWN_WORDS.values() if not base else [OWN_WORDS.get(base, "")]
    own = set(_folded(" ".join([EVERYWHERE, *lists])).split())
    # A lone letter is a Chinese habit; from somebody whose language we do not know it may be anything.
    return frozenset(own if base else own - LONE_LETTERS)


def _without_politeness_han(word: str) -> str:
    """Chinese writes no spaces, so politeness is taken off letter by letter."""
    return word.strip(AROUND_HAN) if not word.isascii() else word


def _mentions(words: list[str], own: frozenset[str]) -> bool:
    every = own | _own_words("")
    if LONE_LETTERS.intersection(words) and len(words) == 1:
        return True
    if any(word in every or _holds_unspaced(word, every) for word in words):
        return True
    return len(words) <= 3 and any(difflib.get_close_matches(w, every, 1, NEARLY) for w in words if len(w) > 3)


def _holds_unspaced(word: str, every: frozenset[str]) -> bool:
    return not word.isascii() and any(stop in word for stop in every if not stop.isascii() and len(stop) > 1)
