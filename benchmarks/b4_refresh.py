"""B4 full profile refresh, B5 incremental refresh after 1 % of lines, B6 database to lake; on SQLite.

Raw limits: hand-written DuckDB SQL for the columns that follow from a customer's own orders; a bare ADBC extract
written to Parquet.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from benchmarks import made

HAND_WRITTEN = """
CREATE OR REPLACE TEMP TABLE hand AS
WITH o AS (SELECT o.*, p.customer_id FROM '{lake}/orders.parquet' o JOIN '{lake}/people.parquet' p USING (identifier_id)
           WHERE NOT test AND status IN ('paid', 'pending') AND total > 0),
d AS (SELECT customer_id, day, sum(net) AS net, count(*) AS orders FROM o GROUP BY ALL),
g AS (SELECT customer_id, day, net, orders, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap FROM d),
c AS (SELECT customer_id, min(day) first_day, max(day) last_day, count(*) order_days, sum(net) net_total, sum(orders) orders,
      count(gap) gaps, sum(ln(gap)) log_sum, sum(ln(gap) ** 2) log_squares, max(gap) longest, min(gap) shortest, arg_max(gap, day) last_gap,
      sum(net) FILTER (day > DATE '{as_of}' - 90) net_90d, sum(net) FILTER (day > DATE '{as_of}' - 365) net_365d,
      arg_min(net, day) net_first_day, arg_max(net, day) net_last_day FROM g GROUP BY customer_id),
l AS (SELECT o.customer_id, o.day, l.variant_id, sum(l.quantity) units, sum(l.net) net FROM '{lake}/lines.parquet' l JOIN o USING (order_id)
      WHERE l.kind = 'product' GROUP BY ALL),
b AS (SELECT customer_id, sum(units) units, count(DISTINCT variant_id) products, sum(net) net_of_lines FROM l GROUP BY customer_id),
t AS (SELECT customer_id, day, arg_max(variant_id, net) variant_id FROM l GROUP BY ALL),
f AS (SELECT customer_id, arg_max(variant_id, n) favourite FROM (SELECT customer_id, variant_id, count(*) n FROM t GROUP BY ALL) GROUP BY customer_id),
e AS (SELECT customer_id, arg_min(variant_id, day) first_variant, arg_max(variant_id, day) last_variant FROM t GROUP BY customer_id)
SELECT c.*, b.* EXCLUDE customer_id, f.favourite, e.* EXCLUDE customer_id, ntile(5) OVER (ORDER BY last_day) r, ntile(5) OVER (ORDER BY order_days) f5,
ntile(5) OVER (ORDER BY net_total) m, sum(net_total) OVER (ORDER BY net_total DESC, c.customer_id) reached,
row_number() OVER (ORDER BY net_total DESC, c.customer_id) place FROM c LEFT JOIN b USING (customer_id) LEFT JOIN f USING (customer_id) LEFT JOIN e USING (customer_id)
"""


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


def by_hand(folder: Path) -> None:
    """The columns of a customer's own orders, written by hand."""
    import duckdb

    with duckdb.connect(":memory:", config={"preserve_insertion_order": "false"}) as con:
        con.execute(HAND_WRITTEN.format(lake=folder, as_of="2026-01-05"))


def compute(live: Any, now: Any) -> None:
    """The product's computation without extracting or writing back."""
    from regulars.insight.facts import first_and_last_day
    from regulars.insight.summary import summarise
    from regulars.profiles import refresh
    from regulars.shop.models import the_shop

    engine = refresh.open_engine(live, made.FOLDER / "spill")
    facts = engine.facts({name: name for name in ("orders", "lines", "refunds", "people", "variants", "reviews")})
    days = first_and_last_day(facts)
    assert days is not None
    summarise(engine, facts, refresh.dates_of(the_shop(), days, now.date()), refresh.choices_of(the_shop()))
    engine.close()


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
