"""How do source keys become our ids set-wise, the same as `shop.keys.key_id` row by row?"""

import hashlib


def key_sql(*expressions: str) -> str:
    """The DuckDB expression for `key_id` of SQL text expressions (the kind as a quoted literal)."""
    joined = " || '|' || ".join(expressions)
    return f"('0x' || substr(md5({joined}), 1, 15))::BIGINT"


def mark_sql(*numbers: str) -> str:
    """The DuckDB expression for one number that stands for several whole numbers; blank ones count as -1.

    It changes when any of them does. A product of 30 bits and 31 bits fits 63, and joining products with XOR keeps
    changes that would cancel out in a sum, such as one piece less here and one more there, from cancelling out here.
    """
    parts = []
    for place, number in enumerate(numbers):
        for shift in (0, 30):
            factor = int(hashlib.sha256(f"{place}|{shift}".encode()).hexdigest()[:7], 16) * 2 + 1
            parts.append(f"((coalesce({number}, -1) >> {shift}) & {2**30 - 1}) * {factor}")
    mark = parts[0]
    for part in parts[1:]:
        mark = f"xor({mark}, {part})"
    return mark


def variant_sql(row: str = "", *, title: str = "title") -> str:
    """The id of the variant that a row (a table alias, or none) names: by SKU, else product reference, else title.

    Shopify's lines have no product reference, and its handle names all variants of a product: titles tell them apart.
    """
    sku, ref, source, name = (f"{row}.{c}" if row else c for c in ("sku", "product_ref", "source", title))
    by_sku, by_ref = key_sql("'sku'", f"lower({sku})"), key_sql("'product'", source, ref)
    by_title = key_sql("'title'", f"lower(trim({name}))")
    return (
        f"CASE WHEN {sku} <> '' THEN {by_sku} "
        f"WHEN {ref} <> '' AND {source} <> 'shopify' THEN {by_ref} "
        f"WHEN {name} <> '' THEN {by_title} END"
    )
