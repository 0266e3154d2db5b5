"""The versions of a play's words beside each other: how often drawn, who ordered after each, and the chance of each now."""

from typing import Any

from django.utils.translation import get_language

from regulars.console.views.campaign_results import verdict
from regulars.measurement import kept_lifts
from regulars.measurement.models import Lift
from regulars.plays.running import chances_of
from regulars.plays.switching import Known
from regulars.plays.versions import LETTERS


def context(found: Known) -> dict[str, Any]:
    """What the play's page shows of versions that compete; nothing of a play with one, or that never acted."""
    words = found.form.contact.words
    if len(words) < 2 or found.play is None or found.play.began is None:
        return {}
    kept = Lift.objects.filter(source=found.form.scope, question=kept_lifts.VERSIONS).first()
    if kept is not None and len(kept.data["versions"]) != len(words):  # of other words than now
        kept = None
    figures = kept.data["versions"] if kept else [{}] * len(words)
    chances = chances_of(found.play.source, len(words))
    rows = [
        {"letter": letter, "subject": _subject(found, name), "chance": chance, "ordered": _ordered(each),
         "drawn": each.get("drawn", 0), "n": each.get("n", 0), "left": each.get("left", 0)}
        for letter, name, each, chance in zip(LETTERS, words, figures, chances, strict=False)
    ]  # fmt: skip
    compared: dict[str, Any] = {"rows": rows, "verdicts": [], "as_of": None}
    if kept is not None:
        pairs = zip(LETTERS[1:], kept.data["pairs"], strict=False)
        verdicts = [verdict(letter, pair) for letter, pair in pairs]
        compared |= {"verdicts": verdicts, "as_of": kept.as_of, "window": kept.data["window_days"]}
    return {"compared": compared}


def _ordered(figures: dict[str, Any]) -> str:
    """Of a hundred, with the interval; "" while there are too few."""
    if figures.get("value") is None:
        return ""
    value, low, high = (100 * figures[name] for name in ("value", "low", "high"))
    return f"{value:.1f} ({max(0.0, low):.1f}–{min(100.0, high):.1f})"


def _subject(found: Known, words: str) -> str:
    """Of the letter in the reader's language, else of any."""
    drafts = found.written.drafts(words)
    draft = drafts.get(get_language() or "en") or drafts.get("en") or next(iter(drafts.values()), None)
    return draft.subject if draft else ""
