"""Shopify's CSV exports: orders, customers, products; old and new headers, any case."""

from collections.abc import Mapping, Sequence

from regulars.sources.source import Rules, alias_mapping, canonical, literal, plain_select, quoted

ORDERS = {
    "order_key": ["Id"],
    "order_name": ["Name"],
    "ordered_at": ["Created at"],
    "paid_at": ["Paid at"],
    "fulfilled_at": ["Fulfilled at"],
    "cancelled_at": ["Cancelled at", "Canceled at"],
    "status": ["Financial Status"],
    "fulfilled": ["Fulfillment Status"],
    "currency": ["Currency"],
    "total": ["Total"],
    "subtotal": ["Subtotal"],
    "shipping": ["Shipping"],
    "tax": ["Taxes"],
    "discount": ["Discount Amount"],
    "refunded": ["Refunded Amount"],
    "email": ["Email"],
    "company": ["Billing Company"],
    "address": ["Billing Address1", "Billing Street"],
    "city": ["Billing City"],
    "postcode": ["Billing Zip"],
    "region": ["Billing Province"],
    "country": ["Billing Country"],
    "channel": ["Source"],
    "payment_method": ["Payment Method"],
    "tags": ["Tags"],
    "email_consent": ["Accepts Marketing"],
    "discount_code": ["Discount Code"],
    "sku": ["Lineitem sku"],
    "title": ["Lineitem name"],
    "quantity": ["Lineitem quantity"],
    "unit_price": ["Lineitem price"],
    "line_discount": ["Lineitem discount"],
}
# Several columns may hold these; the first non-empty cell wins.
ORDERS_FIRST_FILLED = {
    "phone": ["Phone", "Phone (2)", "Billing Phone", "Shipping Phone"],
    "name": ["Billing Name", "Shipping Name"],
}
CUSTOMERS = {
    "account": ["Customer ID"],
    "email": ["Email"],
    "first_name": ["First Name"],
    "last_name": ["Last Name"],
    "company": ["Default Address Company", "Company"],
    "address": ["Default Address Address1", "Address1"],
    "city": ["Default Address City", "City"],
    "postcode": ["Default Address Zip", "Zip"],
    "region": ["Default Address Province Code", "Province Code", "Province"],
    "country": ["Default Address Country Code", "Country Code", "Country"],
    "email_consent": ["Accepts Email Marketing"],
    "sms_consent": ["Accepts SMS Marketing"],
    "tags": ["Tags"],
}
PRODUCTS = {
    "product_ref": ["Handle"],
    "sku": ["Variant SKU"],
    "title": ["Title"],
    "vendor": ["Vendor"],
    "category": ["Type"],
    "price": ["Variant Price"],
    "compare_at_price": ["Variant Compare At Price"],
    "cost": ["Cost per item"],
}
RULES = Rules(source="shopify")


def _has(header: Sequence[str], *names: str) -> bool:
    return {canonical(name) for name in names} <= {canonical(cell) for cell in header}


def first_filled(header: Sequence[str], names: Sequence[str]) -> str:
    """An SQL expression for the first of these columns that is not empty."""
    by_name = {canonical(cell): cell for cell in header}
    present = [by_name[canonical(name)] for name in names if canonical(name) in by_name]
    parts = ", ".join(f"nullif(trim({quoted(cell)}), '')" for cell in present)
    return f"coalesce({parts}, '')" if parts else "''"


class Orders:
    """One row a line; the order's own cells stand on its first row only."""

    name = "shopify-orders"
    table = "orders"

    def recognises(self, header: Sequence[str]) -> bool:
        """By the columns that every version of the export has had."""
        return _has(header, "Name", "Financial Status", "Created at", "Lineitem quantity", "Lineitem price")

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Our columns found in this header."""
        found = alias_mapping(header, ORDERS)
        for column, names in ORDERS_FIRST_FILLED.items():
            found[column] = "=" + "|".join(cell for cell in header if canonical(cell) in {canonical(n) for n in names})
        return found

    def select(self, mapping: Mapping[str, str]) -> str:
        """Rows without an id belong to the order above, when they carry its name."""
        head = f"({quoted(mapping['status'])} <> '' OR {quoted(mapping.get('total', mapping['status']))} <> '')"
        named = f"{quoted(mapping['order_name'])} || '|' || {quoted(mapping['ordered_at'])}"
        own = f"nullif({quoted(mapping['order_key'])}, '')" if "order_key" in mapping else "NULL"
        key = f"coalesce({own}, CASE WHEN {head} THEN {named} END)"
        name = quoted(mapping["order_name"])
        cells = []
        for column, cell in mapping.items():
            if column == "order_key":
                continue
            source = first_filled(cell[1:].split("|"), cell[1:].split("|")) if cell.startswith("=") else quoted(cell)
            cells.append(f"{source} AS {column}")
        return (
            f"SELECT row, CASE WHEN key IS NOT NULL THEN key "
            f"WHEN {name} = last_value(CASE WHEN key IS NOT NULL THEN {name} END IGNORE NULLS) OVER above "
            f"THEN last_value(key IGNORE NULLS) OVER above ELSE '' END AS order_key, {', '.join(cells)} "
            f"FROM (SELECT *, {key} AS key FROM sheet) WINDOW above AS (ORDER BY row ROWS UNBOUNDED PRECEDING)"
        )

    def rules(self) -> Rules:
        """Shopify writes decimal points and offsets."""
        return RULES


class Customers:
    """The customer list: consent without date, the shop's own sums (not order history), metafields."""

    name = "shopify-customers"
    table = "customers"

    def recognises(self, header: Sequence[str]) -> bool:
        """Both the current and the older export."""
        return _has(header, "First Name", "Last Name", "Email", "Accepts Email Marketing", "Tax Exempt")

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Our columns; metafields become attributes named by the key in their brackets."""
        found = alias_mapping(header, CUSTOMERS)
        found["phone"] = "=" + "|".join(c for c in header if canonical(c) in {"phone", "default address phone"})
        metafields = [cell for cell in header if "(customer.metafields." in cell]
        if metafields:
            found["attributes"] = "=" + "|".join(metafields)
        return found

    def select(self, mapping: Mapping[str, str]) -> str:
        """Attributes are packed as one JSON text."""
        special = {"phone", "attributes"}
        plain = plain_select({column: cell for column, cell in mapping.items() if column not in special})
        extra = []
        if mapping.get("phone", "=") != "=":
            names = sorted(mapping["phone"][1:].split("|"), key=lambda cell: canonical(cell) != "phone")
            extra.append(f"{first_filled(names, names)} AS phone")
        if "attributes" in mapping:
            extra.append(f"{packed(mapping['attributes'][1:].split('|'))} AS attributes")
        return plain.replace(" FROM sheet", "".join(f", {cell}" for cell in extra) + " FROM sheet")

    def rules(self) -> Rules:
        """As for orders."""
        return Rules(source="shopify", table="customers")


def packed(cells: Sequence[str]) -> str:
    """Several columns as one JSON object text, keyed by what stands in their brackets, else by their name."""
    pairs = []
    for name in cells:
        inner = name.rsplit("(", 1)[-1].rstrip(")") if "(" in name else name
        pairs.append(f"{literal(inner)}, {quoted(name)}")
    return f"CAST(json_object({', '.join(pairs)}) AS VARCHAR)"


class Products:
    """The product list: one row a variant, the product's own cells on its first row only."""

    name = "shopify-products"
    table = "products"

    def recognises(self, header: Sequence[str]) -> bool:
        """Handle, title and variants."""
        return _has(header, "Handle", "Title", "Variant Price")

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Our columns; the variant's title is made of its option values."""
        found = alias_mapping(header, PRODUCTS)
        options = [cell for cell in header if canonical(cell) in {f"option{n} value" for n in (1, 2, 3)}]
        found["variant_title"] = "=" + "|".join(options)
        return found

    def select(self, mapping: Mapping[str, str]) -> str:
        """Titles are carried down from the product's first row; image rows without a price are left out."""
        carried = {"title", "vendor", "category"}
        cells = []
        for column, cell in mapping.items():
            if column == "variant_title":
                options = [f"nullif(nullif({quoted(c)}, ''), 'Default Title')" for c in cell[1:].split("|") if c]
                cells.append(f"concat_ws(' / ', {', '.join(options)}) AS variant_title" if options else "'' AS variant_title")
            elif column in carried:
                cells.append(
                    f"coalesce(nullif({quoted(cell)}, ''), first_value(nullif({quoted(cell)}, '') IGNORE NULLS) OVER "
                    f"(PARTITION BY {quoted(mapping['product_ref'])} ORDER BY row "
                    f"ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), '') AS {column}"
                )
            else:
                cells.append(f"{quoted(cell)} AS {column}")
        return f"SELECT * FROM (SELECT row, {', '.join(cells)} FROM sheet) WHERE price <> ''"

    def rules(self) -> Rules:
        """As for orders."""
        return Rules(source="shopify", table="products")


FORMATS = (Orders(), Customers(), Products())
