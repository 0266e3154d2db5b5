"""How does a plain table of orders become facts? One row an order, or one row an order line, with any column names.

Everything is one expression on the engine that holds the table: nothing is fetched but a few counts.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from regulars.insight.facts import SCHEMAS, Engine, Facts
from regulars.insight.money import NO_CURRENCY, digits_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

NEEDED = ("customer", "day", "total")
# The names under which such columns come, lower case, without spaces, dots and underscores.
KNOWN_AS = {
    "customer": ("customer", "customerid", "cust", "custid", "client", "clientid", "user", "userid", "email", "who", "membernumber", "householdid"),
    "day": ("day", "date", "orderdate", "orderedat", "createdat", "invoicedate", "timestamp", "transactiondate", "purchasedate", "when"),
    "total": ("total", "net", "amount", "revenue", "sales", "salesvalue", "price", "value", "spend", "grandtotal", "monetary"),
    "order": ("order", "orderid", "orderno", "ordernumber", "invoice", "invoiceno", "basketid", "transactionid"),
    "product": ("product", "productid", "sku", "stockcode", "item", "variant", "variantid"),
    "quantity": ("quantity", "qty", "units"), "title": ("title", "description", "productname", "itemname"),
    "category": ("category", "department", "producttype"), "discount": ("discount", "discountamount"),
    "channel": ("channel", "source"), "country": ("country", "countrycode", "market"),
}  # fmt: skip
EXAMPLES_SHOWN = 3


class CannotOpen(ValueError):
    """This cannot be opened as a shop; the message says what is missing and what to do."""


@dataclass(frozen=True)
class Reading:
    """How a plain table is read: `columns` ours -> theirs, the currency of its amounts, and the last day to use."""

    columns: Mapping[str, str] = field(default_factory=dict)
    currency: str = NO_CURRENCY
    as_of: dt.date | None = None


def facts_of(engine: Engine, table: "ir.Table", reading: Reading) -> "tuple[Facts, ir.Table]":
    """The facts, and who is who: customer_id and customer (their own name of it).

    Raises CannotOpen for columns that are missing and rows that cannot be.
    """
    import ibis

    rows = _rows(table, _found(table, reading.columns), reading)
    _refuse_bad(rows)
    rows = rows.filter(rows.customer.notnull())
    names = rows.select("customer").distinct()
    in_order = ibis.row_number().over(ibis.window(order_by=names.customer)) + 1
    people = engine.stage(names.mutate(customer_id=in_order.cast("int64")), "people")
    rows = (
        rows.join(people, "customer").drop("customer_right")
        if "customer_right" in rows.columns
        else rows.join(people, "customer")
    )
    rows = engine.stage(rows, "rows")
    variants = engine.stage(_variants(rows), "variants")
    orders = engine.stage(_orders(rows), "orders")
    tables = {
        "orders": orders.drop("key"), "lines": engine.stage(_lines(rows, orders, variants), "lines"), "variants": variants.drop("product"),
        "people": people.select(identifier_id="customer_id", customer_id="customer_id", kind=ibis.literal("account")),
    }  # fmt: skip
    for name in ("refunds", "reviews"):
        tables[name] = engine.stage(_nothing(name), name)
    return Facts(**tables), people


def _found(table: "ir.Table", given: Mapping[str, str]) -> dict[str, str]:
    """Ours -> theirs: as given, the others by the names under which they usually come."""
    unknown = sorted(set(given) - set(KNOWN_AS))
    if unknown:
        raise CannotOpen(f"columns: there is no {', '.join(unknown)}; known are {', '.join(KNOWN_AS)}.")
    absent = sorted(set(given.values()) - set(table.columns))
    if absent:
        raise CannotOpen(f"columns: the table has no {', '.join(absent)}; it has {', '.join(table.columns)}.")
    plain = {name.lower().replace(" ", "").replace("_", "").replace(".", ""): name for name in reversed(table.columns)}
    found = dict(given)
    for ours, known in KNOWN_AS.items():
        theirs = next((plain[name] for name in known if name in plain), None)
        if ours not in found and theirs is not None and theirs not in found.values():
            found[ours] = theirs
    missing = [name for name in NEEDED if name not in found]
    if missing:
        example = ", ".join(f'"{name}": "..."' for name in missing)
        raise CannotOpen(
            f"no column was found for {', '.join(missing)} among {', '.join(table.columns)}; "
            f"name it with columns={{{example}}}."
        )
    return found


def _rows(table: "ir.Table", found: Mapping[str, str], reading: Reading) -> "ir.Table":
    """The columns by our names and types; money in minor units, a missing one NULL."""
    import ibis

    def of(name: str, kind: str) -> Any:
        return table[found[name]].cast(kind) if name in found else ibis.null(kind)

    day = table[found["day"]]
    scale = 10 ** digits_of(reading.currency)
    money = {name: (of(name, "float64") * scale).round().cast("int64") for name in ("total", "discount")}
    rows = table.select(
        customer=of("customer", "string").nullif(""), day=day.try_cast("timestamp").date() if day.type().is_string() else day.cast("date"),
        key=of("order", "string"), product=of("product", "string"), quantity=of("quantity", "int64").fill_null(1),
        title=of("title", "string"), category=of("category", "string"), channel=of("channel", "string").fill_null(""),
        country=of("country", "string").fill_null(""), **money,
    )  # fmt: skip
    return rows.filter(rows.day <= ibis.literal(reading.as_of)) if reading.as_of is not None else rows


def _refuse_bad(rows: "ir.Table") -> None:
    for what, bad in (
        ("a day that can be read", rows.day.isnull()),
        ("a total", rows.total.isnull()),
        ("a total of at least 0 (leave returns out, or import the file into the shop, which matches them)", rows.total < 0),
    ):  # fmt: skip
        wrong = rows.filter(bad)
        found = wrong.count().to_pyarrow().as_py()
        if found:
            shown = wrong.select("customer", "key", "day", "total").limit(EXAMPLES_SHOWN).to_pyarrow().to_pylist()
            raise CannotOpen(f"{found:,} rows lack {what}, such as {'; '.join(str(row) for row in shown)}")


def _variants(rows: "ir.Table") -> "ir.Table":
    import ibis

    named = rows.filter(rows.product.notnull())
    each = named.group_by("product").aggregate(title=named.title.max(), category=named.category.max())
    number = (ibis.row_number().over(ibis.window(order_by=each["product"])) + 1).cast("int64")
    return each.select(
        "product", variant_id=number, product_id=number, sku=each["product"], title=each.title.fill_null(each["product"]),
        category=each.category.fill_null(""), cost=ibis.null("int64"),
    )  # fmt: skip


def _orders(rows: "ir.Table") -> "ir.Table":
    """One row an order: rows of the same customer, day and order number (where there is none, of one day)."""
    import ibis

    each = rows.group_by(["customer_id", "day", "key"]).aggregate(
        total=rows.total.sum(), discount=rows.discount.sum().fill_null(0), channel=rows.channel.max(), country=rows.country.max()
    )  # fmt: skip
    number = ibis.row_number().over(ibis.window(order_by=[each.customer_id, each.day, each.key]))
    no, text = ibis.literal(False), ibis.literal("")
    return each.select(
        "key", "day", "total", "discount", "channel", "country", order_id=(number + 1).cast("int64"), identifier_id="customer_id",
        known_day=each.day, cancelled_day=ibis.null("date"), status=ibis.literal("paid"), test=no, gift_card_only=no, renewal=no,
        net=each.total, shipping=ibis.literal(0, type="int64"), discount_code=text, tags=text, hour=ibis.null("int64"),
    )  # fmt: skip


def _lines(rows: "ir.Table", orders: "ir.Table", variants: "ir.Table") -> "ir.Table":
    import ibis

    named = rows.filter(rows["product"].notnull())
    kept = orders.select("order_id", "day", customer_id=orders.identifier_id, order_key=orders.key.fill_null(""))
    joined = named.mutate(order_key=named.key.fill_null("")).join(kept, ["customer_id", "day", "order_key"])
    joined = joined.join(variants.select("product", "variant_id"), "product")
    each = joined.group_by(["order_id", "variant_id"]).aggregate(quantity=joined.quantity.sum(), net=joined.total.sum())
    place = ibis.row_number().over(ibis.window(group_by="order_id", order_by="variant_id"))
    return each.select(
        "order_id", "variant_id", "quantity", "net", position=place.cast("int64"), kind=ibis.literal("product")
    )


def _nothing(name: str) -> "ir.Table":
    """An empty table of this schema."""
    import ibis

    return ibis.memtable([], schema=ibis.schema(SCHEMAS[name]))
