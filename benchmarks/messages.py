"""Messages: with every check on, over SMTP on loopback, against the raw limits and django-post_office, in one run.

Limits: smtplib that sends one ready letter again and again over a kept connection, and single durable commits of the
same database. Ours asks the gate, fills the words, builds the letter and commits before each hand-over.
"""

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks import made, mail_sink
from benchmarks.b1_import import databases, fresh
from benchmarks.peers import Peer, started

LETTERS = 5_000
WORKERS = ((1, 32), (2, 64), (2, 128))
"""Processes and lanes that are tried; the best counts, as it does for the peer."""
PEERS = (({}, 1), ({}, 2), ({"BATCH_SIZE": 1_000}, 2), ({"BATCH_SIZE": 1_000, "THREADS_PER_PROCESS": 1}, 2))
"""post_office: its settings and processes."""
Cost = tuple[float, float]
"""How many a second, and milliseconds of the processor for each, without the database server's."""
TARGETS = {"SQLite": 2, "PostgreSQL": 3}


def run(*, lines: int, runs: int) -> None:
    """Print a table for each database. `lines`: at most so many letters."""
    count = min(lines, LETTERS)
    with mail_sink.started() as (port, sink), started("post_office") as peers:
        for kind, url in databases():
            found: dict[str, list[Cost]] = {}
            for _run in range(runs):
                for name, cost in once(url, port, count, peers.get("post_office")).items():
                    found.setdefault(name, []).append(cost)
            table(kind, f"{count:,} letters to {sink}, median of {runs}", found)


def once(url: str, port: int, count: int, peer: Peer | None) -> dict[str, Cost]:
    """Each figure, measured one after the other."""
    home = new_home(url)
    words = together(["shop", str(count), str(port)], home=home, url=url)[0]
    found = {
        "raw: smtplib, one connection": cost(together(["raw", str(port), str(count)], home=home, url=url)),
        "raw: durable commits": cost(together(["commits", str(count)], home=home, url=url)),
        "decide": (count / words["decide"], 0.0),
        "plan": (count / words["plan"], 0.0),
    }
    for workers, lanes in WORKERS:
        home = new_home(url)
        together(["shop", str(count), str(port)], home=home, url=url)
        told = together(*[["work", f"w{one}", str(lanes)] for one in range(workers)], home=home, url=url)
        assert sum(one["result"] for one in told) == count
        found[f"ours: {workers} x {lanes} lanes"] = cost(told)
    for settings, processes in PEERS if peer else ():
        found[f"post_office: {processes} x {settings or 'defaults'}"] = with_peer(
            peer, url, port, {"count": count, "settings": settings, "processes": processes, "words": words["words"]}
        )
    return found


def with_peer(peer: Peer | None, url: str, port: int, asked: dict[str, Any]) -> Cost:
    """The same of django-post_office, which fills the same words."""
    assert peer is not None
    home = new_home(url)
    words = {name: text.replace(" | default: ", "|default:") for name, text in asked.pop("words").items()}
    files = {"file": str(home / "peer.sqlite3"), "lock": str(home / "peer.lock")}
    told = peer.ask("send", url=url, port=port, **files, **words, **asked)
    return asked["count"] / told["seconds"], told["cpu"] / asked["count"] * 1_000


def table(kind: str, title: str, found: dict[str, list[Cost]]) -> None:
    """Rates, what they are of the lower limit, of the peer as it is installed and of its best settings, and the
    processor's time in the sending processes."""
    middle = {name: made.median([each for each, _cpu in costs]) for name, costs in found.items()}
    cpu = {name: made.median([each for _rate, each in costs]) for name, costs in found.items()}
    theirs = {name: each for name, each in middle.items() if name.startswith("post_office")}
    peers = [
        max((each for name, each in theirs.items() if "defaults" in name), default=0.0),
        max(theirs.values(), default=0.0),
    ]
    limit = min(each for name, each in middle.items() if name.startswith("raw"))
    head = ["", "/s", "of the lower limit", "of post_office", "of its best settings", "cpu ms each"]
    rows: list[list[Any]] = [head]
    for name, each in middle.items():
        sends = name.startswith(("ours", "post_office"))
        ratios = [each / limit if sends else "", *(each / peer if peer and sends else "" for peer in peers)]
        rows.append([name, round(each), *ratios, cpu[name] or ""])
    rows.append(["target, our best", "", ">= 0.5", f">= {TARGETS[kind]}", "", ""])
    made.table(f"Messages on {kind}: {title}", rows)


def cost(told: list[dict[str, Any]]) -> Cost:
    """Of what was done by several processes at once."""
    return rate(told), sum(one["cpu"] for one in told) / sum(one["result"] for one in told) * 1_000


def rate(told: list[dict[str, Any]]) -> float:
    """All that was done, from the first beginning to the last end."""
    seconds = max(one["ended"] for one in told) - min(one["began"] for one in told)
    return float(sum(one["result"] for one in told) / seconds)


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
    told = [process.stdout.readline() for process in running if process.stdout]
    for process in running:
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.write("\n")
            process.stdin.close()
    for place, process in enumerate(running):
        assert process.stdout is not None
        told[place] += process.stdout.read()
        if process.wait():
            raise RuntimeError(f"{commands[place]} failed")
    return [json.loads(one.strip().splitlines()[-1]) for one in told]
