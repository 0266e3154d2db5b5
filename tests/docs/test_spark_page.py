"""The page about Spark names the tables as they are asked, and the cluster as the benchmark starts it."""

import importlib.util
import re
from pathlib import Path

from regulars.insight.facts import SCHEMAS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "spark.md").read_text(encoding="utf-8")


def spark_cluster():
    spec = importlib.util.spec_from_file_location("spark_cluster", ROOT / "benchmarks" / "spark_cluster.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_six_tables_are_listed_as_they_are_asked():
    rows = re.findall(r"^\| `(\w+)` \| (`\w+`(?:, `\w+`)*) \|$", PAGE, re.MULTILINE)
    assert {name: re.findall(r"\w+", columns) for name, columns in rows} == {
        name: list(columns) for name, columns in SCHEMAS.items()
    }


def test_the_cluster_is_started_by_the_commands_shown():
    cluster = spark_cluster()
    workers = [cluster.worker_command("$SPARK_HOME", page, "work") for page in cluster.WORKER_PAGES]
    shown = [" ".join(command) + " &" for command in (cluster.master_command("$SPARK_HOME"), *workers)]
    assert [line for line in shown if line not in PAGE.splitlines()] == []
    assert [f"{name}={value}" for name, value in cluster.ENVIRONMENT.items() if f"{name}={value}" not in PAGE] == []
    settings = dict(re.findall(r"^\| (`spark.+`) \| `(.+)` \|$", PAGE, re.MULTILINE))
    assert {
        name: value for names, value in settings.items() for name in re.findall(r"[\w.]+", names)
    } == cluster.SETTINGS
