"""What a rehearsal says, in sentences: from the figures that `rehearse` found, as they are kept."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.decisions.words import to_staff
from regulars.insight.money import written
from regulars.plays.why import forms, title
from regulars.shop.models import the_shop

YEAR = 365


def sentences(found: Mapping[str, Any]) -> list[str]:
    """The past first, then what may come."""
    return [*_back(found["back"]), *_ahead(found["ahead"], found["why_not"])]


def of_plan(found: Mapping[str, Any]) -> list[str]:
    """What a whole plan says: the past of all plays that are on together, then what may come."""
    back = found["back"]
    if not back["plays"]:
        return [_("No play that acts every day is on."), *_ahead(found["ahead"], found["why_not"])]
    text = _("In the last {days} days the plays that are on would have met {n} people, {contacts} times, for {cost}.")
    told = [text.format(days=back["days"], n=f"{back['met']:,}", contacts=f"{back['contacts']:,}",
                        cost=written(round(back["cost"]), the_shop().currency))]  # fmt: skip
    plays = forms()
    told += [f"  {n:,}: {title(name, plays)}" for name, n in back["plays"].items()]
    if back["several"]:
        text = _("{n} times somebody was meant by several plays, and got one of them.")
        told.append(text.format(n=f"{back['several']:,}"))
    if back["enough"]:
        text = _("{n} times somebody was left in peace, since they had heard from the shop often enough.")
        told.append(text.format(n=f"{back['enough']:,}"))
    return [*told, *_ahead(found["ahead"], found["why_not"])]


def _back(back: Mapping[str, Any]) -> list[str]:
    if back["waits"]:
        return [
            _(
                "It waits for a day or an event. Of those who may be reached, its condition fits up to {n} at once; whom it meets of them, the days will tell."
            ).format(n=f"{back['largest']:,}")
        ]
    once = back.get("once", False)
    if not back["met"]:
        text = _("Today it would meet nobody.") if once else _("In the last {days} days it would have met nobody.")
        return [text.format(days=back["days"])]
    a_year = round(back["met"] * YEAR / back["days"])
    text = _("In the last {days} days it would have met {n} people, about {year} a year, for {cost}.")
    if once:
        text = _("It acts once: today it would meet {n} people, for {cost}.")
    cost = written(round(back["cost"]), the_shop().currency)
    told = [text.format(days=back["days"], n=f"{back['met']:,}", year=f"{a_year:,}", cost=cost)]
    if back["matured"]:
        text = _("Of {n} whose time is over, {back} came back anyway, without it.")
        told.append(text.format(n=f"{back['matured']:,}", back=f"{back['anyway']:,}"))
    refused = sum(back["refused"].values())
    if refused:
        text = ngettext(
            "Of {asked} asked about today, {n} would not be reached:",
            "Of {asked} asked about today, {n} would not be reached:",
            refused,
        )
        told.append(text.format(asked=f"{back['asked']:,}", n=f"{refused:,}"))
        told += [f"  {n:,}: {to_staff(reason)}" for reason, n in back["refused"].items()]
    plays = forms() if back["overlap"] else {}
    for play, n in sorted(back["overlap"].items(), key=lambda pair: -pair[1]):
        if n:
            told.append(
                _("Up to {n} of them are meant by “{play}” too; each gets one of the two.").format(
                    n=f"{n:,}", play=title(play, plays)
                )
            )
    return told


def _ahead(ahead: Mapping[str, Any] | None, why: str) -> list[str]:
    if ahead is None:
        reasons = {
            "nothing_like_it": _("The invented shop knows nothing like it, so what may come of it is not rehearsed."),
            "met_nobody": _("It would have met nobody, so what may come of it is not rehearsed."),
            "too_young": _("Too few have ordered twice for an invented shop like this one."),
        }
        return [reasons[why]] if why in reasons else []
    low, middle, high = ahead["profit"]
    text = _(
        "In {seeds} invented years of a shop like this one ({n} customers) it changed the margin by {middle} %; in eight of ten between {low} and {high} %."
    )
    told = [
        text.format(
            seeds=ahead["seeds"],
            n=f"{ahead['customers']:,}",
            middle=f"{middle:+.2f}",
            low=f"{low:+.2f}",
            high=f"{high:+.2f}",
        )
    ]
    text = _(
        "It made about {contacts} contacts a year, and {left} more people left. How invented people react is assumed: only a hold-out can show that a play works."
    )
    return [*told, text.format(contacts=f"{ahead['contacts']:,.0f}", left=f"{ahead['unsubscribed']:,.0f}")]
