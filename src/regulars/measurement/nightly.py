"""What is asked every night of every play, and of every campaign that is not long over; the answers are kept for the pages."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from regulars.measurement import effects, play_versions, plays, together, versions
from regulars.measurement.kept_lifts import EFFECT, VERSIONS
from regulars.measurement.models import Lift
from regulars.plays.models import Campaign, Play
from regulars.profiles import lake
from regulars.profiles.refresh import Asked, asked_of
from regulars.shop.models import Shop, the_shop

MEASURED = "measured"
LOOKED_AT = dt.timedelta(days=200)
QUESTIONS: dict[str, Callable[[Campaign, Asked], dict[str, Any] | None]] = {
    VERSIONS: versions.found, EFFECT: effects.found,
}  # fmt: skip


def measure(*, now: dt.datetime) -> int:
    """Ask and keep; returns how many answers there were. The same facts give the same answers."""
    campaigns = list(Campaign.objects.filter(launched_at__gt=now - LOOKED_AT).order_by("pk"))
    acting = Play.objects.exclude(began=None).exists()
    if not campaigns and not acting:
        return 0
    kept = 0
    with lake.alone(), asked_of(the_shop(), now=now) as asked:
        for campaign in campaigns if asked else ():
            assert asked is not None
            for question, found in QUESTIONS.items():
                data = found(campaign, asked)
                if data is not None:
                    told = {"as_of": asked.dates.complete, "data": data}
                    Lift.objects.update_or_create(source=campaign.source, question=question, defaults=told)
                    kept += 1
        if asked and acting:
            kept += plays.measure(asked, now=now) + play_versions.measure(asked)
    told = {"as_of": now.date(), "data": {"of": _of(the_shop())}}
    Lift.objects.update_or_create(source=together.ALL, question=MEASURED, defaults=told)
    return kept


def due() -> bool:
    """Whether profiles were refreshed since the last time, also by a run that was killed before it measured."""
    before = Lift.objects.filter(source=together.ALL, question=MEASURED).first()
    return before is None or before.data["of"] != _of(the_shop())


def _of(shop: Shop) -> list[str]:
    """What a night's answers hold for: these facts, on this day."""
    return [str(shop.refreshed_version), str(shop.refreshed_on)]
