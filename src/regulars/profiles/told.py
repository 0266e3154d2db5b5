"""A published number as a page tells it: the value or why there is none, and what stands beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from regulars.insight.came_back import N_MIN
from regulars.insight.kept import MONTHS_NEEDED
from regulars.profiles.models import Number

Translate = Callable[[str], str]


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


@dataclass(frozen=True)
class Told:
    """One number. `value` is a share or None; then `why_not` says what is missing."""

    value: float | None
    why_not: str
    number: Number
    details: Mapping[str, Any]
    missing: float | None = None


def n1_told(number: Number, translate: Translate = str) -> Told:
    """N1 in words."""
    details = number.details
    text, missing = "", None
    if details["why_not"] == "too_short":
        have, need = max(0, details["have_days"]), details["need_days"]
        text = translate(_("not enough history yet: {have} of {need} days of orders")).format(have=have, need=need)
        missing = have / need
    elif details["why_not"] == "too_few":
        text = translate(_("{k} of {n} new customers came back: a rate needs {needed}")).format(
            k=details["k"], n=number.n, needed=N_MIN
        )
        missing = number.n / N_MIN
    return Told(number.value, text, number, details, missing)


def n2_told(number: Number, translate: Translate = str) -> Told:
    """N2 in words."""
    details = number.details
    text, missing = "", None
    if details["why_not"] == "too_short":
        have = min(max(0, details["have_months"]), MONTHS_NEEDED)
        text = translate(_("not enough history yet: have {have} of {need} months")).format(
            have=have, need=MONTHS_NEEDED
        )
        missing = have / MONTHS_NEEDED
    elif details["why_not"] == "too_few":
        text = translate(_("only {n} customers bought last year: a share needs {needed}")).format(
            n=number.n, needed=N_MIN
        )
        missing = number.n / N_MIN
    elif details["why_not"] == "nothing_spent":
        text = translate(_("last year's customers spent nothing"))
    return Told(number.value, text, number, details, missing)
