"""Makes the stress sets of MBG/NBD, Pareto/NBD, MBG/CNBD-k and BG/BB: 400 hard histories each and the true values, with
mpmath (not a dependency) from the formulas as published, not from the stable forms under test. Run once, in this
folder, with the names of the models to make; the files are kept."""

import csv
import math
import random
import sys

from mpmath import beta, exp, gamma, hyp2f1, log, mp, mpf, nstr, pi, quad, rf

mp.dps = 80
TRUTHS = ["log_likelihood", "p_alive", "p_order_within", "expected_orders"]
CASES = 400


def main(models):
    for model in models:
        columns, hard_case, truths = MODELS[model]
        luck = random.Random(f"{model} 2026")
        with open(f"{model}_stress.csv", "w", newline="") as file:
            table = csv.writer(file)
            table.writerow([*columns.split(), *TRUTHS])
            for _ in range(CASES):
                case = hard_case(luck)
                table.writerow([*case, *(nstr(value, 17) for value in truths(*case))])
                file.flush()


def history(luck):
    x = 0 if luck.random() < 0.25 else int(log_uniform(luck, 1, 3000))
    T = int(log_uniform(luck, 2, 3000))
    t_x = max(1, int(T * luck.random() ** 0.3)) if x else 0
    return x, t_x, T, int(log_uniform(luck, 1, 3650))


def shapes(luck, *ends):
    return [float(f"{log_uniform(luck, *pair):.4g}") for pair in ends]


def churn_case(luck):
    return *shapes(luck, (0.02, 5), (0.5, 300), (0.02, 5), (0.05, 20)), *history(luck)


def pareto_case(luck):
    return *shapes(luck, (0.02, 5), (0.5, 300), (0.02, 5), (0.5, 300)), *history(luck)


def regular_case(luck):
    return *shapes(luck, (0.02, 5), (0.5, 300), (0.02, 5), (0.05, 20)), luck.randint(2, 6), *history(luck)


def opportunities_case(luck):
    n = int(log_uniform(luck, 2, 400))
    x = 0 if luck.random() < 0.25 else min(n, int(log_uniform(luck, 1, 400)))
    t_x = luck.randint(x, n) if x else 0
    return *shapes(luck, *[(0.02, 20)] * 4), x, t_x, n, int(log_uniform(luck, 1, 365))


def mbgnbd_truths(r, alpha, a, b, x, t_x, T, days):
    r, alpha, a, b = map(mpf, (r, alpha, a, b))

    def likelihoods(T):
        ordering = gamma(r + x) * alpha**r / gamma(r) / beta(a, b)
        alive = ordering * beta(a, b + x + 1) * (alpha + T) ** -(r + x)
        return alive, ordering * beta(a + 1, b + x) * (alpha + t_x) ** -(r + x)

    alive, left = likelihoods(T)
    later, _ = likelihoods(T + days)
    shrunk = ((alpha + T) / (alpha + T + days)) ** (r + x)
    shrunk *= hyp2f1(r + x, b + x + 1, a + b + x, days / (alpha + T + days))
    p_alive = alive / (alive + left)
    return (
        log(alive + left),
        p_alive,
        1 - (later + left) / (alive + left),
        (a + b + x) / (a - 1) * (1 - shrunk) * p_alive,
    )


def paretonbd_truths(r, alpha, s, beta_, x, t_x, T, days):
    r, alpha, s, beta_ = map(mpf, (r, alpha, s, beta_))
    c = r + s + x
    scale = gamma(r + x) / gamma(r) * alpha**r * beta_**s

    def beyond(u):
        if alpha >= beta_:
            return hyp2f1(c, s + 1, c + 1, (alpha - beta_) / (alpha + u)) / (alpha + u) ** c
        return hyp2f1(c, r + x, c + 1, (beta_ - alpha) / (beta_ + u)) / (beta_ + u) ** c

    def likelihood(T):
        return alive(T) + scale * s / c * (beyond(mpf(t_x)) - beyond(mpf(T)))

    def alive(T):
        return scale * (alpha + T) ** -(r + x) * (beta_ + T) ** -s

    p_alive = alive(T) / likelihood(T)
    expected = p_alive * (r + x) * (beta_ + T) / ((alpha + T) * (s - 1))
    expected *= 1 - ((beta_ + T) / (beta_ + T + days)) ** (s - 1)
    return log(likelihood(T)), p_alive, 1 - likelihood(T + days) / likelihood(T), expected


def mbgcnbd_truths(r, alpha, a, b, k, x, t_x, T, days):
    """Expected orders by integration over the drop-out probability p: the number N of orders of somebody who never
    leaves has E[q^N] in closed form, by the k-th roots of q = 1 - p (stages are negative binomial)."""
    r, alpha, a, b = map(mpf, (r, alpha, a, b))
    rate = r + k * x

    def waits(T):
        share = (T - t_x) / (alpha + T)
        return [rf(rate, j) / mp.factorial(j) * share**j for j in range(k)]

    def likelihoods(T):
        ordering = gamma(rate) * alpha**r / gamma(r) / gamma(k) ** x / beta(a, b)
        alive = ordering * beta(a, b + x + 1) * (alpha + T) ** -rate * sum(waits(T))
        return alive, ordering * beta(a + 1, b + x) * (alpha + t_x) ** -rate

    alive, left = likelihoods(T)
    later, _ = likelihoods(T + days)
    p_alive = alive / (alive + left)
    weights, ahead = waits(T), mpf(days) / (alpha + T)
    return (
        log(alive + left),
        p_alive,
        1 - (later + left) / (alive + left),
        p_alive * orders_if_alive((rate, a, b + x + 1, k), [w / sum(weights) for w in weights], ahead),
    )


def orders_if_alive(shapes, weights, ahead):
    rate, a, b, k = shapes
    # A root and its conjugate add to twice the real part.
    turns = [(exp(2j * pi * turn / k), 1 if turn in (0, mpf(k) / 2) else 2) for turn in range(k // 2 + 1)]

    def given(p):
        p = max(p, mpf(10) ** -25)
        root, power = (1 - p) ** (mpf(1) / k), mpf(0)
        for turn, times in turns:
            zeta = root * turn
            slower = 1 + ahead * (1 - zeta)
            part = times * sum(zeta ** (-i) for i in range(k)) / k * slower ** (-rate)
            for weight in weights:
                power += (part * weight).real
                part *= zeta / slower
        return (1 - power) / p

    mp.dps = 42
    first = mpf(10) ** -9
    low = (
        quad(lambda v: given(first * v ** (1 / a)) * (1 - first * v ** (1 / a)) ** (b - 1), [0, 0.5, 1]) * first**a / a
    )
    cuts = [mpf(10) ** -e for e in range(9, 0, -1)] + [mpf("0.4")]
    middle = quad(lambda p: given(p) * p ** (a - 1) * (1 - p) ** (b - 1), cuts)
    high = quad(lambda v: given(1 - mpf("0.6") * v ** (1 / b)) * (1 - mpf("0.6") * v ** (1 / b)) ** (a - 1), [0, 1])
    total = (low + middle + high * mpf("0.6") ** b / b) / beta(a, b)
    mp.dps = 80
    return total


def bgbb_truths(alpha, beta_, gamma_, delta, x, t_x, n, ahead):
    alpha, beta_, gamma_, delta = map(mpf, (alpha, beta_, gamma_, delta))

    def term(ordered, silent, left, stayed):
        return beta(alpha + ordered, beta_ + silent) * beta(gamma_ + left, delta + stayed)

    def likelihood(n):
        return alive(n) + sum(term(x, t - x, 1, t) for t in range(t_x, n))

    def alive(n):
        return term(x, n - x, 0, n)

    total = likelihood(n)
    orders = sum(term(x + 1, n - x, 0, n + step) for step in range(1, ahead + 1)) / total
    scale = beta(alpha, beta_) * beta(gamma_, delta)
    return log(total / scale), alive(n) / total, 1 - likelihood(n + ahead) / total, orders


def log_uniform(luck, low, high):
    return math.exp(luck.uniform(math.log(low), math.log(high)))


HISTORY = "x t_x T days"
MODELS = {
    "mbgnbd": (f"r alpha a b {HISTORY}", churn_case, mbgnbd_truths),
    "paretonbd": (f"r alpha s beta {HISTORY}", pareto_case, paretonbd_truths),
    "mbgcnbd": (f"r alpha a b k {HISTORY}", regular_case, mbgcnbd_truths),
    "bgbb": (f"alpha beta gamma delta {HISTORY}", opportunities_case, bgbb_truths),
}

if __name__ == "__main__":
    main(sys.argv[1:] or MODELS)
