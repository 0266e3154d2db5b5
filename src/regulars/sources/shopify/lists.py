"""Shopify's customers and products exports."""

from collections.abc import Mapping, Sequence

from regulars.sources.shopify.columns import map_columns, select_columns
from regulars.sources.source import Rules, cells_named, holds, packed, quoted, several

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
CUSTOMERS_FIRST_FILLED = {"phone": ["Phone", "Default Address Phone"]}
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
OPTIONS = {"variant_title": ["Option1 Value", "Option2 Value", "Option3 Value"]}
ON_FIRST_ROW_ONLY = ("title", "vendor", "category")


class Customers:
    """The customer list: consent without date, the shop's own sums (not order history), metafields."""

    name = "shopify-customers"
    table = "customers"

    def recognises(self, header: Sequence[str]) -> bool:
        """Both the current and the older export."""
        return holds(header, "First Name", "Last Name", "Email", "Accepts Email Marketing", "Tax Exempt")

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Our columns; metafields become attributes named by the key in their brackets."""
        metafields = [cell for cell in header if "(customer.metafields." in cell]
        own = map_columns(header, CUSTOMERS, CUSTOMERS_FIRST_FILLED)
        return own | ({"attributes": several(metafields)} if metafields else {})

    def select(self, mapping: Mapping[str, str]) -> str:
        """Attributes are packed as one JSON text."""
        cells = select_columns({column: cell for column, cell in mapping.items() if column != "attributes"})
        if "attributes" in mapping:
            fields = {cell.rpartition("(")[2].rstrip(")"): cell for cell in cells_named(mapping["attributes"])}
            cells.append(f"{packed(fields)} AS attributes")
        return f"SELECT row, {', '.join(cells)} FROM sheet"

    def rules(self) -> Rules:
        """As for orders."""
        return Rules(source="shopify", table="customers")


class Products:
    """The product list: one row a variant, the product's own cells on its first row only."""

    name = "shopify-products"
    table = "products"

    def recognises(self, header: Sequence[str]) -> bool:
        """Handle, title and variants."""
        return holds(header, "Handle", "Title", "Variant Price")

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Our columns; the variant's title is made of its option values."""
        return map_columns(header, PRODUCTS, OPTIONS)

    def select(self, mapping: Mapping[str, str]) -> str:
        """Titles are carried down from the product's first row; image rows without a price are left out."""
        cells = select_columns({c: cell for c, cell in mapping.items() if c not in (*ON_FIRST_ROW_ONLY, *OPTIONS)})
        product = f"PARTITION BY {quoted(mapping['product_ref'])} ORDER BY row"
        cells += [
            f"coalesce({quoted(mapping[c])}, first_value({quoted(mapping[c])} IGNORE NULLS) OVER "
            f"({product} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), '') AS {c}"
            for c in ON_FIRST_ROW_ONLY
            if c in mapping
        ]
        if "variant_title" in mapping:
            options = [f"nullif({quoted(cell)}, 'Default Title')" for cell in cells_named(mapping["variant_title"])]
            cells.append(f"concat_ws(' / ', {', '.join(options)}) AS variant_title")
        return f"SELECT * FROM (SELECT row, {', '.join(cells)} FROM sheet) WHERE price IS NOT NULL"

    def rules(self) -> Rules:
        """As for orders."""
        return Rules(source="shopify", table="products")
