"""Insight is pure and cheap to import: a page or `--help` never pays for models."""

import doctest
import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

from regulars import insight

MODULES = [name for _finder, name, package in pkgutil.iter_modules(insight.__path__) if not package]
HEAVY = {"ibis", "numpy", "pyarrow", "scipy", "altair", "duckdb", "pandas", "django"}


def test_importing_insight_loads_nothing_heavy():
    names = ", ".join(f"regulars.insight.{name}" for name in MODULES)
    code = f"import sys, {names}; print(*({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings_are_true(name):
    assert doctest.testmod(import_module(f"regulars.insight.{name}")).failed == 0
