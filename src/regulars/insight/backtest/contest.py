"""Which of several is best over a few days? The simplest that no other clearly beats: by more than one standard error."""

from collections.abc import Mapping, Sequence

import numpy as np

from regulars.insight.lifetime.arrays import Floats


def winner(names: Sequence[str], errors: Mapping[str, Floats]) -> str:
    """The name; `names` are in order of complexity, errors shape (days,) each, NaN where it could not be asked."""
    best = ""
    for name in names:
        if not best or clearly_less(errors[name], errors[best]):
            best = name
    return best


def clearly_less(one: Floats, other: Floats) -> bool:
    """Whether `one` is less than `other` by more than a standard error over the days both have."""
    both = ~(np.isnan(one) | np.isnan(other))
    gain = (other - one)[both]
    if gain.size < 2:
        return bool(gain.size and gain[0] > 0)
    return bool(gain.mean() > gain.std(ddof=1) / np.sqrt(gain.size))
