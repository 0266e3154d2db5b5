"""A finished experiment in a file: one row a person, with the arm they were in, what they did, and what was known before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.insight.lift.experiment import Trial

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    from numpy.typing import NDArray

ARMS_MAX = 50
PARQUET = (".parquet", ".pq")


class NotAnExperiment(ValueError):
    """What is missing or wrong in the file or in what was said of it; the message says where and what to do."""


@dataclass(frozen=True)
class Columns:
    """Which columns are what. shares: planned shares of arms; empty for equal ones."""

    arm: str
    control: str
    outcomes: tuple[str, ...]
    covariates: tuple[str, ...] = ()
    shares: Mapping[str, float] | None = None


def read(path: Path, columns: Columns) -> Trial:
    """The trial in a CSV, TSV (also .gz) or Parquet file. Raises NotAnExperiment."""
    import duckdb

    if not path.is_file():
        raise NotAnExperiment(f"There is no file {path}.")
    with duckdb.connect() as con:
        con.execute("SET threads = 2")
        _load(con, path)
        known = [row[0] for row in con.execute("DESCRIBE people").fetchall()]
        for name in (columns.arm, *columns.outcomes, *columns.covariates):
            if name not in known:
                raise NotAnExperiment(f"There is no column {name!r}; the file has: {', '.join(known)}.")
        arms = _arms(con, columns.arm)
        numbers = {name: _numbers(con, name) for name in dict.fromkeys((*columns.outcomes, *columns.covariates))}
    shares = shares_of(arms, columns)
    return Trial(
        arms, columns.control, shares, {name: numbers[name] for name in columns.outcomes},
        {name: numbers[name] for name in columns.covariates},
    )  # fmt: skip


def _load(con: "duckdb.DuckDBPyConnection", path: Path) -> None:
    import duckdb

    reader = "read_parquet(?)" if path.suffix.lower() in PARQUET else "read_csv(?, sample_size = -1)"
    try:
        con.execute(f"CREATE TABLE people AS SELECT * FROM {reader}", [str(path)])
    except duckdb.Error as error:
        raise NotAnExperiment(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _arms(con: "duckdb.DuckDBPyConnection", column: str) -> list[str]:
    arms = [row[0] for row in con.execute(f"SELECT CAST({_quoted(column)} AS VARCHAR) FROM people").fetchall()]
    if None in arms:
        raise NotAnExperiment(
            f"Row {arms.index(None) + 1} has no value in {column!r}: say for everybody which arm they were in."
        )
    if len(set(arms)) > ARMS_MAX:
        raise NotAnExperiment(
            f"{column!r} has {len(set(arms))} different values; an experiment has {ARMS_MAX} at most."
        )
    return arms


def _numbers(con: "duckdb.DuckDBPyConnection", column: str) -> "NDArray[np.float64]":
    import numpy as np

    name = _quoted(column)
    number = f"coalesce(TRY_CAST({name} AS DOUBLE), CAST(TRY_CAST({name} AS BOOLEAN) AS DOUBLE))"
    found: dict[str, Any] = con.execute(
        f"SELECT {number} AS n, CAST({name} AS VARCHAR) AS said FROM people"
    ).fetchnumpy()
    values = np.ma.filled(found["n"].astype(float), np.nan)
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        said = np.ma.filled(found["said"], "")[bad[0]]
        what = f"{said!r} is no number" if said else "it is empty"
        raise NotAnExperiment(
            f"Column {column!r}, row {bad[0] + 1}: {what} ({len(bad):,} such rows). Whoever did nothing has 0."
        )
    return values


def shares_of(arms: Sequence[str], columns: Columns) -> dict[str, float]:
    """The planned share of each arm, the control first. Raises NotAnExperiment."""
    names = sorted(set(arms), key=lambda arm: (arm != columns.control, arm))
    if columns.control not in names:
        raise NotAnExperiment(f"No row has {columns.control!r} in {columns.arm!r}; there are: {', '.join(names)}.")
    if len(names) < 2:
        raise NotAnExperiment(f"All rows have {names[0]!r} in {columns.arm!r}: there is nothing to compare with.")
    said = dict(columns.shares or {})
    for name in said:
        if name not in names:
            raise NotAnExperiment(f"--share names {name!r}; the arms are: {', '.join(names)}.")
    if said and len(said) < len(names) - 1:
        raise NotAnExperiment("Give a share for each arm, or for none.")
    if said and len(said) == len(names) - 1:
        missing = next(name for name in names if name not in said)
        said[missing] = 1 - sum(said.values())
    shares = {name: said.get(name, 1 / len(names)) for name in names}
    if min(shares.values()) <= 0 or abs(sum(shares.values()) - 1) > 1e-6:
        raise NotAnExperiment(f"The shares must be above 0 and add up to 1: {shares}.")
    return shares
