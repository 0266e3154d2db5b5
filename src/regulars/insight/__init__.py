"""Questions about customers, answered as pure functions: Ibis tables in, Ibis tables and frozen dataclasses out.

Nothing here knows a clock, a database model or a page. "As of" is an argument everywhere, and facts known later are
never used. In a notebook begin with `shop = insight.open("orders.csv")`; its methods are the questions.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.insight.notebook.opening import open_shop as open
    from regulars.insight.notebook.simple import CannotOpen

__all__ = ["CannotOpen", "open"]


def __getattr__(name: str) -> Any:
    """`open` and `CannotOpen`, imported when they are first asked for: a page needs neither."""
    if name == "open":
        from regulars.insight.notebook.opening import open_shop

        return open_shop
    if name == "CannotOpen":
        from regulars.insight.notebook.simple import CannotOpen

        return CannotOpen
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
