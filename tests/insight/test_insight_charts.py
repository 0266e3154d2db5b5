"""Charts are specifications that can be drawn without a browser; unfinished cells are hatched, bars start at zero."""

import pytest

from regulars.insight import charts
from regulars.insight.survival import kaplan_meier
from regulars.insight.value import Concentration

CELLS = [
    {"cohort": "2024-01", "age": 0, "share": 1.0, "customers": 9, "size": 9, "mature": True},
    {"cohort": "2024-01", "age": 1, "share": 0.4, "customers": 4, "size": 9, "mature": True},
    {"cohort": "2024-02", "age": 0, "share": 1.0, "customers": 7, "size": 7, "mature": False},
    {"cohort": "2024-02", "age": 1, "share": None, "customers": 0, "size": 7, "mature": False},
]
GRID = [
    {"recency": r, "frequency": f, "customers": r * f, "share": 0.1 * r, "money": 5} for r in (1, 2) for f in (1, 2)
]
LIFTS = [
    {"play": "a", "value": 4.0, "low": 1.0, "high": 7.0, "n": 900, "shrunk": 3.0},
    {"play": "b", "value": -2.0, "low": -70.0, "high": 66.0, "n": 40, "shrunk": None},
]
PATH = [{"day": f"2026-0{month}-28", "value": 4.0, "low": 1.0, "high": 7.0, "n": 100 * month} for month in (1, 2)]
MONTHS = [{"month": "2024-01", "net": 10, "who": "new"}, {"month": "2024-01", "net": 30, "who": "old"}]
WORDS = {
    name: name.replace("_", " ")
    for name in (
        "days",
        "share",
        "people",
        "revenue",
        "top_fifth",
        "cohort",
        "age",
        "unfinished",
        "recency",
        "frequency",
    )
} | {"customers": "customers", "month": "month", "net": "net", "new": "new", "old": "old", "more": "more", "day": "day"}
CURVE = Concentration((0.0, 0.2, 1.0), (0.0, 0.7, 1.0), 5, 0.7)
DRAWN = {
    "survival": lambda: charts.survival_chart(kaplan_meier([(10, 5, 1), (90, 2, 3)]), WORDS),
    "nobody yet": lambda: charts.survival_chart(kaplan_meier([]), WORDS),
    "concentration": lambda: charts.concentration_chart(CURVE, WORDS),
    "cohorts": lambda: charts.cohort_chart(CELLS, WORDS),
    "rfm": lambda: charts.rfm_chart(GRID, WORDS),
    "lifts": lambda: charts.lifts_chart(LIFTS, WORDS),
    "path": lambda: charts.path_chart(PATH, WORDS),
    "months": lambda: charts.months_chart(MONTHS, WORDS),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_is_drawn_as_svg(name):
    drawn = charts.svg(DRAWN[name]())
    assert drawn.startswith("<svg")
    assert "NaN" not in drawn


def test_unfinished_cells_are_hatched_and_never_coloured():
    heat, unfinished, _sizes = DRAWN["cohorts"]().to_dict()["layer"]
    assert heat["transform"] == [{"filter": "datum.mature && datum.age > 0"}]
    assert unfinished["transform"] == [{"filter": "!datum.mature && datum.age > 0"}]
    assert unfinished["mark"]["text"].strip()
