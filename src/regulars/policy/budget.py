"""How many contacts may one person have? At most so many in any stretch of days, over all channels and plays together.

Rolling windows, and both ways in time: a contact planned for tomorrow counts today, so that nobody is contacted twice
within a window whatever the order in which things were planned.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

CONTACTS_A_WEEK_MAX = 1
CONTACTS_A_MONTH_MAX = 3


@dataclass(frozen=True, slots=True)
class Window:
    """At most `contacts` in any `days` days."""

    days: int
    contacts: int

    def __post_init__(self) -> None:
        if self.days < 1 or self.contacts < 0:
            raise ValueError(f"a window needs at least one day and no negative number of contacts: {self}")


Budget = tuple[Window, ...]
DEFAULT: Budget = (Window(7, CONTACTS_A_WEEK_MAX), Window(30, CONTACTS_A_MONTH_MAX))


def halved(budget: Budget) -> Budget:
    """For somebody who asked to hear less often: the same contacts in twice the time."""
    return tuple(Window(window.days * 2, window.contacts) for window in budget)


def fits(at: dt.datetime, contacts: Sequence[dt.datetime], budget: Budget = DEFAULT) -> bool:
    """Whether one more contact at `at` leaves every window as it should be. contacts: the others, sorted."""
    return all(_free(at, contacts, window) for window in budget)


def earliest(
    after: dt.datetime, contacts: Sequence[dt.datetime], budget: Budget = DEFAULT, *, until: dt.datetime | None = None
) -> dt.datetime | None:
    """The first time from `after` on at which one more contact fits; None when that is `until` or later, or never.

    Room appears only when a contact leaves a window, so only those times are tried.
    """
    leaving = {when + dt.timedelta(days=window.days) for when in contacts for window in budget}
    for at in (after, *sorted(time for time in leaving if time > after)):
        if until is not None and at >= until:
            return None
        if fits(at, contacts, budget):
            return at
    return None


def _free(at: dt.datetime, contacts: Sequence[dt.datetime], window: Window) -> bool:
    """Every stretch of the window's length that holds `at` begins at a contact or at `at` itself, in its worst place."""
    if not window.contacts:
        return False
    length = dt.timedelta(days=window.days)
    low, high = bisect_left(contacts, at - length), bisect_left(contacts, at + length)
    near = [when for when in contacts[low:high] if at - length < when < at + length]
    if not near:
        return True
    whole = sorted([*near, at])
    return all(
        later - earlier >= length
        for earlier, later in zip(whole, whole[window.contacts :], strict=False)
    )  # fmt: skip
