"""How does a text cell become money, a time, a number or a key? As DuckDB expressions, so that millions cost seconds.

Each function takes an SQL text expression and returns an SQL expression that is NULL when the cell cannot be read. The
plain way to write a thing is tried first and is fast; whatever else people write goes through regular expressions.
"""

from regulars.insight.money import NO_DIGITS, THREE_DIGITS
from regulars.sources.source import literal

FIRST_YEAR = 1980
NUMBER = "DECIMAL(18,6)"  # 64 bits: amounts below a million millions

_BLANKS = " \t\r\n\u00a0\u200b\ufeff"
_SPACES = r"[\s\x{00a0}\x{2009}\x{202f}]"
_SIGN = r"(?:[A-Za-z]{1,3}[$.]?|[$€£¥₹₩₽₺฿]|zł|元|円)"
# Group 1 is the number itself: digits with points, commas, apostrophes and spaces among them.
_BEFORE = rf"(?:[(+−-]?{_SPACES}*{_SIGN}?|{_SIGN}{_SPACES}*[+−-])"
_MONEY = rf"^{_BEFORE}{_SPACES}*([0-9.,](?:[0-9.,']|{_SPACES})*?){_SPACES}*{_SIGN}?[)−-]?$"
# An offset follows a time of day, so that the year of 02-10-2025 is none.
_OFFSET = r"(:[0-9]{2}(?:[.,][0-9]+)?)\s*(?:(Z|UTC|GMT)|(?:UTC|GMT)?([+-])([0-9]{2}):?([0-9]{2})?)$"


def cell(name: str) -> str:
    """A cell without the blanks around it and without the apostrophe that spreadsheets put before numbers.

    Only cells that begin with a blank or a sign, or hold letters beyond ASCII, take the careful way.
    """
    bare = f"trim({name}, {literal(_BLANKS)})"
    careful = f"regexp_replace({bare}, '^''([0-9+])', '\\1')"
    return f"CASE WHEN {name} < '(' OR strlen({name}) <> length({name}) THEN {careful} ELSE trim({name}) END"


def decimal(text: str, mark: str) -> str:
    """A number with `mark` (`.` or `,`) before its decimals; brackets or a minus sign mean below zero."""
    group = "," if mark == "." else "."
    digits = rf"regexp_replace(regexp_extract({text}, {literal(_MONEY)}, 1), '[''\s\x{{00a0}}\x{{2009}}\x{{202f}}]', '', 'g')"
    number = f"try_cast(replace(replace({digits}, '{group}', ''), ',', '.') AS {NUMBER})"
    below = f"CASE WHEN regexp_matches({text}, '^[(]|[−-]') THEN -1 ELSE 1 END"
    careful = f"CASE WHEN regexp_full_match({digits}, {literal(_grouped(mark))}) THEN {below} * {number} END"
    plain = f"try_cast({text} AS {NUMBER})"
    if mark == ",":
        plain = f"CASE WHEN NOT contains({text}, '.') THEN try_cast(replace({text}, ',', '.') AS {NUMBER}) END"
    # Not coalesce: the engine would work out the regular expressions, used twice, for every cell beforehand.
    return f"CASE WHEN {plain} IS NOT NULL THEN {plain} ELSE CAST({careful} AS {NUMBER}) END"


def _grouped(mark: str) -> str:
    """Digits in one piece, or in groups of which the last has three digits (1,23,456 in India)."""
    group, point = (",", r"\.") if mark == "." else (r"\.", ",")
    whole = rf"[0-9]{{1,3}}(?:{group}[0-9]{{2,3}})*{group}[0-9]{{3}}|[0-9]+"
    return rf"(?:{whole})(?:{point}[0-9]*)?|{point}[0-9]+"


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
    bare = f"regexp_replace({text}, {literal(_OFFSET)}, '\\1')"
    spaced = f"regexp_replace(regexp_replace({bare}, '([0-9])T([0-9])', '\\1 \\2'), '(:[0-9]{{2}})[.,][0-9]+', '\\1')"
    chinese = f"regexp_replace(regexp_replace({spaced}, '[年月]', '-', 'g'), '日\\s*', ' ')"
    comma = f"replace({chinese}, ',', '')"
    return f"trim(regexp_replace({comma}, '^([0-9]+)[/.]([0-9]+)[/.]', '\\1-\\2-'))"


def _formats(*dates: str) -> str:
    times = ["", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p"]
    return "[" + ", ".join(literal(date + time) for date in dates for time in times) + "]"


_NAMED = ("%Y-%m-%d", "%d %b %Y", "%b %d %Y", "%d-%b-%Y", "%d-%b-%y", "%b-%d-%y", "%d %B %Y", "%B %d %Y")
_NUMERIC = r"^([0-9]{1,2})-([0-9]{1,2})-([0-9]{4}|[0-9]{2})( .*)?$"


def clock(text: str, date_order: str, date_format: str = "") -> str:
    """The local clock reading as a TIMESTAMP. `date_order` is `dmy`, `mdy` or `mixed`; year first always works."""
    if date_format:
        return f"try_strptime({text}, {literal(date_format)})"
    plain = f"regexp_matches({text}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}( [0-9:]{{8}}( [+-][0-9]{{4}})?)?$')"
    local = _local(text)
    first, second = (f"regexp_extract({local}, {literal(_NUMERIC)}, {group})" for group in (1, 2))
    return (
        f"CASE WHEN {plain} THEN try_cast(left({text}, 19) AS TIMESTAMP) "
        f"WHEN regexp_matches({local}, '^[0-9]{{4}}-[0-9:. -]+$') THEN try_cast({local} AS TIMESTAMP) "
        f"WHEN regexp_matches({local}, {literal(_NUMERIC)}) THEN {_numeric(local, date_order, first, second)} "
        f"WHEN regexp_matches({local}, '^[0-9]{{8}}$') THEN try_strptime({local}, '%Y%m%d') "
        f"ELSE try_strptime({local}, {_formats(*_NAMED)}) END"
    )


def _numeric(local: str, date_order: str, first: str, second: str) -> str:
    """A date of numbers, its year last. With orders mixed in one file, only what can be read one way is read."""
    long_year = f"regexp_matches({local}, '^[0-9]+-[0-9]+-[0-9]{{4}}')"

    def read(date: str) -> str:
        return (
            f"CASE WHEN {long_year} THEN try_strptime({local}, {_formats(date + '-%Y')}) "
            f"ELSE try_strptime({local}, {_formats(date + '-%y')}) END"
        )

    day_first, month_first = read("%d-%m"), read("%m-%d")
    if date_order == "mixed":
        return (
            f"CASE WHEN {first}::INTEGER > 12 OR {first}::INTEGER = {second}::INTEGER THEN {day_first} "
            f"WHEN {second}::INTEGER > 12 THEN {month_first} END"
        )
    return month_first if date_order == "mdy" else day_first


def offset_minutes(text: str) -> str:
    """Minutes east of UTC that the cell states, else NULL."""

    def part(group: int) -> str:
        return f"regexp_extract({text}, {literal(_OFFSET)}, {group})"

    minutes = f"60 * {part(4)}::INTEGER + coalesce(try_cast({part(5)} AS INTEGER), 0)"
    return (
        f"CASE WHEN {part(2)} <> '' THEN 0 "
        f"WHEN {part(3)} <> '' THEN (CASE {part(3)} WHEN '-' THEN -1 ELSE 1 END) * ({minutes}) END"
    )


def utc(local: str, offset: str, zone: str) -> str:
    """The UTC instant of a local TIMESTAMP: by its own offset, else by the zone's rules on that day."""
    by_zone = local if zone == "UTC" else f"timezone('UTC', timezone({literal(zone)}, {local}))"
    return f"CASE WHEN {offset} IS NOT NULL THEN {local} - to_minutes({offset}) ELSE {by_zone} END"


def email(text: str) -> str:
    """An e-mail address in the one spelling we compare, or NULL when it is none."""
    lowered = f"lower(regexp_replace(nfc_normalize(trim({text})), '^mailto:|[\\s<>]', '', 'g'))"
    return f"CASE WHEN regexp_full_match({lowered}, '[^@\\s]+@[^@\\s]+\\.[^@\\s.]+') THEN {lowered} END"
