"""What may be said of two plays that met the same people, as the last night left it (interactions.py)."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from regulars.measurement.learning import PLAYS
from regulars.measurement.models import Lift

PAIRS = "pairs"


def sentences(title: Callable[[str], str]) -> list[str]:
    """What may be claimed of pairs, as of the last night."""
    row = Lift.objects.filter(source=PLAYS, question=PAIRS).first()
    return [
        _sentence(pair, *map(title, pair["plays"])) for pair in (row.data["pairs"] if row else ()) if pair["claimed"]
    ]


def _sentence(pair: Mapping[str, Any], first: str, second: str) -> str:
    low, high = sorted(abs(round(100 * pair[end], 1)) for end in ("low", "high"))
    if pair["high"] < 0:
        text = _(
            "“{first}” and “{second}” take from each other: given both, {low} to {high} fewer of 100 customers came back than the two would bring apart."
        )
    else:
        text = _(
            "“{first}” and “{second}” help each other: given both, {low} to {high} more of 100 customers came back than the two would bring apart."
        )
    return text.format(first=first, second=second, low=low, high=high)
