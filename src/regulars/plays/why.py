"""Why did this person get a play on a day, or why not? One sentence of fact, comparison and limits, from the rows alone."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.customers.models import Customer, Identifier
from regulars.decisions.models import Decision
from regulars.decisions.words import to_staff
from regulars.insight.money import written
from regulars.plays import not_chosen, telling
from regulars.plays.form import Form
from regulars.plays.models import DayPlan, PlayVersion, Proposal
from regulars.plays.reading import PlayMistakes, read
from regulars.policy.hold_out import EVERYTHING
from regulars.profiles import people
from regulars.shop.models import the_shop

State = Proposal.State


@dataclass(frozen=True)
class Names:
    """What plays and the customer are called in the active language."""

    person: str
    plays: Mapping[str, Form]

    def of(self, play: str) -> str:
        """The title of a play."""
        return title(play, self.plays)

    def because(self, play: str, otherwise: str) -> str:
        """Why it does what it does."""
        return self.plays[play].because.of(get_language() or "en") if play in self.plays else otherwise


def title(play: str, plays: Mapping[str, Form]) -> str:
    """What a play is called in the active language; its name, where it says nothing any more."""
    return plays[play].title.of(get_language() or "en") if play in plays else play


def why(customer: Customer, day: dt.date) -> list[str]:
    """Everything that was decided about a customer on a day, a sentence each; never empty."""
    proposals = list(Proposal.objects.filter(day=day, person_id=customer.pk))
    decisions = _decisions(customer, day)
    logs = list(not_chosen.of(customer.pk, day))
    names = Names(str(customer), forms())
    told = [sentence for one in decisions for sentence in (_decided(one, names), _told(one, names)) if sentence]
    told += [_proposed(one, names) for one in proposals if one.state not in (State.DECIDED, State.AGREED)]
    told += [sentence for log in logs for sentence in _logged(log, names, day)]
    if not told:
        planned = DayPlan.objects.filter(day=day).exists()
        told = [
            _("No play was meant for {name} that day.").format(name=customer)
            if planned
            else _("That day was not planned.")
        ]
    return told


def forms() -> dict[str, Form]:
    """Each play that was ever on or kept, as it is now."""
    found, unit = {}, people.minor_per_major()
    for version in PlayVersion.objects.order_by("play_id", "number"):
        try:
            found[version.play_id] = read(version.text, minor_per_major=unit)
        except PlayMistakes:  # written for an earlier release
            continue
    return found


def _decisions(customer: Customer, day: dt.date) -> list[Decision]:
    zone = ZoneInfo(the_shop().zone)
    begins = dt.datetime.combine(day, dt.time(), zone)
    ends = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    mine = Identifier.objects.filter(customer_id=customer.pk).values("pk")
    return list(Decision.objects.filter(identifier_id__in=mine, at__gte=begins, at__lt=ends).order_by("at", "pk"))


def play_of(source: str) -> str:
    """The name of the play that a decision's source names; "" for none."""
    kind, _colon, rest = source.partition(":")
    return rest.rsplit("/", 1)[0] if kind == "play" else ""


def _decided(one: Decision, names: Names) -> str:
    play = play_of(one.source)
    title = names.of(play) if play else one.because
    match one.arm:
        case Decision.Arm.HELD_OUT:
            return _held_out(one.facts, names.person, title)
        case Decision.Arm.REFUSED:
            return _("Not {name} (“{play}”): {why}").format(
                name=names.person, play=title, why=to_staff(one.reason, one.facts)
            )
        case _:
            text = _("{name} gets “{play}”: {because}").format(
                name=names.person, play=title, because=names.because(play, one.because)
            )
            later = f" {to_staff(one.reason, one.facts)}" if one.reason else ""
            return text + later + worth(one.weighed, names)


def _told(one: Decision, names: Names) -> str:
    """What they read of the reason; who gets no letter with a footer hears it when they ask. Nothing came of what ended."""
    if one.arm != Decision.Arm.TREATED or one.ended_at is not None:
        return ""
    letters, language = one.todo.get("letters") or [], get_language() or "en"
    if one.channel == "email":
        text = _("{name} is told: “{why}”")
        return text.format(name=names.person, why=telling.told_or_neutral(letters, one.source, one.purpose, language))
    why = telling.told(letters, one.source, language)
    return _("If {name} asks why: “{why}”").format(name=names.person, why=why) if why else ""


def _held_out(facts: Mapping[str, Any], person: str, title: str) -> str:
    if facts.get("layer") != EVERYTHING:
        text = _("{name} is in the comparison group of “{play}”: drawn by lot, to see whether it helps.")
    elif "until" in facts:
        text = _(
            "“{play}” was meant for {name}, who is left out of every play and campaign until {day}: drawn by lot, to see what all of it changes."
        )
    else:
        text = _(
            "“{play}” was meant for {name}, who is left out of every play and campaign: drawn by lot, to see what all of it changes."
        )
    until = facts.get("until")
    day = formats.date_format(dt.date.fromisoformat(until), "DATE_FORMAT") if until else ""
    return text.format(name=person, play=title, day=day)


def _proposed(one: Proposal, names: Names) -> str:
    sentences = {
        State.WAITING: _("{name} could get “{play}”; it waits for your yes."),
        State.DECLINED: _("{name} was left out of “{play}” by {by}."),
        State.OVER: _("“{play}” for {name} came to nothing: nobody agreed that day."),
    }
    return sentences[State(one.state)].format(name=names.person, play=names.of(one.play_id), by=one.by) + worth(
        one.weighed, names
    )


def worth(weighed: Mapping[str, Any], names: Names) -> str:
    """What it was worth, and what else there was; "" where nothing was weighed."""
    if "total" not in weighed:
        return ""
    text = " " + _("Worth {total} after all costs (it brings {lift}; contact {cost}, annoyance {annoyance}).").format(
        total=money(weighed["total"]), lift=money(sum(weighed[name] for name in ("worth", "lift", "goodwill", "basket"))),
        cost=money(weighed["cost"] + weighed["slot"] + weighed["discount"]), annoyance=money(weighed["annoyance"]),
    )  # fmt: skip
    if weighed.get("next"):
        text += " " + _("Next best: “{play}”, {total}.").format(
            play=names.of(weighed["next"]), total=money(weighed["next_total"])
        )
    return text


def _logged(log: Mapping[str, Any], names: Names, day: dt.date) -> Iterator[str]:
    """Of one plan: what was not chosen."""
    for play, reason in log["refused"].items():
        yield _("Not {name} (“{play}”): {why}").format(name=names.person, play=names.of(play), why=to_staff(reason))
    if log["chosen"]:
        return
    values = {play: value for play, value in log["values"].items() if play not in log["refused"]}
    if not values:
        return
    best = max(values, key=lambda play: values[play])
    if values[best] <= 0:
        text = _("Nothing for {name}: the best idea, “{play}”, is worth {total} after all costs. Silence is better.")
    else:
        text = _(
            "{name} would get “{play}”, worth {total}, but on {day} its limit went to those for whom it is worth more."
        )
    yield text.format(
        name=names.person, play=names.of(best), total=money(values[best]), day=formats.date_format(day, "DATE_FORMAT")
    )


def money(minor: float) -> str:
    """An amount in the shop's currency."""
    return written(round(minor), the_shop().currency)
