"""How do time and memory grow with a shop? The whole summary from Parquet facts, and the model path in memory.

Three sizes, each ten times the last, up to `--lines` order lines (four an order; 100,000,000 takes a while, and making
its data little memory). Each size runs in a process of its own. Printed with the exponents fitted to them: 1 is linear,
below 1 better. The engine has 2 GB (REGULARS_MEMORY_MB; the default of 1 GB is too tight for a hundred million lines), beyond which it
spills to disk.
"""

import datetime as dt
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import made, order_days, peers

LINES_PER_ORDER = 4
ORDERS_PER_CUSTOMER = 2.35
FIRST, LAST = dt.date(2023, 1, 1), dt.date(2025, 12, 31)
MEMORY_MB = 2048
TABLES = {
    "orders": """SELECT i AS order_id, hash(i * 7 + 1) % {customers} AS identifier_id, day, day AS known_day, NULL::DATE AS
        cancelled_day, 'paid' AS status, false AS test, false AS gift_card_only, false AS renewal, net AS total, net,
        0::BIGINT AS discount, 0::BIGINT AS shipping, CASE WHEN hash(i) % 3 = 0 THEN 'app' ELSE 'web' END AS channel,
        'DE' AS country, '' AS discount_code, '' AS tags, (hash(i * 5) % 24)::BIGINT AS hour
        FROM (SELECT i, DATE '2023-01-01' + (hash(i) % 1096)::INTEGER AS day, (500 + hash(i * 3) % 20000)::BIGINT AS net
        FROM range({orders}) t(i))""",
    "lines": """SELECT i // 4 AS order_id, i % 4 AS position, (hash(i) % 2000)::BIGINT AS variant_id, 'product' AS kind,
        (1 + hash(i * 3) % 3)::BIGINT AS quantity, ((500 + hash(i // 4 * 3) % 20000) // 4)::BIGINT AS net
        FROM range({lines}) t(i)""",
    "refunds": """SELECT i AS refund_id, i * 50 AS order_id, NULL::BIGINT AS identifier_id, NULL::BIGINT AS variant_id,
        DATE '2023-01-01' + (hash(i * 50) % 1096)::INTEGER AS day, day AS known_day, 300::BIGINT AS amount,
        1::BIGINT AS quantity, false AS failed FROM range({orders} // 50) t(i)""",
    "people": "SELECT i AS identifier_id, i AS customer_id, 'email' AS kind FROM range({customers}) t(i)",
    "variants": """SELECT i AS variant_id, i AS product_id, 'SKU-' || i AS sku, 'Product ' || i AS title,
        'c' || (i % 20) AS category, 100::BIGINT AS cost FROM range(2000) t(i)""",
    "reviews": """SELECT i AS review_id, i AS identifier_id, DATE '2025-06-01' AS day, 4.0::DOUBLE AS rating
        FROM range({customers} // 20) t(i)""",
}


def run(*, lines: int, runs: int) -> None:
    """Print both curves. `runs`: of each size; the median counts."""
    os.environ.update(peers.ONE_THREAD)  # of BLAS alone; the engine keeps its threads
    sizes = [max(lines // 100, 1000), max(lines // 10, 10_000), lines]
    curve("The whole summary (insight.summary.summarise) from Parquet", "summary", sizes, runs, facts_folder)
    curve("Profiles alone, as hand-written SQL without forecast", "by_hand", sizes, runs, facts_folder)
    curve("The model path: orders in memory to scores of everybody", "models", sizes, runs, shop_folder)


def curve(title: str, path: str, sizes: Sequence[int], runs: int, folder: Callable[[int], Path]) -> None:
    """Print one curve."""
    rows: list[list[object]] = [["order lines", "cpu s", "wall s", "peak MB", "us a line, cpu"]]
    points = []
    for lines in sizes:
        place = folder(lines)
        found = [child(path, place) for _run in range(runs)]
        cpu, wall, peak = (made.median([each[name] for each in found]) for name in ("cpu", "wall", "mb"))
        points.append((lines, cpu, peak))
        rows.append([lines, cpu, wall, round(peak), f"{cpu / lines * 1e6:.2f}"])
    made.table(title, rows)
    time, memory = (exponent([(point[0], point[which]) for point in points]) for which in (1, 2))
    last = [exponent([(point[0], point[which]) for point in points[-2:]]) for which in (1, 2)]
    print(f"  time grows as lines^{time:.2f} (last step ^{last[0]:.2f}), memory as lines^{memory:.2f} (^{last[1]:.2f})")


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """The slope of ln(cost) over ln(lines), by least squares."""
    lines, costs = np.log(np.array(points, dtype=float)).T
    return float(np.polyfit(lines, costs, 1)[0])


def child(path: str, folder: Path) -> dict[str, float]:
    """One run in a process of its own."""
    return made.child("benchmarks.cost_curve", path, str(folder), home=made.FOLDER / "home-curve")


def facts_folder(lines: int) -> Path:
    """The facts of an invented shop as Parquet, made a row group at a time when they are not there."""
    import duckdb

    folder = made.FOLDER / f"facts-{lines}"
    if (folder / "done").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    orders, customers = lines // LINES_PER_ORDER, max(1, lines * 2 // 17)
    config = {"memory_limit": f"{MEMORY_MB}MB", "preserve_insertion_order": "false"}
    with duckdb.connect(":memory:", config=config) as con:
        for name, sql in TABLES.items():
            rows = sql.format(lines=lines, orders=orders, customers=customers)
            con.execute(f"COPY ({rows}) TO '{folder / name}.parquet'")
    (folder / "done").touch()
    return folder


def shop_folder(lines: int) -> Path:
    """Order days of as many customers as such a shop has."""
    return order_days.folder_of(max(1000, int(lines / LINES_PER_ORDER / ORDERS_PER_CUSTOMER)))


def summary(folder: Path) -> int:
    """The summary of these facts, looked at; how many customers it is about."""
    from regulars.insight.came_back import History
    from regulars.insight.dates import Dates
    from regulars.insight.facts import SCHEMAS, duckdb_engine
    from regulars.insight.profile import Choices
    from regulars.insight.summary import summarise

    spill = made.FOLDER / "spill-curve"
    engine = duckdb_engine(memory_mb=MEMORY_MB, temp_directory=str(spill))
    engine.con.raw_sql("SET enable_progress_bar = false")
    facts = engine.facts({name: f"{folder / name}.parquet" for name in SCHEMAS})
    found = summarise(engine, facts, Dates(LAST, LAST, History(FIRST, opened=True)), Choices())
    customers = int(found.profiles.count().to_pyarrow().as_py())
    assert customers == found.counts.customers, (customers, found.counts.customers)
    engine.close()
    shutil.rmtree(spill, ignore_errors=True)
    return customers


def by_hand(folder: Path) -> int:
    """What somebody who knows DuckDB would pay for the set-wise columns of the profiles."""
    from benchmarks import b4_refresh

    b4_refresh.by_hand(folder, as_of=LAST.isoformat(), memory_mb=MEMORY_MB)
    return 0


def models(folder: Path) -> int:
    """The scores of everybody; how many they are."""
    from regulars.insight.lifetime.order_days import gather
    from regulars.insight.lifetime.scores import score

    who, when, net = (np.load(folder / f"{name}.npy") for name in ("customer", "day", "net"))
    scores = score(gather(who, when, net, end=order_days.DAYS - 1))
    assert np.isfinite(scores.value).all()
    return scores.value.size


if __name__ == "__main__":
    work = {"summary": summary, "by_hand": by_hand, "models": models}[sys.argv[1]]
    wall, cpu, customers = made.timed(lambda: work(Path(sys.argv[2])))
    result: dict[str, Any] = {"wall": wall, "cpu": cpu, "mb": made.peak_mb(), "customers": customers}
    print(json.dumps(result))
