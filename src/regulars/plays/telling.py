"""Why does a customer hear from the shop? In the sentence that is theirs: never the merchant's, which speaks about them."""

from collections.abc import Sequence

from regulars.decisions.words import neutral
from regulars.plays.models import Campaign
from regulars.words.letters import why_written
from regulars.words.models import Letter


def told(letters: Sequence[int], source: str, language: str) -> str:
    """Their sentence in this language, English, or whatever there is; "" where nobody wrote one.

    A play's stands with the letters of the version that was decided, which are never changed; a campaign's is its
    `because`, which its page asks for as something they can read.
    """
    letter = Letter.objects.filter(pk__in=letters).exclude(told={}).order_by("pk").first()
    if letter is not None:
        return why_written(letter, language)
    kind, _colon, rest = source.partition(":")
    number = rest.partition("/")[0]
    if kind != "campaign" or not (number.isascii() and number.isdigit() and len(number) < 19):
        return ""
    return Campaign.objects.filter(pk=number).values_list("because", flat=True).first() or ""


def told_or_neutral(letters: Sequence[int], source: str, purpose: str, language: str) -> str:
    """The same; where nobody wrote one, what kind of message it was."""
    return told(letters, source, language) or neutral(purpose)
