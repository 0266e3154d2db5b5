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
from regulars.shop import current
from regulars.shop.models import Shop

if TYPE_CHECKING:
    import pyarrow as pa

KEY = b"regulars"


def save(by: Yardsticks, shop: Shop, dates: Dates) -> None:
    """Keep the yardsticks for later refreshes of the same day under the same settings."""
    from pyarrow import parquet

    model = by.forecast
    content = {
        "of": _of(shop, dates), "rhythm": asdict(by.rhythm), "fifths": asdict(by.fifths), "grades": asdict(by.grades),
        "margins": asdict(by.margins),
        "forecast": {name: getattr(model, name) for name in ("why_not", "have", "need", "left_truncated")},
        "churn": model.churn and asdict(model.churn), "spend": model.spend and asdict(model.spend),
    }  # fmt: skip
    levels = by.levels.to_pyarrow()
    draft = _path().with_suffix(".draft")
    parquet.write_table(levels.replace_schema_metadata({KEY: json.dumps(content).encode()}), draft)
    draft.replace(_path())


def load(engine: Engine, shop: Shop, dates: Dates) -> Yardsticks | None:
    """The yardsticks of this day and these settings; None when there are none."""
    from pyarrow import parquet

    from regulars.insight.lifetime import bgnbd, gamma_gamma

    try:
        levels: pa.Table = parquet.read_table(_path())
    except (OSError, ValueError):
        return None
    content: dict[str, Any] = json.loads((levels.schema.metadata or {}).get(KEY, b"{}"))
    if content.get("of") != _of(shop, dates):
        return None
    churn, spend = content["churn"], content["spend"]
    return Yardsticks(
        rhythm=ShopRhythm(**content["rhythm"]),
        levels=engine.con.create_table("kept_levels", levels, temp=True, overwrite=True),
        fifths=rfm.Cuts(**{name: tuple(ends) for name, ends in content["fifths"].items()}),
        grades=value.Grades(**content["grades"]),
        margins=value.Grades(**content["margins"]),
        forecast=Forecast(
            churn and bgnbd.Fit(**churn | {"state": bgnbd.State(churn["state"])}),
            spend and gamma_gamma.Fit(**spend | {"state": gamma_gamma.State(spend["state"])}),
            **content["forecast"],
        ),
    )


def _of(shop: Shop, dates: Dates) -> list[str]:
    """What the yardsticks hold for. As text, so that it compares after a way through JSON."""
    return [str(dates.as_of), str(dates.history), str(shop.settings_version), str(shop.lake_epoch)]


def _path() -> Path:
    return current.folder() / "lake" / "yardsticks.parquet"
