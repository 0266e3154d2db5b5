"""A finished test of two or more arms: what each arm changed against the control, and whether that may be believed.

Raw (difference of means, Welch's standard error) and adjusted for covariates from before the test (CUPED) side by side;
an interval for one planned look, and one that holds at any look. Method: docs/experiments.md.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.insight.lift.aipw import Drawn, scores
from regulars.insight.lift.sequence import YES_MIN, Z_95, always, smallest_visible

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

P_WARNS, P_BROKEN = 0.01, 0.001
CAP_QUANTILE = 0.99
HEAVY_SHARE = 0.005
"""One person who makes more of an outcome than this is told of."""


@dataclass(frozen=True, slots=True)
class Split:
    """Whether the arms are as large as planned: chi-square and its p-value, for one look at the end.

    state: "fine", "uneven" (p < 0.01: verdicts are withheld), "broken" (p < 0.001: believe nothing of it).
    """

    counts: Mapping[str, int]
    shares: Mapping[str, float]
    chi_square: float
    p: float
    state: str


@dataclass(frozen=True, slots=True)
class Interval:
    """value with its standard error; fixed: 95 % at one planned look; always: 95 % at all looks together; e: evidence."""

    value: float
    error: float
    fixed: tuple[float, float]
    always: tuple[float, float]
    e: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What one arm did to one outcome, against the control. Means are as observed.

    adjusted: with covariates. capped: outcomes above `cap` (99th percentile of those that are not 0, both arms) set to it.
    visible: the smallest change, in shares of the control's mean, that is seen with a chance of 80 %: at one planned
    look, and at any look; None where the control's mean is 0. state: "collecting", "no_verdict", "more", "fewer", and
    "do_not_trust" where the split is not as planned.
    """

    arm: str
    outcome: str
    n: int
    n_control: int
    mean: float
    mean_control: float
    raw: Interval
    state: str
    visible: tuple[float, float] | None
    adjusted: Interval | None = None
    cap: float | None = None
    capped: Interval | None = None
    heaviest_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Trial:
    """Everybody who was drawn. arms: of each person; outcomes and covariates: numbers by name, one a person.

    shares: planned, of each arm; they add up to 1.
    """

    arms: Sequence[str]
    control: str
    shares: Mapping[str, float]
    outcomes: Mapping[str, "Numbers"]
    covariates: Mapping[str, "Numbers"]


def split_of(counts: Mapping[str, int], shares: Mapping[str, float]) -> Split:
    """Pearson's chi-square against the planned shares.

    >>> found = split_of({"30": 44_700, "40": 45_489}, {"30": .5, "40": .5})
    >>> round(found.chi_square, 6), round(found.p, 6), found.state
    (6.902405, 0.008608, 'uneven')
    """
    from scipy.stats import chi2

    everybody = sum(counts.values())
    value = sum((counts[arm] - everybody * share) ** 2 / (everybody * share) for arm, share in shares.items())
    p = float(chi2.sf(value, len(shares) - 1))
    return Split(
        dict(counts), dict(shares), value, p, "broken" if p < P_BROKEN else "uneven" if p < P_WARNS else "fine"
    )


def analyse(trial: Trial) -> tuple[Split, list[Effect]]:
    """Every other arm against the control, for every outcome."""
    import numpy as np

    arms = np.asarray(trial.arms, dtype=object)
    counts = {arm: int((arms == arm).sum()) for arm in trial.shares}
    split = split_of(counts, trial.shares)
    found = []
    for arm in trial.shares:
        if arm == trial.control:
            continue
        mine = (arms == arm) | (arms == trial.control)
        share = trial.shares[arm] / (trial.shares[arm] + trial.shares[trial.control])
        before = np.column_stack([each[mine] for each in trial.covariates.values()]) if trial.covariates else None
        for name, outcome in trial.outcomes.items():
            pair = _Pair(arm, name, outcome[mine], arms[mine] == arm, share)
            found.append(_effect(pair, before, trusted=split.state == "fine"))
    return split, found


@dataclass(frozen=True, slots=True)
class _Pair:
    arm: str
    name: str
    y: "Numbers"
    treated: "NDArray[np.bool_]"
    share: float


def _effect(pair: _Pair, before: "Numbers | None", *, trusted: bool) -> Effect:
    import numpy as np

    y, treated = pair.y, pair.treated
    raw = _interval(pair, y, np.full(len(y), y.mean()))
    adjusted = None if before is None else _interval(pair, y, _forecast(y, before))
    some = y[y != 0]
    cap = float(np.quantile(some, CAP_QUANTILE)) if len(np.unique(some)) > 2 else None
    low = None if cap is None else np.minimum(y, cap)
    capped = None if low is None else _interval(pair, low, np.full(len(low), low.mean()))
    judged = capped or adjusted or raw
    enough = min(int((y[~treated] != 0).sum()), int((y[treated] != 0).sum())) >= YES_MIN
    heaviest = float(np.abs(y).max() / np.abs(y).sum()) if len(some) else 0.0
    return Effect(
        pair.arm, pair.name, int(treated.sum()), int((~treated).sum()), float(y[treated].mean()), float(y[~treated].mean()), raw,
        _state(judged, enough=enough, trusted=trusted), _visible(pair, before), adjusted, cap, capped, heaviest,
    )  # fmt: skip


def _interval(pair: _Pair, y: "Numbers", forecast: "Numbers") -> Interval:
    """Difference of means of what the forecast leaves, plus what the arms' forecasts differ by; Welch's standard error."""
    import numpy as np

    left = y - forecast
    one, two = left[pair.treated], left[~pair.treated]
    value = float(one.mean() - two.mean())
    error = math.sqrt(one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two)) if min(len(one), len(two)) > 1 else 0.0
    n = len(y)
    phi = scores(Drawn(y, pair.treated, np.full(n, pair.share), forecast))
    looks = always(float(phi.mean()), float(phi.std()) / math.sqrt(n), n, n)
    fixed = (value - Z_95 * error, value + Z_95 * error)
    return Interval(value, error, fixed, (looks.low, looks.high), looks.e)


def _forecast(y: "Numbers", before: "Numbers") -> "Numbers":
    """The outcome as a straight line of what was known before, over both arms (CUPED: Deng, Xu, Kohavi, Walker 2013)."""
    import numpy as np

    centred = before - before.mean(axis=0)
    slope = np.linalg.lstsq(centred, y - y.mean(), rcond=None)[0]
    return np.asarray(y.mean() + centred @ slope)


def _visible(pair: _Pair, before: "Numbers | None") -> tuple[float, float] | None:
    import numpy as np

    control, n = pair.y[~pair.treated], len(pair.y)
    if len(control) < 2 or control.mean() <= 0:
        return None
    left = pair.y - (_forecast(pair.y, before) if before is not None else pair.y.mean())
    spread = float(np.std(left[~pair.treated], ddof=1)) / float(control.mean())
    one, any_time = (
        smallest_visible(n, held_out=1 - pair.share, variation=spread, reach=reach) for reach in (Z_95, 0.0)
    )
    return one, any_time


def _state(judged: Interval, *, enough: bool, trusted: bool) -> str:
    if not trusted:
        return "do_not_trust"
    if not enough:
        return "collecting"
    low, high = judged.always
    return "more" if low > 0 else "fewer" if high < 0 else "no_verdict"
