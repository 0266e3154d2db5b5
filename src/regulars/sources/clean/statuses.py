"""What does a shop system's word for an order's state mean?

`pending` is money that comes on delivery when the goods went out or the payment method says so; else it is unpaid.
A word nobody knows becomes `unknown`: the order is kept, does not count, and the import's summary names the word.
"""

from regulars.sources.clean.bench import Columns
from regulars.sources.source import Rules, literal

STATUSES = {
    "": "paid",
    "paid": "paid",
    "completed": "paid",
    "complete": "paid",
    "processing": "paid",
    "fulfilled": "paid",
    "shipped": "paid",
    "delivered": "paid",
    "approved": "paid",
    "invoiced": "paid",
    "closed": "paid",
    "partially refunded": "paid",
    "partially paid": "paid",
    "authorized": "paid",
    "refunded": "refunded",
    "pending": "pending",
    "cod": "pending",
    "cash on delivery": "pending",
    "on hold": "unpaid",
    "unpaid": "unpaid",
    "created": "unpaid",
    "draft": "unpaid",
    "checkout draft": "unpaid",
    "expired": "unpaid",
    "voided": "voided",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "unavailable": "cancelled",
    "trash": "cancelled",
    "failed": "failed",
    "已付款": "paid",
    "已完成": "paid",
    "已发货": "paid",
    "待付款": "unpaid",
    "已取消": "cancelled",
    "已退款": "refunded",
}
ON_DELIVERY = "cod|cash.on.delivery|nachnahme|contra.?reembolso|货到付款"


def status_sql(rules: Rules, columns: Columns) -> str:
    """The CASE expression over `status` (with `fulfilled` and `payment_method` where the file has them)."""
    if "status" not in columns:
        return "'paid'"
    words = STATUSES | {_plain(word): ours for word, ours in rules.statuses.items()}
    cases = " ".join(
        f"WHEN {literal(word)} THEN {_pending(columns) if ours == word == 'pending' else literal(ours)}"
        for word, ours in words.items()
    )
    said = "lower(replace(replace(status, '_', ' '), '-', ' '))"
    return f"CASE regexp_replace({said}, '^wc ', '') {cases} ELSE 'unknown' END"


def _plain(word: str) -> str:
    return word.lower().replace("_", " ").replace("-", " ").removeprefix("wc ")


def _pending(columns: Columns) -> str:
    """`pending` means to be paid on delivery where something says that goods go out unpaid."""
    signs = []
    if "fulfilled" in columns:
        signs.append("lower(fulfilled) IN ('fulfilled', 'partial', 'partially fulfilled', 'true', 'shipped')")
    if "fulfilled_at" in columns:
        signs.append("fulfilled_at <> ''")
    if "payment_method" in columns:
        signs.append(f"regexp_matches(lower(payment_method), '{ON_DELIVERY}')")
    return f"CASE WHEN {' OR '.join(signs)} THEN 'pending' ELSE 'unpaid' END" if signs else "'unpaid'"
