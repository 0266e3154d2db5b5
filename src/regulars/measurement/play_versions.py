"""Which version of a play's words did more, and how often shall each be drawn from now on?

Every time counts for which a version was drawn, since each has a lot of its own; also where it did not arrive in the end:
that is part of what it does. Words that stay as they are go on counting when something else about the play changes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from regulars.decisions.models import Chances, Decision
from regulars.insight.lift.adaptive import Draws, against, broken, rate
from regulars.insight.lift.forecasting import running_line
from regulars.insight.lift.versions import Compared
from regulars.measurement.kept_lifts import VERSIONS, alpha_of
from regulars.measurement.models import Lift
from regulars.measurement.plays import form_of
from regulars.measurement.versions import left
from regulars.measurement.windows import Drawn, after
from regulars.plays.folders import Written
from regulars.plays.form import Form
from regulars.plays.models import Play, PlayVersion
from regulars.plays.reading import PlayMistakes, read
from regulars.policy.chances import OUTCOME_DAYS, chances, weighed
from regulars.profiles import people
from regulars.profiles.refresh import Asked

COLUMNS = ("arm", "chance", "likely", "orders")


@dataclass
class Lots:
    """Every version that was drawn for somebody who was to be reached. left: how many each made leave or complain; counts: of each set of
    chances, how often each came."""

    drawn: list[Drawn] = field(default_factory=list)
    left: dict[int, int] = field(default_factory=dict)
    counts: dict[tuple[float, ...], Counter[int]] = field(default_factory=lambda: defaultdict(Counter))


def measure(asked: Asked) -> int:
    """Ask about each play whose words compete; returns how many answers were kept."""
    kept = 0
    for play in Play.objects.exclude(began=None).order_by("pk"):
        try:
            made = form_of(play)
        except PlayMistakes:  # its text fits this release no more; what was found before stays
            continue
        if len(made.contact.words) > 1:
            _keep(play, made, asked)
            kept += 1
    return kept


def _keep(play: Play, made: Form, asked: Asked) -> None:
    count, lots = len(made.contact.words), _lots(play, made)
    draws = _draws(asked, lots.drawn)
    day = asked.dates.complete
    before = Chances.objects.filter(pk=play.source).first()
    if before is None or before.day < day:  # once a day, whatever becomes known on it
        found = chances(weighed(draws.outcome, draws.version, draws.chance, count=count))
        Chances.objects.update_or_create(pk=play.source, defaults={"chances": list(found), "day": day})
    data = _found(draws, lots, count, planned=max(1, play.planned))
    Lift.objects.update_or_create(source=play.scope, question=VERSIONS, defaults={"as_of": day, "data": data})


def _found(draws: Draws, lots: Lots, count: int, *, planned: int) -> dict[str, Any]:
    """As a campaign's (`kept_lifts.of`), each version with its rate set right for the chances."""
    drawn = Counter(one.arm for one in lots.drawn)
    rates = [rate(draws, place, planned=planned) for place in range(count)]
    if broken({moved: [came[place] for place in range(count)] for moved, came in lots.counts.items()}):
        pairs = [Compared("broken", one.n, one.yes) for one in rates[1:]]
    else:
        alpha = alpha_of(count)
        pairs = [against(draws, 0, place, planned=planned, alpha=alpha) for place in range(1, count)]
    versions = [
        {"drawn": drawn[place], "left": lots.left.get(place, 0)} | asdict(one) for place, one in enumerate(rates)
    ]
    return {"window_days": OUTCOME_DAYS, "versions": versions, "pairs": [asdict(pair) for pair in pairs]}


def _lots(play: Play, made: Form) -> Lots:
    same = list(_same(play, made))
    sources = [f"{play.scope}/{row.number}" for row in same]
    places = {letter: place for row in same for place, letter in enumerate(_letters(row))}
    rows = Decision.objects.filter(source__in=sources, arm=Decision.Arm.TREATED)
    found = Lots(left=left(sources, places))
    fields = ("identifier_id", "variant", "not_before", "weighed")
    for identifier, version, at, told in rows.order_by("pk").values_list(*fields).iterator():
        if "chances" in told:
            found.drawn.append(Drawn(identifier, version, at, told["version_chance"], told.get("likely", 0.0)))
            found.counts[tuple(told["chances"])][version] += 1
    return found


def _same(play: Play, made: Form) -> Iterator[PlayVersion]:
    """The versions of the play that had the same words, in the same order, whatever else they said."""
    rows = {row.number: row for row in PlayVersion.objects.filter(play=play).order_by("number")}
    now = _words(rows[play.version], made)
    for row in rows.values():
        with suppress(PlayMistakes):
            if _words(row, read(row.text, minor_per_major=people.minor_per_major())) == now:
                yield row


def _letters(version: PlayVersion) -> list[int]:
    """The letter of each of its words; none for a version that was never in force."""
    names = read(version.text, minor_per_major=people.minor_per_major()).contact.words
    return [version.letters[words] for words in names if words in version.letters]


def _words(version: PlayVersion, made: Form) -> list[Any]:
    written = Written(version.text, version.words)
    return [written.drafts(words) for words in made.contact.words]


def _draws(asked: Asked, drawn: list[Drawn]) -> Draws:
    """Those whose days are over, in the order of their days."""
    import numpy as np

    table = after(asked, drawn, days=OUTCOME_DAYS, each=True)
    over = table.filter(table.over).order_by(["day", "customer_id"]).select("day", *COLUMNS).to_pyarrow()
    found = {name: over[name].to_numpy() for name in COLUMNS} | {"day": over["day"].cast("int32").to_numpy()}
    ordered = (found["orders"] > 0).astype(float)
    forecast = running_line(found["day"], found["likely"], ordered)
    return Draws(ordered, found["arm"].astype(np.int64), found["chance"], forecast)
