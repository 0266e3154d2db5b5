"""The tutorials run, line by line, and show what they say; the one about Spark in the environment that has it."""

import doctest
from pathlib import Path

import pytest

TUTORIALS = Path(__file__).resolve().parents[2] / "docs" / "tutorials"
WITH_SPARK = {"spark.md"}


def run(name: str) -> doctest.TestResults:
    return doctest.testfile(str(TUTORIALS / name), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)


@pytest.mark.parametrize("name", sorted({path.name for path in TUTORIALS.glob("*.md")} - WITH_SPARK))
def test_a_tutorial_shows_what_comes_out(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = run(name)
    assert found.attempted > 5
    assert found.failed == 0
