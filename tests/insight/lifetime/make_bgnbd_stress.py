"""Makes bgnbd_stress.csv: 400 hard histories and the true BG/NBD values, to 60 digits with mpmath (not a dependency),
from the formulas as published and not from the stable forms under test. Run once, in this folder; the file is kept."""

import csv
import math
import random

from mpmath import beta, gamma, hyp2f1, log, mp, mpf, nstr

mp.dps = 60
LUCK = random.Random(2026)
COLUMNS = "r alpha a b x t_x T days log_likelihood p_alive p_order_within expected_orders"


def main():
    with open("bgnbd_stress.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS.split())
        for _ in range(400):
            case = hard_case()
            table.writerow([*case, *(nstr(value, 17) for value in truths(*case))])


def hard_case():
    shapes = [float(f"{log_uniform(*ends):.4g}") for ends in ((0.02, 5), (0.5, 300), (0.02, 5), (0.05, 20))]
    x = 0 if LUCK.random() < 0.25 else int(log_uniform(1, 3000))
    T = int(log_uniform(2, 3000))
    t_x = max(1, int(T * LUCK.random() ** 0.3)) if x else 0
    return *shapes, x, t_x, T, int(log_uniform(1, 3650))


def truths(r, alpha, a, b, x, t_x, T, days):
    r, alpha, a, b = map(mpf, (r, alpha, a, b))
    alive, left = likelihoods(r, alpha, a, b, x, t_x, T)
    later, _ = likelihoods(r, alpha, a, b, x, t_x, T + days)
    shrunk = ((alpha + T) / (alpha + T + days)) ** (r + x)
    shrunk *= hyp2f1(r + x, b + x, a + b + x - 1, days / (alpha + T + days))
    p_alive = alive / (alive + left)
    expected = (a + b + x - 1) / (a - 1) * (1 - shrunk) * p_alive
    return log(alive + left), p_alive, 1 - (later + left) / (alive + left), expected


def likelihoods(r, alpha, a, b, x, t_x, T):
    ordering = gamma(r + x) * alpha**r / gamma(r) / beta(a, b)
    alive = ordering * beta(a, b + x) * (alpha + T) ** -(r + x)
    left = ordering * beta(a + 1, b + x - 1) * (alpha + t_x) ** -(r + x) if x else mpf(0)
    return alive, left


def log_uniform(low, high):
    return math.exp(LUCK.uniform(math.log(low), math.log(high)))


if __name__ == "__main__":
    main()
