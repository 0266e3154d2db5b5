"""What would this person have done anyway? A line through what others did before them, by a forecast made at the time.

Only people who entered on earlier days are used, and while there are few of them the others of the same day: nothing of a
person's own outcome, or of anything later, can reach their forecast. So whatever it is worth, the estimate stays unbiased
(aipw.py), and a good one takes variance away.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulars.insight.lift.aipw import Numbers, Whole

PEOPLE_MIN = 30
"""Before so many people have been seen, the mean of all others so far is taken."""


def running_line(day: "Whole", known: "Numbers", outcome: "Numbers") -> "Numbers":
    """The forecast of each outcome. day: when each entered, any order; known: what was forecast of each then; outcome: what
    they did in their days. Least squares on everybody of earlier days.

    >>> import numpy as np
    >>> running_line(np.array([1, 1, 2, 3]), np.zeros(4), np.array([1., 3., 5., 9.])).tolist()
    [3.0, 1.0, 2.0, 3.0]
    """
    import numpy as np

    if not len(day):
        return np.empty(0)
    days, place = np.unique(day, return_inverse=True)
    sums = [np.bincount(place, weights=each, minlength=len(days)) for each in
            (np.ones(len(day)), known, outcome, known * known, known * outcome)]  # fmt: skip
    n, x, y, xx, xy = (np.concatenate([[0.0], np.cumsum(each)[:-1]]) for each in sums)
    safe = np.maximum(n, 1)
    spread = xx - x * x / safe
    usable = (n >= PEOPLE_MIN) & (spread > 1e-12 * np.maximum(xx, 1e-300))
    slope = np.where(usable, (xy - x * y / safe) / np.where(usable, spread, 1.0), 0.0)
    line = (y / safe)[place] + slope[place] * (known - (x / safe)[place])
    others = (n + sums[0])[place] - 1
    mean = ((y + sums[2])[place] - outcome) / np.maximum(others, 1)
    return np.asarray(np.where(n[place] >= PEOPLE_MIN, line, np.where(others > 0, mean, 0.0)))
