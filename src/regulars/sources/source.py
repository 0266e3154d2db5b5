"""What is a source, and what does every source hand over?

A source turns what a shop system exports into the tables below: all cells are text, named in our words, with the row
they stood in. Everything after that (`clean`) is the same for all sources. `Format.select` is a DuckDB query over the
sheet (a table named `sheet`: one text column a column of the file, blank cells NULL, and `row`), so a file of any size
is mapped set-wise. Names and texts that come from a file or a person enter SQL through `quoted` and `literal` only.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

ORDER_COLUMNS = (
    "order_key order_name ordered_at paid_at fulfilled_at cancelled_at updated_at status fulfilled test currency total "
    "subtotal shipping tax discount refunded taxes_included account email phone name company address city postcode region "
    "country channel payment_method tags email_consent discount_code gift_card_only renewal rate "
    "line_key sku product_ref title category quantity unit_price line_total line_discount line_tax line_kind"
).split()
LINE_COLUMNS = frozenset(
    "line_key sku product_ref title category quantity unit_price line_total line_discount line_tax line_kind".split()
)
MONEY_COLUMNS = frozenset(
    "total subtotal shipping tax discount refunded unit_price line_total line_discount line_tax amount price "
    "compare_at_price cost".split()
)
REFUND_COLUMNS = "refund_key order_key refunded_at amount currency reason status sku product_ref title quantity".split()
CUSTOMER_COLUMNS = (
    "account email phone name first_name last_name company address city postcode region country email_consent sms_consent "
    "tags created_at attributes"
).split()
PRODUCT_COLUMNS = "product_ref sku title variant_title vendor category price compare_at_price cost currency".split()
REVIEW_COLUMNS = "review_key product_ref sku email account name rating text created_at status".split()
TABLES: Mapping[str, Sequence[str]] = {
    "orders": ORDER_COLUMNS,
    "refunds": REFUND_COLUMNS,
    "customers": CUSTOMER_COLUMNS,
    "products": PRODUCT_COLUMNS,
    "reviews": REVIEW_COLUMNS,
}
# What a shop's word for an order's state can mean; `refunded` is a paid order whose money all went back.
STATUSES = ("paid", "pending", "unpaid", "cancelled", "voided", "failed", "refunded", "unknown")
# Which telling of an order a row belongs to, where a file may tell one order twice (pasted exports, webhook logs).
TELLING = "telling"
NO_CURRENCY = "XXX"  # ISO 4217: no currency involved


class CannotRead(Exception):
    """A file that cannot be understood as a whole. The message says what was found and what to do.

    `text` is a template, marked for translation, and `values` fill it (texts and numbers only: both are kept as JSON).
    """

    def __init__(self, text: str, **values: str | int) -> None:
        super().__init__(text, values)
        self.text, self.values = text, values

    def __str__(self) -> str:
        return self.told()

    def told(self, translate: Callable[[str], str] = str) -> str:
        """The message in the language of `translate`."""
        return filled(translate(self.text), self.values)


def filled(template: str, values: Mapping[str, str | int]) -> str:
    """The template with its values, numbers with separators; as it is when there are none."""
    facts = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
    return template.format(**facts) if facts else template


def marked(text: str) -> str:
    """The text itself, marked for translation; imported as `_`."""
    return text


@dataclass(frozen=True)
class Rules:
    """How the cells of one file are to be read. Empty values mean: find out from the file itself.

    `every_row_a_line`: the system writes one row a line, so equal rows are two lines and nothing to report.
    `carried_down`: the order's own cells stand on its first row only. `packed`: one row of the file holds several lines.
    """

    source: str = "csv"
    table: str = "orders"
    zone: str = ""
    date_order: str = ""
    date_format: str = ""
    decimal: str = ""
    currency: str = ""
    minor_units: bool = False
    return_prefix: str = ""
    not_products: tuple[str, ...] = ()
    exact_duplicates: str = "keep"
    statuses: Mapping[str, str] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    every_row_a_line: bool = False
    carried_down: bool = False
    packed: bool = False


@dataclass(frozen=True)
class Sheet:
    """One table of one file, already text: where its Parquet lies and what its columns are called.

    `numeric` names the columns that held numbers, not texts that look like numbers (Excel, Parquet); `untidy` those with
    cells that may have blanks around them or a spreadsheet's apostrophe before a number.
    """

    path: str
    file: str
    header: tuple[str, ...]
    rows: int
    encoding: str = ""
    delimiter: str = ""
    ragged: tuple[tuple[int, str], ...] = ()
    source: str = ""
    numeric: tuple[str, ...] = ()
    untidy: frozenset[str] = frozenset()


class Format(Protocol):
    """A layout a shop system exports. `recognises` looks at the header only."""

    name: str
    table: str

    def recognises(self, header: Sequence[str]) -> bool:
        """Whether this is such a file."""
        ...

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Our column -> the file's column, for what the header holds."""
        ...

    def select(self, mapping: Mapping[str, str]) -> str:
        """The query over `sheet` that yields `row` and our columns."""
        ...

    def rules(self) -> Rules:
        """How this system writes its cells."""
        ...


def canonical(name: str) -> str:
    """A header cell as it is compared: lower case, spaces collapsed, hyphens and underscores as spaces."""
    return " ".join(name.replace("-", " ").replace("_", " ").lower().split())


def quoted(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def holds(header: Sequence[str], *names: str) -> bool:
    """Whether the header has all these columns, in any case and spelling."""
    return {canonical(name) for name in names} <= {canonical(cell) for cell in header}


def alias_mapping(header: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Our column -> the first header cell that one of its aliases names (in the aliases' order)."""
    by_name: dict[str, str] = {}
    for cell in header:
        by_name.setdefault(canonical(cell), cell)
    found = {}
    for column, names in aliases.items():
        for name in names:
            if canonical(name) in by_name:
                found[column] = by_name[canonical(name)]
                break
    return found


def several(cells: Sequence[str]) -> str:
    """A mapping value that names several columns of the file."""
    return "=" + "|".join(cell.replace("|", "\\|") for cell in cells)


def cells_named(value: str) -> list[str]:
    """The columns a mapping value names: itself, or those that `several` put together. A constant names itself too."""
    if not value.startswith("="):
        return [value]
    return [cell.replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", value[1:]) if cell]


def first_filled(cells: Sequence[str]) -> str:
    """An SQL expression for the first of these columns that is not blank, else the empty text."""
    parts = [f"nullif(trim({quoted(cell)}), '')" for cell in cells]
    return f"coalesce({', '.join(parts)}, '')" if parts else "''"


def packed(cells: Mapping[str, str]) -> str:
    """An SQL expression for several columns as one JSON object text: the names they shall have, and the columns."""
    pairs = [f"{literal(name)}, {quoted(cell)}" for name, cell in cells.items()]
    return f"CAST(json_object({', '.join(pairs)}) AS VARCHAR)"


def plain_select(mapping: Mapping[str, str], extra: Sequence[str] = ()) -> str:
    """The query for sheets whose rows are our rows already. A mapping value `=text` is a constant.

    `extra` are further select expressions.
    """
    cells = [
        f"{literal(cell[1:]) if cell.startswith('=') else quoted(cell)} AS {quoted(column)}"
        for column, cell in mapping.items()
    ]
    return f"SELECT row, {', '.join([*cells, *extra])} FROM sheet"
