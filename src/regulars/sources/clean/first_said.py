"""Several rows speak of one thing: what do they say together? For each column the first row that fills it speaks.

The first row of each thing is fetched whole; the others are only asked about cells it left blank. So a file of any
length needs no more memory than the engine's joins, which spill.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.sources.clean.bench import Bench
from regulars.sources.source import quoted


@dataclass(frozen=True)
class Speakers:
    """Rows of `table` that speak of the thing named in column `of`, in the order of column `turn` (unique)."""

    table: str
    of: str
    turn: str


def gather(bench: Bench, speakers: Speakers, made: str, *, columns: Sequence[str], kept: Sequence[str] = ()) -> None:
    """Make the table `made`: one row a thing with `of`, `turn` of its first row, `row_count`, `kept` and `columns`."""
    of, turn = speakers.of, speakers.turn
    bench.run(
        f"CREATE OR REPLACE TABLE first_row AS SELECT {of}, min({turn}) AS {turn}, count(*) AS row_count "
        f"FROM {speakers.table} WHERE {of} IS NOT NULL GROUP BY {of}"
    )
    cells = ", ".join(f"s.{quoted(name)}" for name in [of, turn, *kept, *columns])
    bench.run(
        f"CREATE OR REPLACE TABLE {made} AS SELECT {cells}, f.row_count "
        f"FROM {speakers.table} s JOIN first_row f ON s.{turn} = f.{turn}"
    )
    bench.run("DROP TABLE first_row")


def fill_blanks(bench: Bench, speakers: Speakers, made: str, columns: Sequence[str]) -> None:
    """Fill what the first row left blank in `made` from the first row that says it."""
    blank = _blank_columns(bench, made, columns)
    if not blank:
        return
    of, turn = speakers.of, speakers.turn
    any_blank = " OR ".join(f"{quoted(name)} = ''" for name in blank)
    flags = ", ".join(f"{quoted(name)} = '' AS {quoted(name)}" for name in blank)
    says = " OR ".join(f"(m.{quoted(name)} AND s.{quoted(name)} <> '')" for name in blank)
    first = ", ".join(
        f"arg_min(s.{quoted(name)}, s.{turn}) FILTER (m.{quoted(name)} AND s.{quoted(name)} <> '') AS {quoted(name)}"
        for name in blank
    )
    bench.run(
        f"CREATE OR REPLACE TABLE filled AS SELECT s.{of}, {first} FROM {speakers.table} s "
        f"JOIN (SELECT {of}, {flags} FROM {made} WHERE row_count > 1 AND ({any_blank})) m ON m.{of} = s.{of} "
        f"WHERE {says} GROUP BY s.{of}"
    )
    if bench.value("SELECT count(*) FROM filled"):
        better = ", ".join(f"coalesce(f.{quoted(name)}, m.{quoted(name)}) AS {quoted(name)}" for name in blank)
        bench.run(
            f"CREATE OR REPLACE TABLE {made} AS SELECT m.* REPLACE ({better}) FROM {made} m "
            f"LEFT JOIN filled f ON f.{of} = m.{of}"
        )
    bench.run("DROP TABLE filled")


def _blank_columns(bench: Bench, made: str, columns: Sequence[str]) -> list[str]:
    if not columns:
        return []
    counts = ", ".join(f"count(*) FILTER ({quoted(name)} = '')" for name in columns)
    (row,) = bench.rows(f"SELECT {counts} FROM {made} WHERE row_count > 1")
    return [name for name, count in zip(columns, row, strict=True) if count]
