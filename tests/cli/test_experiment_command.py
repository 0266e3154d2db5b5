"""`regulars experiment` on real tests gives their known figures, and on what is no test says what is wrong."""

import json

import pytest
from click.testing import CliRunner

from regulars.cli.main import cli

HILLSTROM = ("hillstrom/hillstrom_20pct.csv.gz", "--arm", "segment", "--control", "No E-Mail")
CATS = ("cookie_cats/cookie_cats.parquet", "--arm", "version", "--control", "gate_30")


def ran(*asked):
    return CliRunner().invoke(cli, ["experiment", *map(str, asked)])


def figures(data, asked, *more):
    done = ran(data / asked[0], *asked[1:], *more, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    return found["split"], {(each["arm"], each["outcome"]): each for each in found["effects"]}


KNOWN = [
    ("Mens E-Mail", "visit", 0.183525, 0.081906, 0.007524, 2.4e22), ("Mens E-Mail", "conversion", 0.012204, 0.006102, 0.002062, 16.3283),
    ("Mens E-Mail", "spend", 1.693471, 1.070096, 0.345529, 23.6870), ("Womens E-Mail", "visit", 0.156418, 0.054799, 0.007231, 3.93e10),
    ("Womens E-Mail", "conversion", 0.010755, 0.004653, 0.001978, 3.9001), ("Womens E-Mail", "spend", 1.151340, 0.527965, 0.261000, 2.0548),
]  # fmt: skip


def test_the_public_campaign_has_its_published_effects(data):
    split, found = figures(data, HILLSTROM, *(f"--outcome={name}" for name in ("visit", "conversion", "spend")))
    assert (split["state"], split["chi_square"]) == ("fine", pytest.approx(0.040003, rel=1e-4))
    for arm, outcome, mean, difference, error, e in KNOWN:
        each = found[arm, outcome]
        assert each["mean"] == pytest.approx(mean, abs=6e-7)
        assert (each["raw"]["value"], each["raw"]["error"]) == (
            pytest.approx(difference, abs=6e-7), pytest.approx(error, abs=6e-7),
        )  # fmt: skip
        assert each["raw"]["e"] == pytest.approx(e, rel=0.02)
        assert each["state"] == ("more" if outcome == "visit" else "collecting")
    width = found["Mens E-Mail", "spend"]["raw"]["always"]
    assert (width[1] - width[0]) / 2 == pytest.approx(1.048630, rel=1e-5)


def test_what_was_spent_before_takes_a_little_variance_away(data):
    _split, found = figures(data, HILLSTROM, "--outcome=spend", "--outcome=visit", "--covariate=history")
    mens, womens = (found[arm, "spend"]["adjusted"] for arm in ("Mens E-Mail", "Womens E-Mail"))
    assert (mens["value"], mens["error"]) == (pytest.approx(1.072728, abs=2e-6), pytest.approx(0.345382, abs=2e-6))
    assert (womens["value"], womens["error"]) == (pytest.approx(0.507775, abs=2e-6), pytest.approx(0.260776, abs=2e-6))
    visit = found["Mens E-Mail", "visit"]["adjusted"]
    assert (visit["value"], visit["error"]) == (pytest.approx(0.082038, abs=2e-6), pytest.approx(0.007506, abs=2e-6))


def test_a_public_game_whose_arms_are_uneven_gets_no_verdict(data):
    split, found = figures(data, CATS, "--outcome=retention_1", "--outcome=retention_7", "--outcome=sum_gamerounds")
    assert (split["state"], split["p"]) == ("uneven", pytest.approx(0.008608, abs=1e-6))
    assert {each["state"] for each in found.values()} == {"do_not_trust"}
    first, later, rounds = (found["gate_40", name] for name in ("retention_1", "retention_7", "sum_gamerounds"))
    assert (first["raw"]["value"], first["raw"]["e"]) == (
        pytest.approx(-0.005905, abs=1e-6),
        pytest.approx(1.3749, rel=1e-3),
    )
    assert (later["raw"]["error"], later["raw"]["e"]) == (
        pytest.approx(0.002592, abs=1e-6),
        pytest.approx(28.5153, rel=2e-3),
    )
    assert rounds["raw"]["value"] == pytest.approx(-1.157, abs=1e-3)
    assert abs(rounds["capped"]["value"]) < 0.3


def test_the_text_says_the_verdict_and_what_could_have_been_seen(data):
    said = ran(data / HILLSTROM[0], *HILLSTROM[1:], "--outcome=visit").output
    assert "Mens E-Mail against No E-Mail, visit: more than the control" in said
    assert "seen with 80 %: 18.0% of the control at one look" in said
    assert "not quite as large as planned" in ran(data / CATS[0], *CATS[1:], "--outcome=retention_7").output


FILE = "arm,y,z,before\na,1,,3\nb,0,2,4\na,2,x,5\n,1,1,1\n"
GOOD = "arm,y,before\n" + "a,1,3\nb,yes,4\n" * 3
WRONG = {
    "no file": (None, [], "There is no file"),
    "no column": (GOOD, ["--outcome=n"], "the file has: arm, y, before"),
    "no arm": (FILE, ["--outcome=y"], "Row 4 has no value in 'arm'"),
    "no control": (GOOD, ["--outcome=y", "--control=c"], "there are: a, b"),
    "words": ("arm,y\na,1\nb,many\n", ["--outcome=y"], "row 2: 'many' is no number"),
    "empty": ("arm,y\na,1\nb,\n", ["--outcome=y"], "row 2: it is empty"),
    "one arm": ("arm,y\na,1\na,2\n", ["--outcome=y"], "nothing to compare with"),
    "unknown share": ("arm,y\na,1\nb,2\n", ["--outcome=y", "--share=c=0.5"], "the arms are: a, b"),
    "too much": ("arm,y\na,1\nb,2\n", ["--outcome=y", "--share=a=0.7", "--share=b=0.7"], "add up to 1"),
    "no table": ("\0\0\0", ["--outcome=y"], "There is no column 'arm'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_file_is_said(tmp_path, name):
    text, asked, message = WRONG[name]
    path = tmp_path / "test.csv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    done = ran(path, "--arm=arm", "--control=a", *(asked or ["--outcome=y"]))
    assert done.exit_code == 1
    assert message in done.output


@pytest.mark.parametrize("share", ["a", "a=x", "a=2", "=0.5"])
def test_a_share_that_is_none_is_refused(tmp_path, share):
    assert ran(tmp_path, "--arm=a", "--control=a", "--outcome=y", f"--share={share}").exit_code == 2


def test_the_missing_share_is_what_is_left(tmp_path):
    path = tmp_path / "test.csv"
    path.write_text("arm,y\n" + "a,1\n" * 10 + "b,2\n" * 90, encoding="utf-8")
    done = ran(path, "--arm=arm", "--control=a", "--outcome=y", "--share=a=0.1", "--json")
    assert json.loads(done.output)["split"]["shares"] == {"a": 0.1, "b": 0.9}
