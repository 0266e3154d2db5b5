"""What became of a campaign: what was decided, what left, what it changed, and which words did more."""

from typing import Any

from django.utils.translation import gettext as _

from regulars.actions.messaging import clicks, looking
from regulars.actions.messaging.models import Message
from regulars.actions.tasks import looking as tasks
from regulars.actions.tasks.models import Task
from regulars.console.views import letters
from regulars.decisions import words as reasons
from regulars.insight.lift.sequence import YES_MIN
from regulars.measurement import kept_lifts, told
from regulars.plays import campaigns
from regulars.plays.models import Campaign
from regulars.plays.versions import LETTERS


def context(campaign: Campaign) -> dict[str, Any]:
    """What the page of a launched campaign shows."""
    states = dict(Message.State.choices)
    decided = campaigns.counts(campaign)
    refused = [
        (reasons.to_staff(reason), number)
        for reason, number in decided.items()
        if reason not in ("treated", "held_out")
    ]
    found = looking.counts(campaign.source)
    if campaign.channel in letters.BY_HAND:
        states, found = dict(Task.State.choices), tasks.counts_of(campaign.source)
    counts = [(states[state], number) for state, number in found.items()]
    return {
        "campaign": campaign,
        "decided": decided,
        "refused": refused,
        "counts": counts,
        "all": sum(decided.values()),
        "clicks": clicks.by_link(campaign.letters),
        "days": clicks.by_day(campaign.letters),
        "effect": _changed(campaign),
        **_compared(campaign),
    }


def _changed(campaign: Campaign) -> dict[str, Any] | None:
    """What it changed against those held out, in sentences; None where nobody was."""
    if not campaign.hold_out:
        return None
    found = told.of(campaign.source)
    if found is None:
        return {"came_back": None}
    return {
        "came_back": found.people, "as_of": found.lift.as_of, "window": found.lift.data["window_days"], "people": found.back,
        "money": found.money,
    }  # fmt: skip


def _compared(campaign: Campaign) -> dict[str, Any]:
    """The versions beside each other, and what can be said of each against the first."""
    found = kept_lifts.of(campaign, kept_lifts.VERSIONS)
    if len(campaign.letters) < 2:
        return {}
    subjects = [letters.kept(pk).subject for pk in campaign.letters]
    if found is None:
        return {"versions": [(LETTERS[place], subject, None) for place, subject in enumerate(subjects)]}
    rows = zip(LETTERS, subjects, found.data["versions"], strict=False)
    pairs = zip(LETTERS[1:], found.data["pairs"], strict=False)
    return {
        "versions": list(rows), "as_of": found.as_of, "window": found.data["window_days"],
        "verdicts": [verdict(letter, pair) for letter, pair in pairs],
    }  # fmt: skip


def verdict(letter: str, pair: dict[str, Any]) -> str:
    """What is known of a version against the first, in a sentence."""
    if pair["state"] == "collecting":
        return _("{b} against A: too few people ordered so far; {need} with each version are needed.").format(
            b=letter, need=YES_MIN
        )
    if pair["state"] == "broken":
        return _("{b} against A: people were not drawn as planned. No result until that is explained.").format(b=letter)
    low, high = (round(100 * pair[end], 1) for end in ("low", "high"))
    if pair["state"] == "worse":
        return _("After {b}, {low} to {high} fewer of 100 people ordered than after A.").format(
            b=letter, low=-high, high=-low
        )
    if pair["state"] == "better":
        return _("After {b}, {low} to {high} more of 100 people ordered than after A.").format(
            b=letter, low=low, high=high
        )
    return _(
        "After {b}, between {low} and {high} more of 100 people ordered than after A: it could be nothing."
    ).format(b=letter, low=f"{low:+}", high=f"{high:+}")
