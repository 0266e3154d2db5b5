"""What is an order worth? Its total, and its net revenue: product lines after discounts, without tax and shipping.

Files differ in what they state: some lines are before the order's discount and some after it, some totals hold the tax
already. Where nobody says so, the arithmetic of the order itself does.
"""

from regulars.sources.clean import values
from regulars.sources.clean.bench import Columns
from regulars.sources.source import NO_CURRENCY, literal

TRUE, FALSE = "('true', 'yes', '1')", "('false', 'no', '0')"
CENTS = "0.02"  # what rounding may take or give


def netted(has: Columns, base: str) -> str:
    """The query over `head` and `line_sum`: each telling with its money, in minor units of its own currency.

    `has` are the columns of `head`, `base` the currency money is counted in.
    """
    return f"""
        WITH said AS ({_said(has, literal(base))}),
            discounted AS (SELECT *, {DISCOUNT_TAKEN} AS discount_taken FROM said),
            taxed AS (SELECT *, {_tax_is_in(has("taxes_included"))} AS tax_is_in FROM discounted),
            valued AS (SELECT *, {GOODS_AFTER} AS goods_after, {TOTAL} AS total_major FROM taxed)
        SELECT *,
            round(total_major * factor)::BIGINT AS total,
            round(discount_major * factor)::BIGINT AS discount,
            round(shipping_major * factor)::BIGINT AS shipping,
            round(tax_major * factor)::BIGINT AS tax,
            greatest(0, {NET})::BIGINT AS net,
            round(refunded_major * factor)::BIGINT AS refunded
        FROM valued"""


def _said(has: Columns, base: str) -> str:
    """What the order's own cells say, in whole units of money, beside what its lines add up to."""
    read = {
        name: has(f"{name}_read", f"NULL::{values.NUMBER}")
        for name in ("total", "subtotal", "shipping", "tax", "discount", "refunded")
    }
    no_currency = literal(NO_CURRENCY)
    said_anew = ["currency", "rate", *has.of(["gift_card_only"])]
    return f"""
        SELECT h.* EXCLUDE ({", ".join(said_anew)}), p.source,
            CASE h.currency WHEN {no_currency} THEN {base} ELSE h.currency END AS currency,
            coalesce(h.rate, CASE WHEN h.currency IN ({base}, {no_currency}) THEN 1 END) AS rate,
            CASE WHEN p.in_minor THEN 1
                 ELSE {values.minor_factor(f"CASE h.currency WHEN {no_currency} THEN {base} ELSE h.currency END")}
                 END AS factor,
            {read["total"]} AS total_said,
            {read["subtotal"]} AS subtotal_said,
            {read["refunded"]} AS refunded_major,
            coalesce({read["shipping"]}, 0) AS shipping_major,
            coalesce({read["tax"]}, s.line_tax, 0) AS tax_major,
            abs(coalesce({read["discount"]}, 0)) AS discount_major,
            coalesce(s.all_lines, 0) AS all_lines,
            coalesce(s.fees, 0) AS fees,
            coalesce(s.all_lines - s.fees, 0) AS goods_lines,
            coalesce(s.line_count, 0) AS line_count,
            h.unit IN (SELECT unit FROM only_back) AS only_back,
            coalesce(s.only_gift_cards, false) OR {has("gift_card_only")} IN {TRUE} AS gift_card_only,
            s.line_mark
        FROM head h
        JOIN part p ON p.number = h.part
        LEFT JOIN line_sum s ON s.unit = h.unit"""


def _distance(lines: str) -> str:
    """How far these lines with shipping, and with the tax or without, are from the total that is stated."""
    missing = f"total_said - ({lines}) - shipping_major"
    return f"least(abs({missing}), abs({missing} - tax_major))"


# The discount still to be taken off the lines: none where they add up to the total as they are, or are less than it.
DISCOUNT_TAKEN = f"""
    CASE WHEN discount_major = 0 OR all_lines - discount_major < -{CENTS} THEN 0
         WHEN {_distance("all_lines")} < {_distance("all_lines - discount_major")} THEN 0
         ELSE discount_major END"""

# After discounts: the stated subtotal without its fee lines, else the lines less the discount, else the total.
GOODS_AFTER = """
    coalesce(
        CASE WHEN subtotal_said IS NOT NULL THEN subtotal_said - fees
             WHEN line_count > 0 THEN goods_lines - discount_taken
             ELSE total_said - shipping_major - CASE WHEN tax_is_in THEN 0 ELSE tax_major END END,
        0)"""

TOTAL = """
    coalesce(
        total_said,
        coalesce(subtotal_said, all_lines - discount_taken) + shipping_major + CASE WHEN tax_is_in THEN 0 ELSE tax_major END)"""

# Tax inside the total is spread over goods, shipping and fees by their amounts; only the goods' part is taken off.
NET = """
    CASE WHEN NOT tax_is_in OR tax_major = 0 THEN round(goods_after * factor)
         WHEN goods_after + shipping_major + fees <= 0 THEN round((goods_after - tax_major) * factor)
         ELSE round((goods_after - tax_major * (goods_after / (goods_after + shipping_major + fees))) * factor) END"""


def _tax_is_in(said: str) -> str:
    """Whether the prices hold the tax: as stated, else when the total is nearer to the parts without tax than with it."""
    without = "total_said - coalesce(subtotal_said, all_lines - discount_taken) - shipping_major"
    return f"""
        CASE WHEN {said} IN {TRUE} THEN true
             WHEN {said} IN {FALSE} OR tax_major = 0 OR total_said IS NULL THEN false
             WHEN subtotal_said IS NULL AND line_count = 0 THEN false
             ELSE abs({without}) <= abs({without} - tax_major) END"""
