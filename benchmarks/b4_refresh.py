"""B4 full profile refresh, B5 incremental refresh after 1 % of lines, B6 database to lake; on SQLite.

Raw limits: hand-written DuckDB SQL for every set-wise column of the profile (by_hand.sql; the same rows, which is looked
at in each run), and a bare ADBC extract written to Parquet.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from benchmarks import made

AS_OF = "2026-01-05"
HAND_WRITTEN = Path(__file__).with_name("by_hand.sql")


def run(*, lines: int, runs: int) -> None:
    """Print the table."""
    path = made.orders_csv(lines)
    home = made.FOLDER / "home-refresh"
    shutil.rmtree(home, ignore_errors=True)
    found = made.child("benchmarks.b4_refresh", str(path), str(runs), home=home)
    rows: list[list[Any]] = [["", "cpu s", "wall s", "ratio", "target"]]
    rows += [
        ["hand-written SQL on the lake", found["hand_cpu"], found["hand"], 1.0, ""],
        [
            "B4 profiles and answers, lake in place",
            found["score_cpu"],
            found["score"],
            found["score_cpu"] / found["hand_cpu"],
            "<= 2",
        ],
        ["full refresh: extract, compute, write", found["full_cpu"], found["full"], 1.0, ""],
        [
            "B5 refresh after 1 % of lines",
            found["delta_cpu"],
            found["delta"],
            found["delta"] / found["full"],
            "<= 0.15",
        ],
        ["bare ADBC extract + Parquet", found["bare_cpu"], found["bare"], 1.0, ""],
        ["B6 database -> lake", found["lake_cpu"], found["lake"], found["bare"] / found["lake"], ">= 0.5 of bare"],
    ]
    made.table(f"B4-B6: {lines:,} order lines, {found['customers']:,} customers, peak {found['peak_mb']:,} MB", rows)


def measure(path: Path, runs: int) -> dict[str, Any]:
    """All figures of one shop, in one process."""
    import datetime as dt

    from regulars.profiles import lake, refresh
    from regulars.shop.models import the_shop
    from regulars.sources import importing

    now = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    job = importing.run(importing.create([path], actor="benchmark"), now=now)
    assert job.state == "done", job.error
    found: dict[str, list[tuple[float, float]]] = {
        name: [] for name in ("full", "lake", "bare", "hand", "score", "delta")
    }
    for _run in range(runs):
        shutil.rmtree(refresh.current.folder() / "lake", ignore_errors=True)
        refresh.Profile.objects.all().delete()
        wall, cpu, full = made.timed(lambda: refresh.refresh(now=now, full=True))
        found["full"].append((wall, cpu))
        found["bare"].append(made.timed(bare_extract)[:2])
        wall, cpu, live = made.timed(lambda: lake.update(the_shop(), full=True))
        found["lake"].append((wall, cpu))
        found["hand"].append(made.timed(lambda live=live: by_hand(live.folder))[:2])
        found["score"].append(made.timed(lambda live=live: compute(live, now))[:2])
    hand, ours = made.FOLDER / "hand.parquet", made.FOLDER / "ours.parquet"
    by_hand(live.folder, keep=hand)
    compute(live, now, keep=ours)
    different = different_cells(hand, ours)
    assert not different, f"{different} cells of the hand-written answer differ from the product's"
    refresh.refresh(now=now)  # the lake was built anew by hand above: settle whose profiles are behind it
    for number in range(runs):
        changed = importing.run(importing.create([one_percent(path, number)], actor="benchmark"), now=now)
        assert changed.state == "done", changed.error
        found["delta"].append(made.timed(lambda: refresh.refresh(now=now))[:2])
    figures = {name: made.median([pair[0] for pair in pairs]) for name, pairs in found.items()}
    figures |= {f"{name}_cpu": made.median([pair[1] for pair in pairs]) for name, pairs in found.items()}
    return figures | {"customers": full.customers, "peak_mb": made.peak_mb()}


def bare_extract() -> None:
    """Every order and line straight to Parquet, nothing else."""
    from pyarrow import parquet

    from regulars.profiles.extract import opened

    for table in ("orders_order", "orders_orderline"):
        with (
            opened(f"SELECT * FROM {table}") as reader,
            parquet.ParquetWriter(made.FOLDER / "bare.parquet", reader.schema) as writer,
        ):
            for batch in reader:
                writer.write_batch(batch)


def by_hand(folder: Path, *, as_of: str = AS_OF, memory_mb: int = 2048, keep: Path | None = None) -> None:
    """The same questions, written by hand; kept in a file, if asked."""
    import duckdb

    config = {"preserve_insertion_order": "false", "memory_limit": f"{memory_mb}MB"}
    with duckdb.connect(":memory:", config=config | {"temp_directory": str(made.FOLDER / "spill-hand")}) as con:
        con.execute(HAND_WRITTEN.read_text().format(lake=folder, as_of=as_of))
        if keep:
            con.execute(f"COPY hand TO '{keep}' (FORMAT parquet)")


def compute(live: Any, now: Any, *, keep: Path | None = None) -> None:
    """The product's computation without extracting or writing back; the profiles kept in a file, if asked."""
    from regulars.insight.facts import first_and_last_day
    from regulars.insight.summary import summarise
    from regulars.profiles import refresh
    from regulars.shop.models import the_shop

    engine = refresh.open_engine(live, made.FOLDER / "spill")
    facts = engine.facts({name: name for name in ("orders", "lines", "refunds", "people", "variants", "reviews")})
    days = first_and_last_day(facts)
    assert days is not None
    found = summarise(engine, facts, refresh.dates_of(the_shop(), days, now.date()), refresh.choices_of(the_shop()))
    if keep:
        found.profiles.to_parquet(keep)
    engine.close()


def different_cells(hand: Path, ours: Path) -> int:
    """How many cells of the hand-written answer differ from the product's, numbers by more than 1e-9."""
    import duckdb

    con = duckdb.connect(":memory:")
    types = dict(con.execute(f"SELECT column_name, column_type FROM (DESCRIBE FROM '{hand}')").fetchall())
    differ = "h.{0} IS DISTINCT FROM o.{0}"
    near = "(h.{0} IS NULL) <> (o.{0} IS NULL) OR abs(h.{0} - o.{0}) > 1e-9 * (1 + abs(o.{0}))"
    sums = [f"count(*) FILTER ({(near if kind == 'DOUBLE' else differ).format(name)})" for name, kind in types.items()]
    both = f"'{hand}' h FULL JOIN '{ours}' o USING (customer_id)"
    return sum(con.execute(f"SELECT {', '.join(sums)} FROM {both}".replace("h.customer_id", "customer_id")).fetchone())


def one_percent(path: Path, number: int) -> Path:
    """New orders of known customers: one line of a hundred."""
    import duckdb

    target = made.FOLDER / f"more-{number}.csv"
    duckdb.execute(
        f"COPY (SELECT order_id + {10**9 * (number + 1)} AS order_id, '2026-01-0{number + 1} 12:00:00' AS order_date, * EXCLUDE (order_id, order_date) "
        f"FROM read_csv('{path}') WHERE hash(order_id + {number}) % 100 = 0) TO '{target}' (HEADER)"
    )
    return target


if __name__ == "__main__":
    import json

    from regulars.cli.setting_up import ready

    ready()
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
