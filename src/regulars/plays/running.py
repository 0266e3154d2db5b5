"""The plays that are on, as they are today: what each says, its letters, who is held out, and what stops it."""

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import F

from regulars.decisions import limits
from regulars.decisions.models import Belief, Chances, contact_rules
from regulars.plays.form import Form
from regulars.plays.models import Play, PlayVersion
from regulars.plays.reading import PlayMistakes, read
from regulars.policy.chances import even
from regulars.policy.choose import SLOT_SHARE, Option
from regulars.policy.value import COST_SHARES, Terms
from regulars.profiles import people
from regulars.profiles.margins import margin_rate

MARGIN_RATE_MIN = 0.05
ALL = "plays"
"""The key of the limit of all plays together, before the month."""


@dataclass(frozen=True)
class Running:
    """One play that is on. letters: the versions of its words; cost: of one contact, minor units; belief: what is thought of
    its lift now; chances: with which each version is drawn today; budget: of all plays together in a month."""

    play: Play
    form: Form
    letters: tuple[int, ...]
    cost: float
    belief: float
    chances: tuple[float, ...] = (1.0,)
    budget: int | None = None

    @property
    def per_day(self) -> int | None:
        """People a day at most, as the merchant or else the play says."""
        return self.form.limits.per_day if self.play.per_day is None else self.play.per_day


@dataclass(frozen=True)
class Usual:
    """The margin of a usual order of the shop, and how many minor units its currency has."""

    margin: float
    minor_per_major: int


def running(order_margin: float) -> list[Running]:
    """Every play that is on, by name, but for one whose text fits this release no more: its page says so, and the others go
    on. order_margin: of a usual order, in minor units."""
    budget = contact_rules().care_budget
    plays = {play.pk: play for play in Play.objects.filter(state=Play.State.ON)}
    beliefs = dict(
        Belief.objects.filter(scope__in=[play.scope for play in plays.values()]).values_list("scope", "mean")
    )
    versions = PlayVersion.objects.filter(play__in=plays.values(), number=F("play__version"))
    usual = Usual(order_margin, people.minor_per_major())
    found = []
    for version in versions.order_by("play_id"):
        with suppress(PlayMistakes):
            found.append(replace(_running(plays[version.play_id], version, beliefs, usual), budget=budget))
    return found


def _running(play: Play, version: PlayVersion, beliefs: dict[str, float], usual: Usual) -> Running:
    form = _form(version.text, usual.minor_per_major)
    said = form.contact.cost
    cost = COST_SHARES.get(form.contact.channel, 0.0) * usual.margin if said is None else said * usual.minor_per_major
    letters = tuple(version.letters[words] for words in form.contact.words if words in version.letters)
    return Running(
        play, form, letters, cost, beliefs.get(play.scope, form.value.lift), chances_of(play.source, len(letters)),
    )  # fmt: skip


def chances_of(source: str, count: int) -> tuple[float, ...]:
    """With which each of so many versions is drawn: as was found last (policy/chances.py), even before anything was."""
    if count < 2:
        return (1.0,)
    kept = Chances.objects.filter(pk=source).values_list("chances", flat=True).first()
    return tuple(kept) if kept and len(kept) == count else even(count)


@lru_cache(maxsize=256)
def _form(text: str, minor_per_major: int) -> Form:
    """Read once, however often it is asked: a version never changes."""
    return read(text, minor_per_major=minor_per_major)


def option(one: Running, *, order_margin: float, today: dt.date) -> Option:
    """As policy chooses among them: its value, and how many it may reach today."""
    value = one.form.value
    terms = Terms(
        lift=one.belief, days=value.days, cost=one.cost, goodwill=value.goodwill, basket=value.basket,
        discount=value.discount, margin_rate=max(MARGIN_RATE_MIN, margin_rate()) if value.discount else 1.0, habit=value.habit,
        worth=value.worth * order_margin, slot=SLOT_SHARE * order_margin,
    )  # fmt: skip
    return Option(one.play.name, terms, owed=one.form.owed, most=_most(one, today))


def _most(one: Running, today: dt.date) -> int | None:
    """The least of: people a day, what is left of the stock, what is left of this month's money."""
    left = limits.left(key for key, _amount in takes(one, today))
    found = [room // amount for key, amount in takes(one, today) if amount and (room := left.get(key)) is not None]
    return min(found, default=None)


def takes(one: Running, today: dt.date) -> tuple[tuple[str, int], ...]:
    """Of which limits one contact takes how much."""
    found = []
    if one.per_day is not None:
        found.append((f"{one.play.scope}:{today}", 1))
    if one.form.limits.stock is not None:
        found.append((f"{one.play.scope}:stock", 1))
    if one.form.limits.budget is not None:
        found.append((f"{one.play.scope}:{today:%Y-%m}", max(1, round(one.cost))))
    if one.budget is not None and not one.form.owed and round(one.cost):
        found.append((f"{ALL}:{today:%Y-%m}", round(one.cost)))
    return tuple(found)


def register(one: Running, *, today: dt.date, at: dt.datetime) -> None:
    """Say how much there is of each limit; what was taken stays taken."""
    said = one.form.limits
    for key, amount in (
        (f"{one.play.scope}:{today}", one.per_day),
        (f"{one.play.scope}:stock", said.stock),
        (f"{ALL}:{today:%Y-%m}", one.budget),
        (f"{one.play.scope}:{today:%Y-%m}", None if said.budget is None else round(said.budget * people.minor_per_major())),
    ):  # fmt: skip
        if amount is not None:
            limits.register(key, amount, actor=one.play.scope, at=at)


def budget_today(plays: Sequence[Running], today: dt.date) -> float | None:
    """Of the money for all plays, what is left this month for each day that is left; None where there is no budget."""
    if not any(one.budget is not None for one in plays):
        return None
    left = limits.left([f"{ALL}:{today:%Y-%m}"]).get(f"{ALL}:{today:%Y-%m}", 0)
    return max(0.0, left / (monthrange(today.year, today.month)[1] - today.day + 1))


def share_of(one: Running) -> float:
    """How many are held out: what the play says, else by how long it is known; never of what is owed."""
    if one.form.owed:
        return 0.0
    return one.play.share if one.form.share is None else one.form.share
