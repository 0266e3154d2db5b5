"""Is a world written down well? Every key is known, of its type and in its range, or the message names it."""

import difflib
from collections.abc import Mapping
from dataclasses import Field, fields
from math import isfinite
from typing import Any

from regulars.simulator.reacting.plays import NAMES

ORDERED = (("complaint_low", "complaint_high"), ("remedy_low", "remedy_high"))
DAYS_A_YEAR = 365


class BadWorld(ValueError):
    """A world that cannot be; the message is one line and names the key."""


def checked(said: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    """The same values, in the types of the dataclass `shape`. Raises BadWorld."""
    known = {each.name: each for each in fields(shape)}
    found = {}
    for key, value in said.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            raise BadWorld(f"there is no {key!r} in a world" + (f"; did you mean {near[0]!r}?" if near else ""))
        found[key] = _value(known[key], value)
    _together(found | {name: each.default for name, each in known.items() if name not in found})
    return found


def _value(key: Field[Any], value: Any) -> Any:
    if key.name == "shocks":
        return _shocks(value)
    if key.name == "change_play":
        if value not in ("", *NAMES):
            raise BadWorld(f"change_play must be one of {', '.join(NAMES)}, not {value!r}")
        return value
    whole = isinstance(key.default, int)
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        raise BadWorld(f"{key.name} must be a {'whole number' if whole else 'number'}, not {value!r}")
    low, high = key.metadata["low"], key.metadata["high"]
    if not isfinite(value) or not low <= value <= high:
        raise BadWorld(f"{key.name} must lie between {low:g} and {high:g}, not {value!r}")
    return value if whole else float(value)


def _shocks(value: Any) -> tuple[tuple[int, int, float], ...]:
    if not isinstance(value, (list, tuple)):
        raise BadWorld(f"shocks must be a list of [first, last, factor], not {value!r}")
    return tuple(_shock(each) for each in value)


def _shock(each: Any) -> tuple[int, int, float]:
    try:
        first, last, factor = each
        days = 0 <= first <= last < DAYS_A_YEAR and isinstance(first, int) and isinstance(last, int)
        fine = days and isfinite(factor) and factor >= 0
    except (TypeError, ValueError):
        fine = False
    if not fine:
        raise BadWorld(f"shocks: write [first, last, factor] with days of the year 0 to 364, not {each!r}")
    return int(first), int(last), float(factor)


def _together(every: Mapping[str, Any]) -> None:
    for low, high in ORDERED:
        if every[low] > every[high]:
            raise BadWorld(f"{low} may not be above {high}: {every[low]:g}, {every[high]:g}")
    if every["heavy_tail"] and every["heavy_tail"] <= 1:
        raise BadWorld(f"heavy_tail must be above 1, or 0 for none, not {every['heavy_tail']:g}")
    if every["basket_shape"] <= 1:
        raise BadWorld(f"basket_shape must be above 1, or baskets have no mean, not {every['basket_shape']:g}")
    if every["base_spread"] > every["burn_in"]:
        raise BadWorld(f"base_spread may not be above burn_in: {every['base_spread']}, {every['burn_in']}")
