"""Which groups get which play how often? From the logs of the last days: whom a play was meant for, and who was chosen.

Groups are the countries that the orders name, and whatever the merchant switched on in Settings (a kind of fact with few
values). Nobody's group is guessed, and none of them ever enters a choice.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.customers.models import Attribute, AttributeValue, Identifier
from regulars.plays import not_chosen
from regulars.plays.models import Play, Proposal
from regulars.policy.fairness import Exposure, exposure
from regulars.profiles.models import Profile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

DAYS = 30
GROUPS_MAX = 12
"""A kind of fact with more values than this names people, not groups."""


@dataclass(frozen=True)
class Row:
    """One play and one group. kind: "country", or the label of a kind of fact; group: its value."""

    play: str
    kind: str
    group: str
    found: Exposure


def rows(*, today: dt.date) -> list[Row]:
    """Every play that chose somebody lately, by group; where something is amiss first."""
    since = today - dt.timedelta(days=DAYS)
    groups = list(_groups())
    found = []
    for play in Play.objects.exclude(began=None).order_by("name"):
        meant, reached = _meant(play.name, since, today), _reached(play.name, since)
        for kind, group, members in groups:
            one = _exposure(meant, reached, members)
            if one.meant:
                found.append(Row(play.name, kind, group, one))
    order = {"unfair": 0, "low": 1, "fine": 2, "too_few": 3}
    return sorted(found, key=lambda row: (order[row.found.state], row.play, row.kind, row.group))


def _exposure(meant: "Whole", reached: "Whole", members: "Whole") -> Exposure:
    import numpy as np

    inside, hit = np.isin(meant, members), np.isin(meant, reached)
    return exposure(int((inside & hit).sum()), int(inside.sum()), int((~inside & hit).sum()), int((~inside).sum()))


def _meant(play: str, since: dt.date, today: dt.date) -> "Whole":
    """Whom it was meant for on any of these days."""
    import numpy as np
    from pyarrow import compute, parquet

    found = [np.empty(0, np.int64)]
    for path in not_chosen.files(since, today):
        schema = parquet.read_schema(path)
        column = f"value:{play}"
        if column in schema.names:
            table = parquet.read_table(path, columns=["person", column])
            found.append(table.filter(compute.is_valid(table[column]))["person"].to_numpy())
    return np.unique(np.concatenate(found))


def _reached(play: str, since: dt.date) -> "Whole":
    """Whom it chose, whatever the lot or the merchant said afterwards."""
    import numpy as np

    rows = Proposal.objects.filter(play_id=play, day__gt=since).values_list("person_id", flat=True)
    return np.unique(np.fromiter(rows.iterator(), np.int64))


def _groups() -> Iterator[tuple[str, str, "Whole"]]:
    import numpy as np

    countries = Profile.objects.exclude(country=None).values_list("country", flat=True).distinct().order_by("country")
    for country in list(countries)[:GROUPS_MAX]:
        members = Profile.objects.filter(country=country).values_list("pk", flat=True)
        yield "country", str(country), np.fromiter(members.iterator(), np.int64)
    for attribute in Attribute.objects.filter(switched_on=True, occasion="").order_by("label"):
        values = AttributeValue.objects.filter(attribute=attribute)
        named = list(values.values_list("value", flat=True).distinct().order_by("value")[: GROUPS_MAX + 1])
        if 1 < len(named) <= GROUPS_MAX:
            for value in named:
                has = Identifier.objects.filter(pk__in=values.filter(value=value).values("identifier_id"))
                members = has.values_list("customer_id", flat=True)
                yield attribute.label, value, np.unique(np.fromiter(members.iterator(), np.int64))
