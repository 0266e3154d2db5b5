"""What is a source, and what does every source hand over?

A source turns what a shop system exports into the tables below: all cells are text, named in our words, with the row
they stood in. Everything after that (`clean`) is the same for all sources. `Format.select` is a DuckDB query over the
sheet (a table named `sheet`: one text column a column of the file, and `row`), so a file of any size is mapped set-wise.
"""

from collections.abc import Mapping, Sequence
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
REFUND_COLUMNS = "refund_key order_key refunded_at amount currency reason status sku product_ref title quantity".split()
CUSTOMER_COLUMNS = (
    "account email phone name first_name last_name company address city postcode region country email_consent sms_consent "
    "tags created_at attributes"
).split()
PRODUCT_COLUMNS = (
    "product_ref sku title variant_title vendor category price compare_at_price cost currency".split()
)
REVIEW_COLUMNS = "review_key product_ref sku email account name rating text created_at status".split()
TABLES: Mapping[str, Sequence[str]] = {
    "orders": ORDER_COLUMNS,
    "refunds": REFUND_COLUMNS,
    "customers": CUSTOMER_COLUMNS,
    "products": PRODUCT_COLUMNS,
    "reviews": REVIEW_COLUMNS,
}


NO_CURRENCY = "XXX"  # ISO 4217: no currency involved


class CannotRead(Exception):
    """A file that cannot be understood as a whole. The message says what was found and what to do."""


@dataclass(frozen=True)
class Rules:
    """How the cells of one file are to be read. Empty values mean: find out from the file itself."""

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


@dataclass(frozen=True)
class Sheet:
    """One table of one file, already text: where its Parquet lies and what its columns are called."""

    path: str
    file: str
    header: tuple[str, ...]
    rows: int
    encoding: str = ""
    delimiter: str = ""
    ragged: tuple[tuple[int, str], ...] = ()
    source: str = ""


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


def plain_select(mapping: Mapping[str, str]) -> str:
    """The query for sheets whose rows are our rows already. A mapping value `=text` is a constant."""
    cells = [
        f"{literal(source[1:]) if source.startswith('=') else quoted(source)} AS {column}"
        for column, source in mapping.items()
    ]
    return f"SELECT row, {', '.join(cells)} FROM sheet"
