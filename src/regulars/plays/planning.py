"""Plan a day: choose a play for each person who shall get one, once a day, and write it down before anybody is asked.

The choice is `policy.choose`; whom the gate would refuse for good is left out and the choice made again, so that nobody
takes the place of somebody else for nothing. What was not chosen is kept in the day's log (not_chosen.py). What
happens during the day (an order, a review) is planned when it becomes known, for people who have nothing planned yet.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from regulars.decisions import gate
from regulars.plays import not_chosen, overtaken, running
from regulars.plays.asking import Meeting, look
from regulars.plays.candidates import FIGURES, Candidates, Moment, candidates
from regulars.plays.models import DayPlan, Play, Proposal
from regulars.plays.people_today import order_margin, people_of
from regulars.plays.running import Running
from regulars.policy.allocation import NOTHING
from regulars.policy.choose import Chosen, Option, People, choose, parts
from regulars.policy.contact import Answer
from regulars.policy.reasons import Reason
from regulars.shop import current
from regulars.shop.inserting import insert
from regulars.shop.models import Shop, the_shop

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EVENTS = ("order", "refund", "review", "bad_review")
LASTS = dt.timedelta(hours=72)
"""So long a contact that waits for no day may wait for an allowed hour."""
ROUNDS_MAX = 6
LIKELY = FIGURES.index("p_order_90d")
PROPOSED = "day play_id version person_id occurrence weighed not_before expires_at at by state".split()
WRITTEN_AT_ONCE = 20_000
Refused = dict[tuple[int, int], str]
"""(row, play) -> why the gate would not have it."""


@dataclass(frozen=True)
class Planned:
    """meant: people any play was meant for; chosen: of them; refused: by reason; gap: to the best there could be."""

    day: dt.date
    meant: int
    chosen: int
    refused: dict[str, int]
    gap: float

    @property
    def alone(self) -> int:
        """Of them, left in peace."""
        return self.meant - self.chosen


@dataclass(frozen=True)
class Day:
    """What is needed to choose: the day, its plays, its people, and what is known of them."""

    shop: Shop
    today: dt.date
    now: dt.datetime
    plays: Sequence[Running]
    options: Sequence[Option]
    found: Candidates
    who: People


def plan(*, now: dt.datetime) -> Planned | None:
    """The choice of today, made once; later on the same day for what has happened since. None when there is nothing to do."""
    shop = the_shop()
    today = now.astimezone(ZoneInfo(shop.zone)).date()
    made = DayPlan.objects.filter(day=today).first()
    if _nothing_new(made, shop):
        return None
    margin = order_margin()
    on = running.running(margin)
    overtaken.take_back(on, now=now)
    plays = [one for one in on if not one.form.waits_for and _due(one, made, shop)]
    if not plays:
        return None
    for one in plays:
        running.register(one, today=today, at=now)
    options = [running.option(one, order_margin=margin, today=today) for one in plays]
    found = candidates(plays, today=today, now=now)
    day = Day(shop, today, now, plays, options, found, people_of(found, now))
    chosen, refused = _chosen(day)
    return _write(day, chosen, refused, first=made is None)


def _nothing_new(made: DayPlan | None, shop: Shop) -> bool:
    """Asked every few seconds, so before anything is read: all plays had their turn, and no facts came in since."""
    names = set(Play.objects.filter(state=Play.State.ON).values_list("name", flat=True))
    told = made is not None and made.facts_version >= shop.refreshed_version and names <= made.counts.keys()
    return told or not names


def _due(one: Running, made: DayPlan | None, shop: Shop) -> bool:
    """Whether a play has its turn now: each once a day, and those that wait for an event when facts came in since."""
    if made is None or one.play.name not in made.counts:
        return True
    return one.form.on in EVENTS and made.facts_version < shop.refreshed_version


def _chosen(day: Day) -> "tuple[Chosen, Refused]":
    """The choice without those whom the gate refuses; (row, play) -> why not."""
    import numpy as np

    situation = np.where(day.found.meant, 1.0, np.nan)
    refused: Refused = {}
    asked = np.zeros(situation.shape, bool)
    budget = running.budget_today(day.plays, day.today)
    situation[np.isin(day.found.person, _planned(day.today))] = np.nan
    for _round in range(ROUNDS_MAX):
        chosen = choose(day.who, day.options, situation, day=day.today.toordinal(), budget=budget)
        new = _refused(day, chosen, asked)
        if not new:
            break
        for (row, place), why in new.items():
            situation[row, place] = np.nan
            refused[row, place] = why
            chosen.play[row] = NOTHING  # should this have been the last round
    return chosen, refused


def _planned(today: dt.date) -> list[int]:
    """Who has a play for today; more only come under the lock of the day's plan."""
    return list(Proposal.objects.filter(day=today).values_list("person_id", flat=True))


def _refused(day: Day, chosen: Chosen, asked: "NDArray[np.bool_]") -> Refused:
    """Whom the gate would refuse for today, whatever the lot says: nobody is drawn by being looked at. asked: about which
    people and plays it was asked before; nobody is asked about twice."""
    import numpy as np

    rows = np.flatnonzero(chosen.play != NOTHING)
    rows = rows[~asked[rows, chosen.play[rows]]]
    asked[rows, chosen.play[rows]] = True
    found = {}
    for start in range(0, len(rows), gate.READ_AT_ONCE):
        chunk = rows[start : start + gate.READ_AT_ONCE]
        pairs = list(zip(chunk.tolist(), chosen.play[chunk].tolist(), strict=True))
        for pair, answer in zip(pairs, gate.weigh(_looks(day, pairs), now=day.now), strict=True):
            if answer.final or _has_no_room_today(answer, day):
                found[pair] = str(answer.reason or Reason.BUDGET_USED)
    return found


def _looks(day: Day, pairs: Sequence[tuple[int, int]]) -> list[gate.Request]:
    """A look at each row and play; what the same play wishes for the same moment is one wish."""
    usual, wishes, found = Moment(str(day.today)), {}, []
    for row, place in pairs:
        person = int(day.found.person[row])
        moment = day.found.moments.get((place, person), usual)
        if (place, moment) not in wishes:
            wishes[place, moment] = look(day.plays[place], _meeting(day, person, moment)).wish
        found.append(gate.Request(person, wishes[place, moment]))
    return found


def _has_no_room_today(answer: Answer, day: Day) -> bool:
    """Whoever heard from us lately is chosen on the day there is room: until then they may order, and need something else."""
    if not answer.yes or answer.at is None or answer.at == day.now:
        return False
    waits = answer.at.astimezone(ZoneInfo(day.shop.zone)).date() > day.today
    return waits and not answer.facts.get("waited_for")


def _meeting(day: Day, person: int, moment: Moment) -> Meeting:
    return Meeting(person, day.today, moment.occurrence, day.now, _expires(moment, day))


def _expires(moment: Moment, day: Day) -> dt.datetime:
    """The end of the last day that is not too late; a few days from now where no day is waited for."""
    if moment.until is None:
        return day.now + LASTS
    ends = dt.datetime.combine(moment.until + dt.timedelta(days=1), dt.time(), ZoneInfo(day.shop.zone))
    return ends.astimezone(dt.UTC)


def _write(day: Day, chosen: Chosen, refused: Refused, *, first: bool) -> Planned:
    """The plan, its proposals and its log: all or nothing, and once."""
    import numpy as np

    rows = np.flatnonzero(chosen.play != NOTHING)
    told = Planned(day.today, len(day.found.person), len(rows), dict(Counter(refused.values())), chosen.gap)
    counts = {
        one.play.name: [int(day.found.meant[:, place].sum()), int((chosen.play == place).sum())]
        for place, one in enumerate(day.plays)
    }
    with current.atomic():
        fields = {"at": day.now, "asked": told.meant, "gap": chosen.gap, "counts": counts, "facts_version": day.shop.refreshed_version,
                  "prices": {"budget": chosen.budget_price, **dict(chosen.count_prices)}}  # fmt: skip
        if first:
            _plan, made = DayPlan.objects.get_or_create(day=day.today, defaults=fields)
            if not made:  # somebody else has planned it meanwhile
                return told
        else:
            _add(day, counts)
            rows = rows[~np.isin(day.found.person[rows], _planned(day.today))]  # by somebody else meanwhile
        insert(Proposal, PROPOSED, _proposals(day, chosen, rows))
    not_chosen.keep(day, chosen, refused)
    return told


def _add(day: Day, counts: dict[str, list[int]]) -> None:
    """To the day's plan, what was planned later on it."""
    plan = DayPlan.objects.select_for_update().get(day=day.today)
    for name, numbers in counts.items():
        plan.counts[name] = [sum(pair) for pair in zip(plan.counts.get(name, [0, 0]), numbers, strict=True)]
    plan.facts_version = day.shop.refreshed_version
    plan.save(update_fields=["counts", "facts_version"])


def _proposals(day: Day, chosen: Chosen, rows: "NDArray[np.int64]") -> Iterator[tuple[Any, ...]]:
    """The values of PROPOSED, play by play; a part of the people at a time."""
    usual = Moment(str(day.today))
    for place, one in enumerate(day.plays):
        mine = rows[chosen.play[rows] == place]
        asks = one.play.mode == Play.Mode.ASK
        by, state = ("", Proposal.State.WAITING) if asks else (one.play.scope, Proposal.State.AGREED)
        for start in range(0, len(mine), WRITTEN_AT_ONCE):
            some = mine[start : start + WRITTEN_AT_ONCE]
            for person, weighed in zip(
                day.found.person[some].tolist(), _weighed(day, chosen, place, some), strict=True
            ):
                moment = day.found.moments.get((place, person), usual)
                yield (day.today, one.play.pk, one.play.version, person, moment.occurrence, weighed, day.now,
                       _expires(moment, day), day.now, by, state)  # fmt: skip


def _weighed(day: Day, chosen: Chosen, place: int, rows: "NDArray[np.int64]") -> Iterator[dict[str, Any]]:
    """What is kept with each proposal: what was known, and what it is worth."""
    import numpy as np

    worths = parts(day.who, day.options[place], day.found.meant[:, place].astype(float), rows)
    told = not_chosen.told(day.options, chosen, rows, worths)
    likely = np.nan_to_num(day.found.figures[rows, LIKELY]).tolist()
    margins, contacts = day.who.margin[rows].tolist(), day.who.contacts[rows].tolist()
    one = day.plays[place]
    known: dict[str, Any] = {"belief": one.belief}
    if len(one.chances) > 1:
        known["chances"] = list(one.chances)
    for margin, contact, chance, rest in zip(margins, contacts, likely, told, strict=True):
        yield {"margin": round(margin, 2), "contacts": round(contact, 4), "likely": round(chance, 6)} | known | rest
