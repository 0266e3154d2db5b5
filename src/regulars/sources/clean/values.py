"""How does a text cell become money, a time, a number or a key? As DuckDB expressions, so that millions cost seconds.

Each function takes an SQL text expression and returns an SQL expression that is NULL when the cell cannot be read.
"""

from regulars.insight.money import NO_DIGITS, THREE_DIGITS
from regulars.sources.source import literal

FIRST_YEAR = 1980

_SPACES = r"[\s\x{00a0}\x{2009}\x{202f}]"
_SIGN = r"(?:[A-Za-z]{1,3}\$?|[$€£¥₹₩₽₺฿]|zł|元|円)"
_MONEY_SHAPE = rf"^[(+-]?{_SPACES}*{_SIGN}?{_SPACES}*[+-]?[0-9](?:[0-9.,']|{_SPACES})*{_SIGN}?[)-]?$"
_OFFSET = r"\s*(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2}))\s*$"


def cell(name: str) -> str:
    """A cell without the spaces around it and without the apostrophe that spreadsheets put before numbers."""
    return f"regexp_replace(trim({name}), '^''([0-9+])', '\\1')"


def decimal(text: str, mark: str) -> str:
    """A number with `mark` (`.` or `,`) before its decimals; brackets or a trailing minus mean below zero."""
    group = "," if mark == "." else "."
    digits = f"regexp_replace(regexp_replace({text}, '[^0-9.,]', '', 'g'), {literal('[' + group + ']')}, '', 'g')"
    shape = _grouping(mark)
    below = f"CASE WHEN {text} LIKE '%-%' OR {text} LIKE '(%' THEN -1 ELSE 1 END"
    slow = (
        f"CASE WHEN regexp_matches({text}, {literal(_MONEY_SHAPE)}) "
        f"AND regexp_full_match(regexp_replace({text}, '[^0-9.,]', '', 'g'), {literal(shape)}) "
        f"THEN ({below}) * try_cast(replace({digits}, ',', '.') AS DECIMAL(24,6)) END"
    )
    if mark == ",":
        return slow
    return f"coalesce(try_cast({text} AS DECIMAL(24,6)), {slow})"


def _grouping(mark: str) -> str:
    group, point = (",", r"\.") if mark == "." else (r"\.", ",")
    return rf"[0-9]{{1,3}}(?:{group}[0-9]{{2,3}})*(?:{point}[0-9]*)?|[0-9]*(?:{point}[0-9]*)?"


def minor(text: str, mark: str, currency: str) -> str:
    """Money as a whole number of the currency's minor units (cents, yen, fils)."""
    return f"CAST(round(({decimal(text, mark)}) * {minor_factor(currency)}) AS BIGINT)"


def minor_factor(currency: str) -> str:
    """Minor units in one major unit of the currency in an SQL expression."""
    none = ", ".join(literal(code) for code in sorted(NO_DIGITS))
    three = ", ".join(literal(code) for code in sorted(THREE_DIGITS))
    return f"CASE WHEN {currency} IN ({none}) THEN 1 WHEN {currency} IN ({three}) THEN 1000 ELSE 100 END"


def _local(text: str) -> str:
    """The clock reading without offset, fractions of seconds, `T` and Chinese date signs; `-` between date parts."""
    bare = f"regexp_replace({text}, {literal(_OFFSET)}, '')"
    spaced = f"regexp_replace(regexp_replace({bare}, '([0-9])T([0-9])', '\\1 \\2'), '(:[0-9]{{2}})[.,][0-9]+', '\\1')"
    chinese = f"regexp_replace(regexp_replace({spaced}, '[年月]', '-', 'g'), '日\\s*', ' ')"
    return f"trim(regexp_replace({chinese}, '^([0-9]+)[/.]([0-9]+)[/.]', '\\1-\\2-'))"


def _formats(dates: list[str]) -> str:
    times = ["", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p"]
    return "[" + ", ".join(literal(date + time) for date in dates for time in times) + "]"


def clock(text: str, date_order: str, date_format: str = "") -> str:
    """The local clock reading as a TIMESTAMP. `date_order` is `dmy`, `mdy` or `mixed`; year first always works."""
    if date_format:
        return f"try_strptime({text}, {literal(date_format)})"
    local = _local(text)
    dmy = _formats(["%d-%m-%Y", "%d-%m-%y"])
    mdy = _formats(["%m-%d-%Y", "%m-%d-%y"])
    named = _formats(["%d %b %Y", "%b %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%b-%d-%y", "%d %B %Y", "%B %d, %Y", "%Y%m%d"])
    first = f"try_cast(regexp_extract({local}, '^([0-9]{{1,2}})-', 1) AS INTEGER)"
    second = f"try_cast(regexp_extract({local}, '^[0-9]{{1,2}}-([0-9]{{1,2}})-', 1) AS INTEGER)"
    by_order = {
        "dmy": f"try_strptime({local}, {dmy})",
        "mdy": f"try_strptime({local}, {mdy})",
        "mixed": f"CASE WHEN {first} > 12 THEN try_strptime({local}, {dmy}) "
        f"WHEN {second} > 12 THEN try_strptime({local}, {mdy}) END",
    }[date_order]
    return (
        f"CASE WHEN regexp_matches({local}, '^[0-9]{{4}}-[0-9]') THEN try_cast({local} AS TIMESTAMP) "
        f"WHEN regexp_matches({local}, '^[0-9]{{1,2}}-[0-9]{{1,2}}-') THEN {by_order} "
        f"ELSE try_strptime({local}, {named}) END"
    )


def offset_minutes(text: str) -> str:
    """Minutes east of UTC that the cell states, else NULL."""

    def part(group: int) -> str:
        return f"regexp_extract({text}, {literal(_OFFSET)}, {group})"

    return (
        f"CASE WHEN {part(1)} <> '' THEN 0 WHEN {part(2)} <> '' THEN (CASE WHEN {part(2)} = '-' THEN -1 ELSE 1 END) * "
        f"(60 * {part(3)}::INTEGER + {part(4)}::INTEGER) END"
    )


def utc(local: str, offset: str, zone: str) -> str:
    """The UTC instant of a local TIMESTAMP: by its own offset, else by the zone's rules on that day."""
    return (
        f"CASE WHEN {offset} IS NOT NULL THEN {local} - to_minutes({offset}) "
        f"ELSE timezone('UTC', timezone({literal(zone)}, {local})) END"
    )


def email(text: str) -> str:
    """An e-mail address in the one spelling we compare, or NULL when it is none."""
    lowered = f"lower(regexp_replace(nfc_normalize(trim({text})), '^mailto:|[\\s<>]', '', 'g'))"
    return f"CASE WHEN regexp_full_match({lowered}, '[^@\\s]+@[^@\\s]+\\.[^@\\s.]+') THEN {lowered} END"
