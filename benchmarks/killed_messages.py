"""The promises at size: workers and fan-outs that are killed, many who contact the same people, and memory that stays flat.

What the tests do in seconds, on both databases; here for minutes. `--lines 1000000` or more measures memory at a million.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import made, mail_sink
from benchmarks.messages import new_home, rate, together

LETTERS, ORDERS, WORKERS, LANES, KILLS = 50_000, 2_000, 4, (1, 8), 30
PEOPLE, FAN_OUT_KILLS = 20_000, 10
CROWD = {"processes": 16, "people": 1_000, "seconds": 60.0}
MEMORY_AT = (10_000, 100_000, 1_000_000)


def run(*, lines: int, runs: int) -> None:
    """Print the tables. `lines`: above a million, memory is measured at a million messages too; `runs` makes no difference."""
    for kind in ("sqlite", "postgresql"):
        for lanes in LANES:
            with shop(kind) as folder:
                from actions.messaging.killing import send_and_kill

                sizes = {"letters": LETTERS, "orders": ORDERS, "workers": WORKERS, "lanes": lanes, "kills": KILLS}
                tell(f"Killed while sending, {kind}: {sizes}", send_and_kill(folder, **sizes, seconds=2.0))
        with shop(kind):
            from actions.messaging.killing import plan_and_kill

            found = plan_and_kill(people=PEOPLE, at_once=500, kills=FAN_OUT_KILLS, seconds=3.0)
            tell(f"Killed while planning for {PEOPLE:,}, {kind}", found)
        with shop(kind) as folder:
            from decisions.crowding import crowded

            tell(f"Contacted by many at once, {kind}: {CROWD}", crowded(folder, **CROWD))
    memory_table(lines)


def memory_table(lines: int) -> None:
    """What it takes at each size."""
    head = ["messages", "decided /s", "planned /s", "peak MB", "sent /s", "peak MB of a worker"]
    made.table("Memory", [head, *memory(lines)])


def memory(lines: int) -> Iterator[list[Any]]:
    """Deciding and planning so many, and one worker that sends them."""
    for count in MEMORY_AT:
        if count == max(MEMORY_AT) and lines <= count:
            continue
        with mail_sink.started() as (port, _sink):
            home = new_home("")
            made_of = together(["shop", str(count), str(port)], home=home, url="")[0]
            told = together(["work", "w", "32"], home=home, url="")
        speed = [round(count / made_of[name]) for name in ("decide", "plan")]
        yield [count, *speed, made_of["peak_mb"], round(rate(told)), told[0]["peak_mb"]]


@contextmanager
def shop(kind: str) -> Iterator[Path]:
    """An empty shop in a database of its own."""
    sys.path.insert(0, str(made.ROOT / "tests"))
    folder = Path(tempfile.mkdtemp(prefix="regulars-killed-"))
    os.environ.setdefault("REGULARS_HOME", str(folder))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    import django

    django.setup()
    import databases

    with databases.fresh(kind, folder):
        yield folder


def tell(title: str, found: dict[str, Any]) -> None:
    """One row a figure."""
    made.table(title, [["", ""], *([name, str(value)] for name, value in found.items())])
