"""The log of a day: everybody any play was meant for, what each play was worth, what was chosen and why not the others.

Append-only Parquet under var/decisions/, one file a plan; kept to explain, and to recompute what was decided.
"""

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.policy.allocation import NOTHING
from regulars.policy.choose import PARTS
from regulars.shop import current

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from regulars.plays.planning import Day
    from regulars.policy.choose import Chosen, Option

WRITTEN_AT_ONCE = 100_000


def folder() -> Path:
    """Where the logs lie."""
    return current.folder() / "decisions"


def told(
    options: Sequence["Option"], chosen: "Chosen", rows: "NDArray[np.int64]", parts: "NDArray[np.float64]"
) -> list[dict[str, Any]]:
    """What is kept with the proposals of one play: the parts of their value and the next best play, in minor units.
    rows: people who get the same play, at least one; parts: theirs."""
    import numpy as np

    if not len(rows):
        return []
    place = int(chosen.play[rows[0]])
    if options[place].owed:
        return [{"owed": True} for _row in rows]
    values = np.nan_to_num(chosen.value[rows], nan=-np.inf)
    mine = values[:, place].tolist()
    values[:, place] = -np.inf
    best = values.argmax(axis=1)
    others = zip(best.tolist(), values[np.arange(len(rows)), best].tolist(), strict=True)
    found = []
    for total, (next_best, worth), each in zip(mine, others, parts.tolist(), strict=True):
        there = worth != -np.inf
        known = {name: round(part, 2) for name, part in zip(PARTS, each, strict=True)}
        known["total"] = round(total, 2)
        found.append(
            known | {"next": options[next_best].name if there else "", "next_total": round(worth, 2) if there else 0.0}
        )
    return found


def keep(day: "Day", chosen: "Chosen", refused: Mapping[tuple[int, int], str]) -> None:
    """Write the log of this plan, in parts; planned again after a kill, the same file is written again."""
    import pyarrow as pa
    from pyarrow import parquet

    count = len(day.found.person)
    if not count:
        return
    names = [one.play.name for one in day.plays]
    why: dict[int, str] = {}
    for (row, place), reason in refused.items():
        why[row] = f"{why.get(row, '')} {names[place]}:{reason}".strip()
    path = folder() / str(day.today.year) / f"{day.today}-{day.shop.refreshed_version}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    parts = (slice(start, start + WRITTEN_AT_ONCE) for start in range(0, count, WRITTEN_AT_ONCE))
    tables = (pa.table(_columns(day, chosen, why, part)) for part in parts)
    first = next(tables)
    with parquet.ParquetWriter(partial, first.schema, compression="zstd") as writer:
        for table in itertools.chain([first], tables):
            writer.write_table(table)
    partial.replace(path)


def _columns(day: "Day", chosen: "Chosen", why: Mapping[int, str], part: slice) -> dict[str, Any]:
    """person, chosen (a play's name), for each play its value (null: not meant), and why the gate refused some."""
    import numpy as np
    import pyarrow as pa

    names = [one.play.name for one in day.plays]
    person = day.found.person[part]
    columns: dict[str, Any] = {
        "person": person,
        "chosen": np.array([*names, ""], object)[chosen.play[part]],  # NOTHING is the last
    }
    assert NOTHING == -1
    for place, name in enumerate(names):
        value = np.nan_to_num(chosen.value[part, place]).astype(np.float32)
        columns[f"value:{name}"] = pa.array(value, mask=~day.found.meant[part, place])
    columns["refused"] = pa.array(
        [why.get(row, "") for row in range(part.start, part.start + len(person))], pa.string()
    )
    return columns


def files(since: dt.date, until: dt.date) -> list[Path]:
    """The logs of the days after `since`, up to `until`."""
    days = (until - dt.timedelta(days=back) for back in range((until - since).days))
    return sorted(path for day in days for path in (folder() / str(day.year)).glob(f"{day}-*.parquet"))


def of(person: int, day: dt.date) -> Iterator[dict[str, Any]]:
    """What the logs of a day say about one customer."""
    from pyarrow import parquet

    for path in files(day - dt.timedelta(days=1), day):
        for row in parquet.read_table(path, filters=[("person", "=", person)]).to_pylist():
            values = {name.removeprefix("value:"): value for name, value in row.items() if name.startswith("value:")}
            meant = {name: value for name, value in values.items() if value is not None}
            refused = dict(pair.split(":", 1) for pair in row["refused"].split())
            yield {"chosen": row["chosen"], "values": meant, "refused": refused}
