"""When may each person be contacted? Their zone and market, for the quiet hours of policy."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Quiet = Callable[[dt.datetime, dt.datetime | None], tuple[dt.datetime | None, str]]


def quiet_of(
    addresses: Mapping[int, Sequence[Any]], channels: Sequence[str], *, now: dt.datetime
) -> Callable[[int, str], Quiet | None]:
    """By person and channel, the function that gives the first allowed time."""
    return lambda _person, _channel: None
