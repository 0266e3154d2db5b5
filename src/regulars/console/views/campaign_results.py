"""What became of a campaign: what was decided, what left, what it changed, and which words did more."""

from typing import Any

from django.utils.translation import gettext as _

from regulars.actions.messaging import clicks, looking
from regulars.actions.messaging.models import Message
from regulars.actions.tasks import looking as tasks
from regulars.actions.tasks.models import Task
from regulars.console.templatetags.words import exact, share
from regulars.console.views import letters
from regulars.decisions import words as reasons
from regulars.insight.lift.sequence import YES_MIN
from regulars.measurement import kept_lifts
from regulars.plays import campaigns
from regulars.plays.models import Campaign
from regulars.plays.versions import LETTERS
from regulars.shop.models import the_shop


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
    found = kept_lifts.of(campaign, kept_lifts.EFFECT)
    if found is None:
        return {"came_back": None}
    currency = the_shop().currency
    people, money = found.data["came_back"], found.data["net_revenue"]
    sure = people["state"] in ("works", "harms", "no_verdict") and money["value"] is not None
    ends = [exact(money[end], currency) for end in ("low", "high")] if sure else []
    return {
        "came_back": changed(people), "as_of": found.as_of, "window": found.data["window_days"], "people": people,
        "money": _("Net revenue a person: {low} to {high} against those held out.").format(low=ends[0], high=ends[1]) if sure else "",
    }  # fmt: skip


def changed(people: dict[str, Any]) -> str:
    """What is known of how many came back, in a sentence. Never more than the figures hold."""
    if people["state"] == "do_not_trust":
        return _("The groups are not split as planned. No result until that is explained.")
    if people["state"] == "collecting":
        return _("{n} of {need} held-out customers who must have ordered before anything can be said.").format(
            n=people["yes_held_out"], need=YES_MIN
        )
    if people["state"] == "too_small":
        return _("Too small to tell: with so many people only a change of more than {share} would be seen.").format(
            share=share(people["visible"])
        )
    low, high = (round(100 * people[end], 1) for end in ("low", "high"))
    if people["state"] == "works":
        return _("It brought back {low} to {high} more of 100 customers.").format(low=low, high=high)
    if people["state"] == "harms":
        return _("It drove away {low} to {high} of 100 customers.").format(low=-high, high=-low)
    return _("Between {low} and {high} more customers in 100. It could be nothing.").format(
        low=f"{low:+}", high=f"{high:+}"
    )


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
