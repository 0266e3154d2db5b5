"""Does it do harm? E-values that are exact for any number of people and may be looked at every day; 20 and more is an alarm."""

import math
from collections.abc import Sequence

ALARM = 20.0
TIMES_MORE = (1.25, 1.5, 2.0, 3.0, 4.0)
"""How many times as often the bad thing happens to the treated, if it does: mixed evenly."""
TIMES_FEWER = (1.05, 1.1, 1.2, 1.4)
"""The same for people who come back: how many times as often the held out do."""
TIMES_ABOVE = (1.5, 2.0, 3.0)
"""How many times the limit, if it is passed."""


def against_held_out(treated: int, all_: int, *, share: float, times: Sequence[float] = TIMES_MORE) -> float:
    """Of everybody to whom it happened, `treated` were treated. Without harm that is at most `share`, the chance of it.

    For coming back: how many of those who came back were held out, share: the chance of that, times: TIMES_FEWER.

    >>> round(against_held_out(12, 15, share=.5), 6), round(against_held_out(50, 52, share=.9), 6)
    (10.12767, 3.127784)
    """
    if not 0 <= treated <= all_ or not 0 < share < 1:
        raise ValueError(f"{treated} of {all_} with a chance of {share} cannot be")
    chances = [each * share / (each * share + 1 - share) for each in times]
    return _mixed(
        [_log(chance / share, treated) + _log((1 - chance) / (1 - share), all_ - treated) for chance in chances]
    )


def among_those_it_happened_to(
    treated: Sequence[bool], shares: Sequence[float], *, times: Sequence[float] = TIMES_MORE
) -> float:
    """`against_held_out` event by event, where people were drawn with different chances.

    >>> round(among_those_it_happened_to([True] * 12 + [False] * 3, [.5] * 15), 6)
    10.12767
    """
    logs = []
    for each in times:
        chances = [each * share / (each * share + 1 - share) for share in shares]
        terms = zip(treated, chances, shares, strict=True)
        logs.append(sum(_log(new / old if yes else (1 - new) / (1 - old), 1) for yes, new, old in terms))
    return _mixed(logs)


def against_limit(happened: int, contacts: int, *, limit: float) -> float:
    """`happened` bad things in so many contacts, against the share that is put up with.

    >>> round(against_limit(10, 1_000, limit=.005), 6), round(against_limit(12, 800, limit=.005), 6)
    (4.815306, 93.603454)
    """
    if not 0 <= happened <= contacts or not 0 < limit < 1 / max(TIMES_ABOVE):
        raise ValueError(f"{happened} of {contacts} with a limit of {limit} cannot be")
    return _mixed(
        [_log(each, happened) + _log((1 - each * limit) / (1 - limit), contacts - happened) for each in TIMES_ABOVE]
    )


def _log(ratio: float, times: int) -> float:
    return times * math.log(ratio)


def _mixed(logs: Sequence[float]) -> float:
    """The mean of the e-values with these logarithms; never more than a number can hold."""
    most = max(logs)
    found = most + math.log(sum(math.exp(each - most) for each in logs) / len(logs))
    return math.exp(min(found, 700.0))
