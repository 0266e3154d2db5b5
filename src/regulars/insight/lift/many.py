"""Many plays at once: which claims stand, and what each play's figure says beside the others'."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

FALSE_SHARE = 0.10


def claimed(evidence: Sequence[float], *, false_share: float = FALSE_SHARE) -> list[int]:
    """Places of the e-values that may be claimed, with at most this share of false ones among them on average (e-BH).

    Valid however they depend on each other; only for the current e-values, never for their largest so far.
    Source: Wang and Ramdas, Journal of the Royal Statistical Society B, 2022.

    >>> claimed([120, 3, 45, .2, 28, 60, 1, .9])
    [0, 2, 4, 5]
    """
    order = sorted(range(len(evidence)), key=lambda place: -evidence[place])
    enough = [
        rank
        for rank, place in enumerate(order, 1)
        if evidence[place] >= len(evidence) / (false_share * rank) * (1 - 1e-12)
    ]
    return sorted(order[: max(enough, default=0)])


@dataclass(frozen=True, slots=True)
class Pooled:
    """mean of all with its standard error; spread: how much the true effects differ (tau squared); each effect drawn towards
    the mean, with its own uncertainty. For deciding, never for claiming."""

    mean: float
    error: float
    spread: float
    effects: tuple[float, ...]
    errors: tuple[float, ...]


def pooled(effects: Sequence[float], errors: Sequence[float]) -> Pooled:
    """Normal-normal shrinkage with the moment estimate of the spread (DerSimonian and Laird 1986).

    >>> found = pooled([.10, .30, -.05, .22], [.08, .12, .10, .15])
    >>> round(found.mean, 6), round(found.spread, 8), [round(each, 6) for each in found.effects]
    (0.124111, 0.01012227, [0.10934, 0.196714, 0.036527, 0.153864])
    """
    if not effects or len(effects) != len(errors) or not min(errors) > 0:
        raise ValueError("one effect and one error above 0 for each play are needed")
    pairs = list(zip(effects, errors, strict=True))
    weights = [1 / error**2 for error in errors]
    total = sum(weights)
    fixed = sum(weight * effect for weight, effect in zip(weights, effects, strict=True)) / total
    differs = sum(weight * (effect - fixed) ** 2 for weight, effect in zip(weights, effects, strict=True))
    room = total - sum(weight**2 for weight in weights) / total
    spread = max(0.0, (differs - (len(pairs) - 1)) / room) if room > 0 else 0.0
    again = [1 / (error**2 + spread) for error in errors]
    mean = sum(weight * effect for weight, effect in zip(again, effects, strict=True)) / sum(again)
    mean_error = 1 / math.sqrt(sum(again))
    if spread == 0:
        return Pooled(mean, mean_error, 0.0, (mean,) * len(pairs), (mean_error,) * len(pairs))
    shrunk = [(mean / spread + effect / error**2) / (1 / spread + 1 / error**2) for effect, error in pairs]
    left = [math.sqrt(1 / (1 / spread + 1 / error**2)) for error in errors]
    return Pooled(mean, mean_error, spread, tuple(shrunk), tuple(left))
