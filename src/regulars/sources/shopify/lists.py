"""Shopify's customers and products exports."""

from collections.abc import Mapping, Sequence

from regulars.sources.source import (
    Rules,
    alias_mapping,
    canonical,
    cells_named,
    first_filled,
    holds,
    packed,
    plain_select,
    quoted,
    several,
)

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
PHONES = ("phone", "default address phone")
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
OPTIONS = ("option1 value", "option2 value", "option3 value")
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
        found = alias_mapping(header, CUSTOMERS)
        phones = sorted((c for c in header if canonical(c) in PHONES), key=lambda c: PHONES.index(canonical(c)))
        metafields = [cell for cell in header if "(customer.metafields." in cell]
        if phones:
            found["phone"] = several(phones)
        if metafields:
            found["attributes"] = several(metafields)
        return found

    def select(self, mapping: Mapping[str, str]) -> str:
        """Attributes are packed as one JSON text."""
        extra = []
        if "phone" in mapping:
            extra.append(f"{first_filled(cells_named(mapping['phone']))} AS phone")
        if "attributes" in mapping:
            cells = {cell.rpartition("(")[2].rstrip(")"): cell for cell in cells_named(mapping["attributes"])}
            extra.append(f"{packed(cells)} AS attributes")
        return plain_select({c: cell for c, cell in mapping.items() if c not in ("phone", "attributes")}, extra)

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
        found = alias_mapping(header, PRODUCTS)
        options = [cell for cell in header if canonical(cell) in OPTIONS]
        if options:
            found["variant_title"] = several(options)
        return found

    def select(self, mapping: Mapping[str, str]) -> str:
        """Titles are carried down from the product's first row; image rows without a price are left out."""
        own = {c: cell for c, cell in mapping.items() if c not in (*ON_FIRST_ROW_ONLY, "variant_title")}
        product = f"PARTITION BY {quoted(mapping['product_ref'])} ORDER BY row"
        extra = [
            f"coalesce({quoted(mapping[c])}, first_value({quoted(mapping[c])} IGNORE NULLS) OVER "
            f"({product} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), '') AS {c}"
            for c in ON_FIRST_ROW_ONLY
            if c in mapping
        ]
        if "variant_title" in mapping:
            options = [f"nullif({quoted(cell)}, 'Default Title')" for cell in cells_named(mapping["variant_title"])]
            extra.append(f"concat_ws(' / ', {', '.join(options)}) AS variant_title")
        return f"SELECT * FROM ({plain_select(own, extra)}) WHERE price IS NOT NULL"

    def rules(self) -> Rules:
        """As for orders."""
        return Rules(source="shopify", table="products")
