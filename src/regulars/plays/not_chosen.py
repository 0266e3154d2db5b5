"""The log of a day: everybody any play was meant for, what each play was worth, what was chosen and why not the others.

Append-only Parquet under var/decisions/, one file a plan; kept to explain, and to recompute what was decided.
"""

import datetime as dt
import math
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


def folder() -> Path:
    """Where the logs lie."""
    return current.folder() / "decisions"


def told(options: Sequence["Option"], chosen: "Chosen", row: int, parts: "NDArray[np.float64]") -> dict[str, Any]:
    """What is kept with a proposal: the parts of its value and the next best play, in minor units."""
    place = int(chosen.play[row])
    if options[place].owed:
        return {"owed": True}
    values = {option.name: float(value) for option, value in zip(options, chosen.value[row], strict=True)}
    mine = values.pop(options[place].name)
    others = {name: value for name, value in values.items() if not math.isnan(value)}
    best = max(others, key=lambda name: others[name], default="")
    found = {name: round(float(part), 2) for name, part in zip(PARTS, parts, strict=True)}
    return found | {"total": round(mine, 2), "next": best, "next_total": round(others.get(best, 0.0), 2)}


def keep(day: "Day", chosen: "Chosen", refused: Mapping[tuple[int, int], str]) -> None:
    """Write the log of this plan; planned again after a kill, the same file is written again."""
    import pyarrow as pa
    from pyarrow import parquet

    if not len(day.found.person):
        return
    table = pa.table(_columns(day, chosen, refused))
    path = folder() / str(day.today.year) / f"{day.today}-{day.shop.refreshed_version}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    parquet.write_table(table, partial, compression="zstd")
    partial.replace(path)


def _columns(day: "Day", chosen: "Chosen", refused: Mapping[tuple[int, int], str]) -> dict[str, Any]:
    """person, chosen (a play's name), and for each play: its value (null: not meant), and why the gate refused it."""
    import numpy as np
    import pyarrow as pa

    names = [one.play.name for one in day.plays]
    columns: dict[str, Any] = {
        "person": day.found.person,
        "chosen": np.array([*names, ""], object)[chosen.play],  # NOTHING is the last
    }
    assert NOTHING == -1
    for place, name in enumerate(names):
        value = np.nan_to_num(chosen.value[:, place]).astype(np.float32)
        columns[f"value:{name}"] = pa.array(value, mask=~day.found.meant[:, place])
    why = np.full(len(day.found.person), "", object)
    for (row, place), reason in refused.items():
        why[row] = f"{why[row]} {names[place]}:{reason}".strip()
    columns["refused"] = why
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
