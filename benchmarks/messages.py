"""B8 messages: every check on, over SMTP on loopback, against the raw limits and django-post_office, in one run.

Limits: smtplib that sends a ready letter over a kept connection, and single durable commits of the same database.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import made, mail_sink
from benchmarks.b1_import import databases, fresh

LETTERS = 4_000
WORKERS = ((1, 32), (2, 16), (2, 32), (2, 64))
"""Processes and lanes that are tried; the best counts."""


def run(*, lines: int, runs: int) -> None:
    """Print the tables. `lines`: at most so many letters."""
    count = min(lines, LETTERS)
    with mail_sink.started() as (port, sink):
        for kind, url in databases():
            rows = sending(url, port, count, runs)
            made.table(f"Messages on {kind}: {count:,} letters to {sink}, median of {runs}", rows)


def sending(url: str, port: int, count: int, runs: int) -> list[list[Any]]:
    """The table of one database."""
    found: dict[str, list[float]] = {}
    for _run in range(runs):
        home = new_home(url)
        together(["shop", str(count), str(port)], home=home, url=url)
        found.setdefault("raw", []).append(rate(together(["raw", str(port), str(count)], home=home, url=url)))
        found.setdefault("commits", []).append(rate(together(["commits", str(count)], home=home, url=url)))
        for workers, lanes in WORKERS:
            home = new_home(url)
            planned = together(["shop", str(count), str(port)], home=home, url=url)[0]
            found.setdefault("decide + plan", []).append(count / (planned["decide"] + planned["plan"]))
            told = together(*[["work", f"w{one}", str(lanes)] for one in range(workers)], home=home, url=url)
            found.setdefault(f"{workers} x {lanes}", []).append(rate(told))
    return [["", "/s"], *([name, round(made.median(rates))] for name, rates in found.items())]


def rate(told: list[dict[str, Any]]) -> float:
    """All that was done, from the first beginning to the last end."""
    seconds = max(one["ended"] for one in told) - min(one["began"] for one in told)
    return sum(one["result"] for one in told) / seconds


def new_home(url: str) -> Path:
    """An empty shop."""
    home = made.FOLDER / "home-messages"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    fresh(url)
    return home


def together(*commands: list[str], home: Path, url: str) -> list[dict[str, Any]]:
    """Run these verbs of `benchmarks.mailing`, each in a process; they begin when all are ready."""
    environment = {
        **os.environ,
        "REGULARS_HOME": str(home),
        "DATABASE_URL": url,
        "PYTHONPATH": f"{made.ROOT / 'src'}{os.pathsep}{made.ROOT}",
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.mailing", *command], env=environment, cwd=made.ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for command in commands
    ]  # fmt: skip
    told = []
    for process in running:
        assert process.stdout is not None
        line = process.stdout.readline()
        told.append(line if line != "ready\n" else "")
    for process in running:
        assert process.stdin is not None
        try:
            process.stdin.write("\n")
            process.stdin.close()
        except BrokenPipeError:
            pass
    for place, process in enumerate(running):
        assert process.stdout is not None
        told[place] += process.stdout.read()
        if process.wait():
            raise RuntimeError(f"{commands[place]} failed")
    return [json.loads(one.strip().splitlines()[-1]) for one in told]
