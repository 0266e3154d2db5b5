"""Tests of counts against their plain definitions."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples
from regulars.insight.contrasts import fisher, holm, mantel_haenszel


def hypergeometric(k, n, came, total):
    return Fraction(math.comb(came, k) * math.comb(total - came, n - k), math.comb(total, n))


shares = st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(shares, shares)
@examples(100)
def test_fishers_p_is_the_chance_of_all_tables_as_rare(one, other):
    (k, n), (j, m) = one, other
    came, total = k + j, n + m
    possible = range(max(0, came - m), min(n, came) + 1)
    seen = hypergeometric(k, n, came, total)
    rare = sum(p for at in possible if (p := hypergeometric(at, n, came, total)) <= seen)
    assert fisher(one, other) == pytest.approx(float(rare), rel=1e-6)


def test_nobody_cannot_be_compared():
    assert fisher((0, 0), (3, 9)) == fisher((3, 9), (0, 0)) == 1.0
    assert mantel_haenszel([]) == mantel_haenszel([(0, 0, 5, 10), (3, 9, 0, 0)]) == 1.0


def test_strata_keep_apart_what_is_different_by_itself():
    """In both months the group comes back as the others do, but it has more people in the better month."""
    strata = [(80, 100, 160, 200), (4, 20, 200, 1000)]
    assert mantel_haenszel(strata) == pytest.approx(1.0)
    k, n, k_rest, n_rest = (sum(one[place] for one in strata) for place in range(4))
    assert fisher((k, n), (k_rest, n_rest)) < 1e-6


def test_one_stratum_is_the_usual_test_of_two_shares_with_correction():
    k, n, k_rest, n_rest = 60, 100, 200, 500
    came, total = k + k_rest, n + n_rest
    variance = n * came / total * n_rest / total * (total - came) / (total - 1)
    z = (abs(k - n * came / total) - 0.5) / math.sqrt(variance)
    assert mantel_haenszel([(k, n, k_rest, n_rest)]) == pytest.approx(math.erfc(z / math.sqrt(2)))


def test_too_few_to_trust_the_normal_curve_is_no_evidence():
    assert mantel_haenszel([(6, 6, 0, 20)]) == 1.0


@given(st.lists(st.floats(0, 1), max_size=20))
@examples(100)
def test_holm_rejects_what_stepping_down_rejects(chances):
    adjusted = holm(chances)
    for alarm in (0.01, 0.05, 0.5):
        rejected, left = set(), sorted(range(len(chances)), key=lambda i: chances[i])
        while left and chances[left[0]] * len(left) <= alarm:
            rejected.add(left.pop(0))
        assert {i for i, p in enumerate(adjusted) if p <= alarm} == rejected
    assert all(p <= q <= 1 for p, q in zip(chances, adjusted, strict=True))
