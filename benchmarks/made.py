"""What benchmarks share: an invented file of order lines, child processes that are measured, and tables."""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(tempfile.gettempdir()) / "regulars-benchmarks"


def orders_csv(lines: int) -> Path:
    """A CSV of `lines` order lines, 4 an order, about lines/8.5 customers, 2,000 products, three years."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"orders-{lines}.csv"
    if path.exists():
        return path
    import duckdb

    duckdb.execute(
        f"""COPY (SELECT i // 4 AS order_id,
            strftime(TIMESTAMP '2023-01-01' + to_seconds((hash(i // 4) % 94608000)::BIGINT), '%Y-%m-%d %H:%M:%S') AS order_date,
            'c' || (hash(i // 4 * 7 + 1) % {max(1, lines * 2 // 17)}) AS customer_id, 'SKU-' || (hash(i) % 2000) AS sku,
            'Product ' || (hash(i) % 2000) AS product, 1 + hash(i * 3) % 3 AS quantity,
            ((hash(i) % 2000 + 300) / 100.0)::DECIMAL(10,2) AS unit_price,
            ((1 + hash(i * 3) % 3) * (hash(i) % 2000 + 300) / 100.0)::DECIMAL(10,2) AS line_total, 'EUR' AS currency
            FROM range({lines}) t(i)) TO '{path}' (HEADER)"""
    )
    return path


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """(wall seconds, CPU seconds, result)."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - wall, time.process_time() - cpu, result


def child(
    module: str, *arguments: str, home: Path, url: str = "", python: Path | str = sys.executable
) -> dict[str, Any]:
    """Run `python -m module arguments` and return the JSON of its last line, with its peak memory in MB."""
    environment = {
        **os.environ,
        "REGULARS_HOME": str(home),
        "DATABASE_URL": url,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    done = subprocess.run(
        [str(python), "-m", module, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def peak_mb() -> int:
    """Peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def table(title: str, rows: Sequence[Sequence[object]]) -> None:
    """Print a table; the first row is its head."""
    texts = [
        [
            f"{cell:,.2f}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else str(cell)
            for cell in row
        ]
        for row in rows
    ]
    widths = [max(len(row[column]) for row in texts) for column in range(len(texts[0]))]
    print(f"\n{title}")
    for row in texts:
        print(
            "  "
            + "  ".join(
                cell.ljust(width) if column == 0 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
        )


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)
