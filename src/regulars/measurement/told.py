"""What a lift says, in one sentence that never says more than its figures hold."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from regulars.insight.lift.sequence import YES_MIN
from regulars.insight.money import written
from regulars.measurement.kept_lifts import EFFECT
from regulars.measurement.models import Lift
from regulars.shop.models import the_shop

SURE = ("works", "harms", "no_verdict")


@dataclass(frozen=True)
class Told:
    """people and money: sentences; lift: as it was kept; claimed: whether "it brought people back" may be said."""

    lift: Lift
    people: str
    money: str

    @property
    def back(self) -> Mapping[str, Any]:
        """The figures of who came back."""
        found: Mapping[str, Any] = self.lift.data["came_back"]
        return found


def of(source: str, *, claimed: bool = True) -> Told | None:
    """What is known of a source ("campaign:3/1", "play:birthday", or "play:" for all plays together); None before the first
    night. claimed: whether it is among the plays that may be named (many looked at together would name some falsely)."""
    return about(Lift.objects.filter(source=source, question=EFFECT).first(), claimed=claimed)


def lifts_of(scope: str) -> dict[str, Lift]:
    """By source, what is known of all sources that begin so."""
    return {lift.source: lift for lift in Lift.objects.filter(source__startswith=scope, question=EFFECT)}


def about(found: Lift | None, *, claimed: bool = True, currency: str = "") -> Told | None:
    """The same of what was found already; currency: the shop's, where it was asked for already."""
    if found is None:
        return None
    back = found.data["came_back"]
    sentence = changed(back) if back["n"] else _not_yet(found.data)
    if back["state"] == "works" and not claimed:
        sentence = _("{sentence} Among so many plays that may still be chance.").format(sentence=_between(back))
    return Told(found, sentence, earned(found.data, currency))


def _not_yet(data: Mapping[str, Any]) -> str:
    """Nobody's days are over yet: when will the first be?"""
    if not data.get("first"):
        return _("It has met nobody yet.")
    day = dt.date.fromisoformat(data["first"]) + dt.timedelta(days=data["window_days"])
    return _("The first figures come on {day}.").format(day=formats.date_format(day, "DATE_FORMAT"))


def earned(data: Mapping[str, Any], currency: str = "") -> str:
    """Money a person, with its interval; "" while nothing can be said."""
    name = "margin" if "margin" in data else "net_revenue"
    money = data[name]
    if data["came_back"]["state"] not in SURE or money["value"] is None:
        return ""
    sentences: dict[str, Callable[[], str]] = {
        "margin": lambda: _("Margin after all costs, a person: {low} to {high} against those held out."),
        "net_revenue": lambda: _("Net revenue a person: {low} to {high} against those held out."),
    }
    currency = currency or the_shop().currency
    return sentences[name]().format(low=written(money["low"], currency), high=written(money["high"], currency))


def changed(people: Mapping[str, Any]) -> str:
    """What is known of how many came back."""
    if people["state"] == "do_not_trust":
        return _("The groups are not split as planned. No result until that is explained.")
    if people["state"] == "collecting":
        return _("{n} of {need} held-out customers who must have ordered before anything can be said.").format(
            n=people["yes_held_out"], need=YES_MIN
        )
    if people["state"] == "too_small":
        return _("Too small to tell: with so many people only a change of more than {share} would be seen.").format(
            share=f"{people['visible']:.1%}"
        )
    low, high = (round(100 * people[end], 1) for end in ("low", "high"))
    if people["state"] == "works":
        return _("It brought back {low} to {high} more of 100 customers.").format(low=low, high=high)
    if people["state"] == "harms":
        return _("It drove away {low} to {high} of 100 customers.").format(low=-high, high=-low)
    return _("{sentence} It could be nothing.").format(sentence=_between(people))


def _between(people: Mapping[str, Any]) -> str:
    low, high = (round(100 * people[end], 1) for end in ("low", "high"))
    return _("Between {low} and {high} more customers in 100.").format(low=f"{low:+}", high=f"{high:+}")
