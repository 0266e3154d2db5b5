"""Every kind of finding reads like a sentence, in which nothing is left open."""

import re

import pytest

from regulars.insight import change_counts, changes, discount_habits
from regulars.insight.finding_words import BASES, GROUPS, SENTENCES, told
from regulars.insight.findings import Finding

NAMED = {
    "product": "5",
    "channel": "web",
    "country": "DE",
    "cohort": str(2026 * 12 + 2),
    "grade": "A",
    "month_of_year": "12",
    "shop": "",
}


@pytest.mark.parametrize("kind", SENTENCES)
@pytest.mark.parametrize("about", GROUPS)
def test_a_finding_is_a_sentence(kind, about):
    unit = "order days a day" if kind == "season" else "share"
    found = Finding(kind, about, NAMED[about], 0.5, 0.25, 0.1, 0.4, 1200, "month before", 0.01, unit=unit)
    said = told(found, titles={"5": "Green tea"})
    assert said.endswith((".", ")."))
    assert not re.search(r"[{}]", said)
    assert ("Green tea" in said) == (about == "product" and kind not in ("discounted",))


def test_a_cohort_is_named_by_its_month():
    found = Finding("comes_back", "cohort", NAMED["cohort"], 0.2, 0.3, -0.2, -0.01, 90, "same month last year", 0.001)
    assert told(found, titles={}).startswith(
        "Of 90 who began with an order in 2026-03, 20% came back in time; usual are 30%"
    )


def test_every_basis_that_is_used_has_words():
    used = set()
    for module in (changes, change_counts, discount_habits):
        with open(module.__file__, encoding="utf-8") as file:
            used |= set(re.findall(r'"((?:same|other|others|month|both|chance)[a-z ]*)"', file.read()))
    assert used & set(BASES)
    assert {one for one in used if " " in one} <= set(BASES) | {"month of the first order"}
