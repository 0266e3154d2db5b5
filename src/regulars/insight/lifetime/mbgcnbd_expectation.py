"""How many orders will a customer with a rhythm place who has not left? With gaps of k stages there is no closed form:
it is the sum over n of the chance to stay for n orders and that n k stages are done in time, both exact. The first
terms are added one by one; what a very frequent buyer adds beyond them is an integral over n."""

from collections.abc import Callable

import numpy as np

from regulars.insight.lifetime.arrays import Floats, Integers

TERMS = 1_024
"""Orders counted one by one; the integral that follows is exact to 1e-11 of the sum."""
NEGLIGIBLE = 1e-16
NODES = 64
LOG_SILENCE_MAX = 600.0
"""Of a silence less likely than e^-600 no steps can be taken."""

Chances = Callable[
    [tuple[Floats, Floats], Floats, tuple[Floats, Floats], tuple[int, int]], tuple[Floats, Floats, Floats]
]


def orders_if_alive(shapes: tuple[float, float, float], k: int, x: Integers, *, ahead: Floats) -> Floats:
    """Orders in the time ahead of customers who have not left, if j stages of the next gap are done: (rows, k).

    shapes: r, a, b. x: repeat orders, shape (rows,). ahead: days / (alpha + T), shape (rows,), finite and >= 0. The
    stage rate is Gamma(r + k x + j, alpha + T), the drop-out probability Beta(a, b + x + 1).
    """
    r, a, b = shapes
    done = np.arange(float(k))
    rates, kept = r + k * x + done[:, None], b + x + np.float64(1.0)
    orders = [_orders((rates[j], kept, ahead), a=a, k=k, j=j) for j in range(k)]
    return np.stack(orders, axis=-1)


def stages_done(stages: Floats, rate: Floats, *, ahead: Floats) -> Floats:
    """The chance of at least so many stages in the time ahead, arrays that go together: the regularised incomplete
    beta function at ahead / (1 + ahead), from the side where no digits are lost. rate: Gamma shape of the rate."""
    from scipy.special import betainc, betaincc

    stages, rate, ahead = np.broadcast_arrays(stages, rate, ahead)
    chance, long = np.empty(stages.shape), ahead > 1
    chance[long] = betaincc(rate[long], stages[long], 1 / (1 + ahead[long]))
    short = ~long
    chance[short] = betainc(stages[short], rate[short], ahead[short] / (1 + ahead[short]))
    return chance


def _orders(columns: tuple[Floats, Floats, Floats], *, a: float, k: int, j: int) -> Floats:
    """The sum over n = 1, 2, ... of E[(1 - p)^(n - 1)] P(at least n k - j stages), shape (rows,)."""
    rate, _, ahead = columns
    total = np.empty(rate.shape)
    many = rate * np.log1p(ahead) > LOG_SILENCE_MAX
    for rows, next_chances in ((many, _directly), (~many, _stepwise)):
        some = columns[0][rows], columns[1][rows], columns[2][rows]
        total[rows] = _sum(some, next_chances, a=a, stages=(k, j))
    return total


def _sum(columns: tuple[Floats, Floats, Floats], next_chances: Chances, *, a: float, stages: tuple[int, int]) -> Floats:
    total, stayed = np.zeros(columns[0].shape), np.ones(columns[0].shape)
    mass = _first_mass(columns, stages)
    chance = stages_done(np.full(1, 1.0 * stages[0] - stages[1]), columns[0], ahead=columns[2])
    rows, done, size = np.arange(total.size), 0, 4
    while rows.size and done < TERMS:
        rate, kept, ahead = columns[0][rows], columns[1][rows, None], columns[2][rows]
        n = np.arange(done + 1.0, done + size + 1)
        staying = stayed[rows, None] * np.cumprod((kept + n - 1) / (a + kept + n - 1), axis=1)
        before = np.concatenate([stayed[rows, None], staying[:, :-1]], axis=1)
        chances, chance[rows], mass[rows] = next_chances((rate, ahead), n, (chance[rows], mass[rows]), stages)
        terms = before * chances
        total[rows] += terms.sum(axis=1)
        stayed[rows] = staying[:, -1]
        rows = rows[terms[:, -1] > NEGLIGIBLE * total[rows]]
        done, size = done + size, min(done + size, TERMS - done - size)
    if rows.size:
        some = columns[0][rows], columns[1][rows], columns[2][rows]
        total[rows] += _beyond(some, stayed[rows], a=a, stages=stages)
    return total


def _directly(
    pace: tuple[Floats, Floats], n: Floats, now: tuple[Floats, Floats], stages: tuple[int, int]
) -> tuple[Floats, Floats, Floats]:
    """The chances of n k - j stages, shape (rows, n), each on its own: for rows where a silence is too rare to step
    from. pace: rate and time ahead. now: as `_stepwise` needs it, handed back."""
    return stages_done(n * stages[0] - stages[1], pace[0][:, None], ahead=pace[1][:, None]), *now


def _stepwise(
    pace: tuple[Floats, Floats], n: Floats, now: tuple[Floats, Floats], stages: tuple[int, int]
) -> tuple[Floats, Floats, Floats]:
    """The same by steps: at least m + 1 stages are at least m, less those with just m, which are negative binomial.

    now: the chance of at least, and of just, the first of these numbers of stages; returned for the next as well.
    """
    (rate, ahead), k = pace, stages[0]
    done = n[0] * k - stages[1] + np.arange(n.size * k)
    growth = (rate[:, None] + done) / (done + 1) * (ahead / (1 + ahead))[:, None]
    masses = now[1][:, None] * np.cumprod(growth, axis=1)
    just = np.concatenate([now[1][:, None], masses[:, :-1]], axis=1)
    fallen = just.reshape(rate.size, n.size, k).sum(axis=2).cumsum(axis=1)
    later = np.maximum(now[0][:, None] - fallen, 0.0)
    return np.concatenate([now[0][:, None], later[:, :-1]], axis=1), later[:, -1], masses[:, -1]


def _first_mass(columns: tuple[Floats, Floats, Floats], stages: tuple[int, int]) -> Floats:
    """The chance of just k - j stages in the time ahead, shape (rows,)."""
    rate, _, ahead = columns
    mass = np.exp(-rate * np.log1p(ahead))
    for stage in range(stages[0] - stages[1]):
        mass = mass * (rate + stage) / (stage + 1) * (ahead / (1 + ahead))
    return mass


def _beyond(columns: tuple[Floats, Floats, Floats], stayed: Floats, *, a: float, stages: tuple[int, int]) -> Floats:
    """The same sum over n > TERMS, by Euler and Maclaurin: the integral from TERMS + 1/2 and two corrections there.

    stayed: E[(1 - p)^TERMS].
    """
    rate, kept, ahead = (column[:, None] for column in columns)
    k, j = stages

    def term(n: Floats) -> Floats:
        staying = np.exp(_log_rise(kept + TERMS, a) - _log_rise(kept + n - 1, a))
        return stayed[:, None] * staying * stages_done(n * k - j, rate, ahead=ahead)

    low, high = _transition(rate, ahead)
    edges = np.log(np.maximum(np.concatenate([low, high], axis=1) / k, TERMS + 0.5))
    places, weights = np.polynomial.legendre.leggauss(NODES)
    total, start = np.zeros(stayed.shape), np.full((stayed.size, 1), np.log(TERMS + 0.5))
    for end in (edges[:, :1], edges[:, 1:]):
        n = np.exp(start + (end - start) * (places + 1) / 2)
        total += ((end - start) / 2 * weights * n * term(n)).sum(axis=1)
        start = end
    near = term(TERMS + np.array([[-1.0, 0.0, 1.0, 2.0]]))
    slope, bend = near[:, 2] - near[:, 1], near[:, 3] - 3 * near[:, 2] + 3 * near[:, 1] - near[:, 0]
    return total + slope / 24 - 17 * bend / 5760


def _transition(rate: Floats, ahead: Floats) -> tuple[Floats, Floats]:
    """Between which numbers of stages the chance to complete them falls from 1 to 0, to 17 digits."""
    low = rate * np.maximum(1 - 1 / (9 * rate) - 9 / (3 * np.sqrt(rate)), 0.0) ** 3 * ahead
    high = (rate + 12 * np.sqrt(rate) + 45) * ahead
    return np.maximum(low - 9 * np.sqrt(low), 0.0), high + 12 * np.sqrt(high) + 45


def _log_rise(y: Floats, a: float) -> Floats:
    """ln Gamma(y + a) - ln Gamma(y) for y >= TERMS, by Stirling's series."""
    series = 1 / (12 * (y + a)) - 1 / (12 * y) - 1 / (360 * (y + a) ** 3) + 1 / (360 * y**3)
    return np.asarray((y - 0.5) * np.log1p(a / y) + a * (np.log(y + a) - 1) + series, dtype=np.float64)
