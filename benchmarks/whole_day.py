"""A whole day for a large shop: ten plays chosen for a million customers, and the chosen ones decided by the gate.

Each part in a process of its own, so that its memory can be seen; the day's log is written. Beside it the limit: reading the
same figures with one query (the bare allocation is in benchmarks/allocation.py). One database and sizes by choice:
`python -m benchmarks.whole_day table PostgreSQL 20000 1000000`.
"""

import datetime as dt
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import large_shop, made
from benchmarks.b1_import import databases
from benchmarks.messages import new_home

SIZES = (100_000, 1_000_000)
HEAD = ["customers", "fill s", "read s", "meant", "chosen", "choose s", "minutes", "MB", "decide s", "minutes", "decided a second", "MB"]  # fmt: skip


def run(*, lines: int, runs: int) -> None:
    """Print a table for each database. `lines`: at most so many customers."""
    table([size for size in SIZES if size <= max(lines, SIZES[0])])


def table(sizes: Sequence[int], only: str = "") -> None:
    """The same for these sizes, on one database or on both."""
    for kind, url in databases():
        if only in ("", kind):
            made.table(f"A whole day, {kind}", [HEAD, *(_day(size, url) for size in sizes)])


def _day(size: int, url: str) -> list[Any]:
    home = new_home(url)
    told = {
        deed: made.child("benchmarks.whole_day", deed, str(size), home=home, url=url)
        for deed in ("fill", "read", "choose", "decide")
    }
    chosen, decided = told["choose"], told["decide"]
    return [
        size, told["fill"]["wall"], told["read"]["wall"], chosen["meant"], chosen["chosen"],
        chosen["wall"], chosen["wall"] / 60, chosen["peak_mb"],
        decided["wall"], decided["wall"] / 60, round(decided["result"] / decided["wall"]), decided["peak_mb"],
    ]  # fmt: skip


def fill(count: int) -> dict[str, Any]:
    """The shop."""
    return measured(lambda: large_shop.fill(count, morning()))


def read(_count: int) -> dict[str, Any]:
    """Every profile's figures with one query: what no choice can do without."""
    from regulars.plays.candidates import AT_ONCE, FIGURES
    from regulars.shop import current

    def work() -> int:
        with current.connection().chunked_cursor() as cursor:
            cursor.execute(f"SELECT customer_id, {', '.join(FIGURES)} FROM profiles_profile")
            return sum(len(rows) for rows in iter(lambda: cursor.fetchmany(AT_ONCE), []))

    return measured(work)


def choose(_count: int) -> dict[str, Any]:
    """The plan of the day, with its log."""
    from regulars.plays import planning

    found = measured(lambda: planning.plan(now=morning()))
    planned = found.pop("result")
    return found | {"meant": planned.meant, "chosen": planned.chosen}


def decide(_count: int) -> dict[str, Any]:
    """Everybody who was chosen, by the gate."""
    from regulars.plays import deciding

    return measured(lambda: deciding.everybody(now=morning()))


def measured(work: Callable[[], Any]) -> dict[str, Any]:
    """The result, and how long it took."""
    wall, _cpu, result = made.timed(work)
    return {"result": result, "wall": wall}


def morning() -> dt.datetime:
    """Ten o'clock today."""
    return dt.datetime.now(dt.UTC).replace(hour=10, minute=0, second=0, microsecond=0)


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if verb == "table":
        table([int(each) for each in rest[1:]] or SIZES, rest[0] if rest else "")
    else:
        from regulars.cli.setting_up import ready

        ready()
        deed = {"fill": fill, "read": read, "choose": choose, "decide": decide}[verb](int(rest[0]))
        print(json.dumps(deed | {"peak_mb": made.peak_mb()}))
