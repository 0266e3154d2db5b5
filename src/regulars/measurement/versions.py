"""Which words did more? The versions of a letter compared by who ordered in the days after it was due, and who left.

Everybody who drew a version counts to it, also those whom it did not reach in the end: that is part of what it does.
Days that are not over yet count for nobody. People of two versions (united later) are left out.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import starmap
from typing import Any

from regulars.actions.messaging.models import Message, MessageEvent
from regulars.decisions.models import Decision
from regulars.insight.lift.versions import Version, compare
from regulars.measurement.kept_lifts import WINDOW_DAYS, alpha_of
from regulars.measurement.windows import Drawn, after
from regulars.plays.models import Campaign
from regulars.profiles.refresh import Asked

ENDED = dt.timedelta(days=90)
"""So long after its launch a campaign is looked at again; refunds are settled by then."""
LEFT = ("unsubscribe", "complaint")


def found(campaign: Campaign, asked: Asked) -> dict[str, Any] | None:
    """What is kept of a campaign (`kept_lifts.of`); None for one without versions to compare, or long over."""
    recent = asked.dates.complete - ENDED
    if len(campaign.letters) < 2 or campaign.launched_at is None or campaign.launched_at.date() < recent:
        return None
    return _found(campaign, asked)


def _found(campaign: Campaign, asked: Asked) -> dict[str, Any]:
    count = len(campaign.letters)
    rows = _counted(asked, campaign)
    versions = [{"drawn": 0, "n": 0, "yes": 0, "left": 0} | rows.get(one, {}) for one in range(count)]
    for one, number in left(
        [campaign.source], {letter: place for place, letter in enumerate(campaign.letters)}
    ).items():
        versions[one]["left"] += number
    planned = round(campaign.audience * (1 - campaign.hold_out / 100) * 2 / count)
    counts = [Version(each["n"], each["yes"]) for each in versions]
    pairs = [compare(counts[0], each, planned=planned, alpha=alpha_of(count)) for each in counts[1:]]
    return {"window_days": WINDOW_DAYS, "versions": versions, "pairs": [asdict(pair) for pair in pairs]}


def _counted(asked: Asked, campaign: Campaign) -> dict[int, dict[str, int]]:
    """For each version: drawn, n (whose days are over), yes (of those: ordered within them)."""
    decided = Decision.objects.filter(source=campaign.source, arm=Decision.Arm.TREATED)
    one = after(
        asked,
        starmap(Drawn, decided.values_list("identifier_id", "variant", "not_before").iterator()),
        days=WINDOW_DAYS,
    )
    rows = one.group_by("arm").aggregate(drawn=one.count(), n=one.over.sum(), yes=(one.over & (one.orders > 0)).sum())
    return {row.pop("arm"): {name: int(value or 0) for name, value in row.items()} for row in _rows(rows)}


def _rows(table: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found


def left(sources: Sequence[str], places: Mapping[int, int]) -> dict[int, int]:
    """For each version, how many of its messages made somebody leave or complain. places: of each letter its version."""
    sent = Message.objects.filter(source__in=sources)
    said = MessageEvent.objects.filter(kind__in=LEFT, message_id__in=sent.values("pk"))
    ids = list(said.values_list("message_id", flat=True).distinct())
    found: dict[int, int] = {}
    for letter in _letters(ids):
        if letter in places:
            found[places[letter]] = found.get(places[letter], 0) + 1
    return found


def _letters(messages: Sequence[int]) -> list[int]:
    return [
        letter
        for start in range(0, len(messages), 500)
        for letter in Message.objects.filter(pk__in=messages[start : start + 500]).values_list("letter_id", flat=True)
        if letter is not None
    ]
