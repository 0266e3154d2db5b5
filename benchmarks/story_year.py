"""A year in a shop whose customers react, lived through the product itself: seconds a day, what was decided, and whether every
promise was kept, by a checker of its own; then killed again and again, and whether it ends the same.

By itself: `python -m benchmarks.story_year --days 60 --kills 20`. How the shop lives: `regulars/living`; what is checked:
`tests/story/story_checked.py`.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks import made

CUSTOMERS, DAYS, SEED = 2_000, 365, 1
KINDS = ("sqlite", "postgresql")
ALIKE_DAYS = 30
TERMS: dict[str, Any] = {"share": None, "per_day": 30}
TROUBLES = {"late": 0.1, "returned_within": 90, "second_address": 0.05}
"""As the reference has them: orders heard of late, and customers under two addresses, a fifth of whom are taken apart again."""


def run(*, lines: int, runs: int) -> None:
    """A year on each database. `lines` and `runs` make no difference."""
    for kind in KINDS:
        year(kind)


def year(kind: str, told: dict[str, Any] | None = None, *, kills: int = 0, quick: bool = False) -> None:
    """Print the tables of one database. told: keys of the world; kills: the same once more, killed so often, and what is different at the end."""
    told = {"customers": CUSTOMERS, "burn_in": 365, "horizon": DAYS} | (told or {})
    title = f"{told['horizon']} days of {told['customers']:,} customers, {kind}"
    with shop(kind) as folder:
        from story.story_checked import left_behind

        lived(folder / "life", told, title, quick=quick)
        whole = left_behind()
    if kills:
        with shop(kind) as folder:
            killed = lived(folder / "life", told, f"The same, killed {kills} times", kills=kills, quick=quick)
            ended(whole, left_behind(), killed)


def lived(folder: Path, told: dict[str, Any], title: str, *, kills: int = 0, quick: bool = False) -> int:
    """Live it and print what came of it; how often it was killed at work."""
    from story.story_checked import checked
    from story.story_killed import live_and_kill

    killed = live_and_kill(folder, told, SEED, kills=kills, day_seconds=0.5 if quick else 5.0, quick=quick, terms=TERMS)
    found, broken = checked()
    told_of = [line.split() for line in (folder / "took").read_text().splitlines()]
    seconds, busy = ([float(line[place]) for line in told_of] for place in (1, 2))
    rows: list[list[Any]] = [
        ["", ""],
        ["seconds a day, median", median(seconds)],
        ["seconds a day, 95 of 100 below", quantiles(seconds, n=20)[-1]],
        ["of the processor, median", median(busy)],
        ["seconds of the first day", seconds[0]],
    ]
    rows += [[name, number] for name, number in (found | arms()).items()]
    rows += [["promises broken", sum(broken.values())], *([name, times] for name, times in broken.items() if times)]
    made.table(title, rows)
    return killed


def arms() -> dict[str, int]:
    """Decisions by play and arm."""
    from regulars.decisions.models import Decision

    found = Counter(Decision.objects.values_list("source", "arm").order_by())
    return {f"{source.partition(':')[2]} {arm}": number for (source, arm), number in sorted(found.items())}


def ended(whole: dict[str, Any], other: dict[str, Any], killed: int) -> None:
    """What two runs left behind, by table: rows, and rows that only one of them has."""
    rows: list[list[Any]] = [[f"killed {killed} times", "rows", "different"]]
    for name, mine in whole.items():
        apart = (mine - other[name]) + (other[name] - mine)
        rows.append([name, sum(mine.values()), sum(apart.values())])
        rows += [["  only in one of them", "", str(row)] for row in list(apart)[:3]]
    made.table("Ended alike?", rows)


def alike(kind: str, *, customers: int = CUSTOMERS, days: int = ALIKE_DAYS) -> None:
    """With the product's own forecasts: does the grid's policy decide the same?"""
    told = {"customers": customers, "burn_in": 365, "horizon": days, "returned": 0.0, "returned_discounted": 0.0}
    terms = TERMS | {"share": 0.3}
    with shop(kind) as folder:
        from story.story_alike import differences
        from story.story_killed import live_and_kill
        from story.story_there import settings_of, world_of

        live_and_kill(folder / "life", told, SEED, quick=False, terms=terms)
        different, same = differences(world_of(told), settings_of(folder / "life", terms), SEED)
    rows: list[list[Any]] = [["", ""], ["decided alike", same], ["decided differently", len(different)]]
    made.table(f"{days} days of {customers:,} customers: the product and the grid's policy", rows)
    for each in different[:10]:
        print("   ", each)


@contextmanager
def shop(kind: str) -> Iterator[Path]:
    """An empty shop in a database of its own."""
    sys.path.insert(0, str(made.ROOT / "tests"))
    folder = Path(tempfile.mkdtemp(prefix="regulars-story-"))
    os.environ.setdefault("REGULARS_HOME", str(folder))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    import django

    django.setup()
    import databases

    with databases.fresh(kind, folder):
        yield folder


def main() -> None:
    """One part of it, by itself."""
    parser = argparse.ArgumentParser(prog="benchmarks.story_year", description=__doc__)
    parser.add_argument("--on", choices=KINDS, default="sqlite")
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument(
        "--quick", action="store_true", help="profiles by plain counting, without forecast and measurement"
    )
    parser.add_argument("--troubled", action="store_true", help="orders come late, and people have two addresses")
    parser.add_argument("--alike", action="store_true", help="only compare with the grid's policy")
    said = parser.parse_args()
    if said.alike:
        alike(said.on, customers=said.customers, days=said.days)
    else:
        told = {"customers": said.customers, "horizon": said.days} | (TROUBLES if said.troubled else {})
        year(said.on, told, kills=said.kills, quick=said.quick)


if __name__ == "__main__":
    main()
