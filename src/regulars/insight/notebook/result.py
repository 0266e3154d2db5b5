"""One answer in a notebook: reads like a sentence, holds a table, the numbers, and a chart where there is one."""

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt
    import ibis.expr.types as ir


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """`sentence` in words; `table`, an Ibis table, not yet fetched; `numbers`, what the question returned as a frozen
    dataclass (its docstring says what is in it), None where the table is everything."""

    sentence: str
    table: "ir.Table"
    numbers: Any = None
    draw: "Callable[[], alt.Chart] | None" = field(default=None)

    def to_pandas(self) -> Any:
        """The table as a pandas frame."""
        return self.table.to_pandas()

    def to_polars(self) -> Any:
        """The table as a Polars frame. Raises ImportError where Polars is not installed."""
        try:
            import polars
        except ImportError as error:
            raise ImportError("to_polars needs Polars: pip install polars") from error
        return polars.from_arrow(self.table.to_pyarrow())

    def plot(self) -> "alt.Chart":
        """An Altair chart. Raises ValueError where this answer has none."""
        if self.draw is None:
            raise ValueError(f"there is no chart of this: {self.sentence} Look at .to_pandas() instead.")
        return self.draw()

    def __repr__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.sentence)}</p>"
