"""The yardsticks of the day, kept beside the lake: one Parquet file of product levels, all else in its metadata."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.insight import rfm, value
from regulars.insight.facts import Engine
from regulars.insight.forecast import Forecast
from regulars.insight.rhythm import ShopRhythm
from regulars.insight.summary import Dates
from regulars.insight.yardsticks import Yardsticks
from regulars.profiles import trust
from regulars.shop import current
from regulars.shop.models import Shop

if TYPE_CHECKING:
    import pyarrow as pa

KEY = b"regulars"
LAYOUT = "2"
SIMPLE = ("margin", "leaving_known", "why_not", "have", "need", "left_truncated")


def save(by: Yardsticks, shop: Shop, dates: Dates) -> None:
    """Keep the yardsticks for later refreshes of the same day under the same settings."""
    import numpy as np
    from pyarrow import parquet

    from regulars.insight.candidates.plain import to_plain

    model = by.forecast
    learned, arrays = to_plain(model.learned) if model.learned is not None else (None, {})
    content = {
        "of": _of(shop, dates), "rhythm": asdict(by.rhythm), "fifths": asdict(by.fifths), "grades": asdict(by.grades),
        "margins": asdict(by.margins),
        "forecast": {name: getattr(model, name) for name in SIMPLE}, "learned": learned,
        "choice": asdict(model.choice), "spend": model.spend and asdict(model.spend),
    }  # fmt: skip
    with _lesson_path().open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    levels = by.levels.to_pyarrow()
    draft = _path().with_suffix(".draft")
    parquet.write_table(levels.replace_schema_metadata({KEY: json.dumps(content).encode()}), draft)
    draft.replace(_path())


def load(engine: Engine, shop: Shop, dates: Dates) -> Yardsticks | None:
    """The yardsticks of this day and these settings; None when there are none."""
    from pyarrow import parquet

    try:
        levels: pa.Table = parquet.read_table(_path())
    except (OSError, ValueError):
        return None
    content: dict[str, Any] = json.loads((levels.schema.metadata or {}).get(KEY, b"{}"))
    if content.get("of") != _of(shop, dates):
        return None
    return Yardsticks(
        rhythm=ShopRhythm(**content["rhythm"]),
        levels=engine.con.create_table("kept_levels", levels, temp=True, overwrite=True),
        fifths=rfm.Cuts(**{name: tuple(ends) for name, ends in content["fifths"].items()}),
        grades=value.Grades(**content["grades"]),
        margins=value.Grades(**content["margins"]),
        forecast=_forecast(content),
    )


def _forecast(content: dict[str, Any]) -> Forecast:
    import numpy as np

    from regulars.insight.candidates.plain import from_plain
    from regulars.insight.lifetime import gamma_gamma

    spend, learned = content["spend"], None
    if content["learned"] is not None:
        with np.load(_lesson_path()) as arrays:
            learned = from_plain(content["learned"], dict(arrays))
    return Forecast(
        choice=trust.choice_of(content["choice"]),
        learned=learned,
        spend=spend and gamma_gamma.Fit(**spend | {"state": gamma_gamma.State(spend["state"])}),
        **content["forecast"],
    )


def _of(shop: Shop, dates: Dates) -> list[str]:
    """What the yardsticks hold for. As text, so that it compares after a way through JSON."""
    return [
        str(dates.as_of),
        str(dates.history),
        str(shop.settings_version),
        str(shop.lake_epoch),
        trust.version(),
        LAYOUT,
    ]


def _path() -> Path:
    return current.folder() / "lake" / "yardsticks.parquet"


def _lesson_path() -> Path:
    """The customers that trees learned from, if the forecast has any trees."""
    return current.folder() / "lake" / "lesson.npz"
