"""Fill a template with a person's values: Liquid without files, without loops that do not end, without our objects.

Templates are written by merchants and filled with what customers typed; neither can reach anything else. A value that
is missing stops the message instead of printing nothing ("Dear ,"), unless the template gives a default.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from liquid import BoundTemplate, Environment

LOOPS_MAX = 2_000
OUTPUT_BYTES_MAX = 400_000
NAMES_BYTES_MAX = 100_000
TEMPLATE_CHARACTERS_MAX = 200_000
TAGS_LEFT_OUT = ("include", "render")
FILTERS_LEFT_OUT = ("safe",)


class WordsRefused(ValueError):
    """A template cannot be used or filled; the message says where and why."""


@lru_cache(maxsize=2)
def environment(*, html: bool) -> "Environment":
    """The sandbox; html: values are escaped for a page."""
    from liquid import Environment
    from liquid.undefined import StrictDefaultUndefined

    class Sandbox(Environment):
        loop_iteration_limit = LOOPS_MAX
        output_stream_limit = OUTPUT_BYTES_MAX
        local_namespace_limit = NAMES_BYTES_MAX
        context_depth_limit = 20

    made = Sandbox(autoescape=html, undefined=StrictDefaultUndefined)
    for tag in TAGS_LEFT_OUT:
        made.tags.pop(tag, None)
    for name in FILTERS_LEFT_OUT:
        made.filters.pop(name, None)
    return made


@lru_cache(maxsize=512)
def template(text: str, *, html: bool) -> "BoundTemplate":
    """The compiled template. Raises WordsRefused with line and reason."""
    from liquid.exceptions import LiquidError

    if len(text) > TEMPLATE_CHARACTERS_MAX:
        raise WordsRefused(f"{len(text):,} characters are too many; {TEMPLATE_CHARACTERS_MAX:,} are the limit")
    try:
        return environment(html=html).from_string(text)
    except (LiquidError, RecursionError) as error:
        raise WordsRefused(_said(error)) from error


def fill(text: str, values: Mapping[str, Any], *, html: bool) -> str:
    """The text with its values. Raises WordsRefused when one is missing, or a limit is reached."""
    from liquid.exceptions import LiquidError

    if "{{" not in text and "{%" not in text:
        return text
    try:
        return template(text, html=html).render(**values)
    except (LiquidError, RecursionError, OverflowError, MemoryError, TypeError, ValueError) as error:
        if isinstance(error, WordsRefused):
            raise
        raise WordsRefused(_said(error)) from error


def names(text: str) -> list[tuple[str, ...]]:
    """Which values a template asks for, as paths, e.g. ("customer", "first_name")."""
    return [tuple(str(part) for part in path) for path in template(text, html=False).global_variable_segments()]


def needs(text: str) -> set[tuple[str, ...]]:
    """Which of them it cannot do without: those that are missing stop the message."""
    asked = names(text)
    return {path for path in asked if not _does_without(text, path, asked)}


def _does_without(text: str, missing: tuple[str, ...], asked: list[tuple[str, ...]]) -> bool:
    values: dict[str, Any] = {}
    for path in asked:
        if path != missing:
            _put(values, path, "x")
    try:
        fill(text, values, html=False)
    except WordsRefused:
        return False
    return True


def _put(values: dict[str, Any], path: tuple[str, ...], value: str) -> None:
    for part in path[:-1]:
        values = values.setdefault(part, {})
        if not isinstance(values, dict):
            return
    values.setdefault(path[-1], value)


def _said(error: BaseException) -> str:
    """Liquid's message in one line, with the line of the template it speaks of."""
    from liquid.exceptions import LiquidError

    lines = [line.strip() for line in str(getattr(error, "message", None) or error).splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    found = error.context() if isinstance(error, LiquidError) else None
    return f"line {found[0]}: {first} ({found[3].strip()[:80]})" if found else first
