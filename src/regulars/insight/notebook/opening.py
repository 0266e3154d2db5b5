"""`insight.open(...)`: from files, frames, a warehouse, Spark or an installation of Regulars to a shop that can be asked."""

import datetime as dt
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from regulars.insight.came_back import HORIZON_DAYS, History
from regulars.insight.dates import Dates
from regulars.insight.facts import SCHEMAS, Engine, Facts, duckdb_engine, first_and_last_day
from regulars.insight.money import NO_CURRENCY
from regulars.insight.notebook.shop import Shop
from regulars.insight.notebook.simple import CannotOpen, Reading, facts_of
from regulars.insight.profile import Choices
from regulars.insight.valid import Rule

if TYPE_CHECKING:
    import ibis.expr.types as ir

Tables = str | Mapping[str, str] | None
SPARK = ("spark://", "local[", "sc://")
NUMBERS = itertools.count(1)
MEMORY_MB = 2048


class Asked(TypedDict, total=False):
    """What may be said of the shop. as_of, opened: a date or its text 2026-06-30. margin_percent: whole percent."""

    currency: str
    as_of: dt.date | str
    opened: dt.date | str
    margin_percent: int
    horizon_days: int
    tags_left_out: tuple[str, ...]


def open_shop(
    source: Any, *, tables: Tables = None, columns: Mapping[str, str] | None = None, **asked: Unpack[Asked]
) -> Shop:
    """The shop in `source`; nothing is computed yet, and no row leaves the engine.

    source: a path (or a list of paths) of CSV or Parquet files, a pandas, Polars or Arrow table, an Ibis connection, a
    Spark master (`spark://host:7077`, `local[2]`) or Spark Connect address (`sc://host`), or the folder of a shop of an
    installation (`var/shop`). tables: the name of the one table of orders in a connection or the Parquet path on Spark;
    or the names of all tables of `insight.facts.SCHEMAS`. columns: our names -> theirs, for a plain table of orders
    (docs/tutorials/analyst.md); usual names are found by themselves.

    asked: see `Asked`. opened says that the history reaches back to the shop's opening. Nothing after as_of is used;
    without it the day before the last order is the last complete one.
    Raises CannotOpen for columns that are missing and rows that cannot be, ImportError where Spark is not installed.
    """
    prefix = f"regulars_notebook{next(NUMBERS)}"
    if _is_lake(source):
        return _of_lake(Path(source), asked)
    engine, table = _engine(source, tables, prefix)
    engine.prefix = prefix
    as_of = _day(asked.get("as_of"))
    if isinstance(tables, Mapping):
        missing = sorted(set(SCHEMAS) - set(tables))
        if missing:
            raise CannotOpen(f"tables: {', '.join(missing)} are missing; all of {', '.join(SCHEMAS)} are needed.")
        return _shop(engine, engine.facts(dict(tables)), None, asked)
    assert table is not None
    facts, people = facts_of(engine, table, Reading(columns or {}, asked.get("currency", NO_CURRENCY), as_of))
    return _shop(engine, facts, people, asked)


def _engine(source: Any, tables: Tables, prefix: str) -> "tuple[Engine, ir.Table | None]":
    """The engine, and the plain table of orders where there is one."""
    from ibis.common.exceptions import TableNotFound

    one = tables if isinstance(tables, str) else None
    if isinstance(source, str) and source.startswith(SPARK):
        engine = Engine(_spark(source), prefix=prefix)
    elif hasattr(source, "create_table") and hasattr(source, "list_tables"):
        engine = Engine(source, prefix=prefix)
    else:
        engine = duckdb_engine(memory_mb=MEMORY_MB)
        return engine, _read(engine, source) if not isinstance(tables, Mapping) else None
    if isinstance(tables, Mapping):
        return engine, None
    if one is None:
        raise CannotOpen("name the table of orders: insight.open(..., tables='orders').")
    if one.endswith(".parquet"):
        return engine, engine.con.read_parquet(one)
    try:
        return engine, engine.con.table(one)
    except TableNotFound:
        raise CannotOpen(
            f"there is no table {one} in this connection; name the table of orders with tables=."
        ) from None


def _read(engine: Engine, source: Any) -> "ir.Table":
    import ibis

    if not isinstance(source, str | Path | list | tuple):
        return engine.stage(ibis.memtable(source), "given")
    paths = [str(path) for path in (source if isinstance(source, list | tuple) else [source])]
    absent = [path for path in paths if not Path(path).is_file()]
    if absent or not paths:
        raise CannotOpen(f"there is no file {', '.join(absent) or '(none was named)'}.")
    read = engine.con.read_parquet if paths[0].endswith(".parquet") else engine.con.read_csv
    found: ir.Table = read(paths)
    return found


def _spark(master: str) -> Any:
    import ibis

    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise ImportError("a Spark master needs PySpark: see docs/spark.md") from error
    builder = SparkSession.builder
    builder = builder.remote(master) if master.startswith("sc://") else builder.master(master)
    session = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    return ibis.pyspark.connect(session)


def _is_lake(source: Any) -> bool:
    return isinstance(source, str | Path) and (Path(source) / "lake" / "manifest.json").is_file()


def _of_lake(folder: Path, asked: Asked) -> Shop:
    """The facts of an installation as of its last refresh, with what its settings say."""
    from regulars.insight import lake_files

    engine = duckdb_engine(memory_mb=MEMORY_MB)
    files, manifest = lake_files.live(folder / "lake")
    for name in SCHEMAS:
        engine.con.con.execute(f"CREATE VIEW raw_{name} AS {lake_files.sql_of(files, name)}")
    lake_files.facts_views(engine.con.con)
    told = manifest.get("shop", {})
    chosen: Asked = {
        "currency": told.get("currency", NO_CURRENCY),
        "tags_left_out": tuple(told.get("tags_left_out", ())),
    }
    if told.get("opened"):
        chosen["opened"] = told["opened"]
    if told.get("margin_percent") is not None:
        chosen["margin_percent"] = told["margin_percent"]
    chosen["horizon_days"] = told.get("horizon_days", HORIZON_DAYS)
    return _shop(engine, engine.facts({name: name for name in SCHEMAS}), None, chosen | asked)


def _shop(engine: Engine, facts: Facts, people: "ir.Table | None", asked: Asked) -> Shop:
    days = first_and_last_day(facts)
    if days is None:
        raise CannotOpen("there is no order in it.")
    first, last = days
    opened, as_of = _day(asked.get("opened")), _day(asked.get("as_of"))
    history = History(opened or first, opened=opened is not None)
    complete = as_of or max(first, last - dt.timedelta(days=1))
    choices = Choices(
        rule=Rule(tags_left_out=asked.get("tags_left_out", ())),
        margin_percent=asked.get("margin_percent"),
        horizon=asked.get("horizon_days", HORIZON_DAYS),
    )
    dates = Dates(as_of=as_of or last, complete=complete, history=history, known_by=as_of)
    return Shop(engine, facts, dates, choices, asked.get("currency", NO_CURRENCY), people)


def _day(said: dt.date | str | None) -> dt.date | None:
    return dt.date.fromisoformat(said) if isinstance(said, str) else said
