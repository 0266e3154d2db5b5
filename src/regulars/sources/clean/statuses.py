"""What does a shop system's word for an order's state mean?

`pending` is money that comes on delivery when the goods went out or the payment method says so; else it is unpaid.
A word nobody knows becomes `unknown`: the order is kept, does not count, and the import's summary names the word.
"""

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


def status_sql(rules: Rules, columns: set[str]) -> str:
    """The CASE expression over `status` (with `fulfilled` and `payment_method` where the file has them)."""
    if "status" not in columns:
        return "'paid'"
    said = "lower(replace(replace(coalesce(status, ''), '_', ' '), '-', ' '))"
    words = STATUSES | {word.replace("_", " ").replace("-", " "): ours for word, ours in rules.statuses.items()}
    went_out = []
    if "fulfilled" in columns:
        went_out.append("lower(coalesce(fulfilled, '')) IN ('fulfilled', 'partial', 'partially fulfilled', 'true', 'shipped')")
    if "fulfilled_at" in columns:
        went_out.append("coalesce(fulfilled_at, '') <> ''")
    if "payment_method" in columns:
        went_out.append(f"regexp_matches(lower(coalesce(payment_method, '')), '{ON_DELIVERY}')")
    pending = f"CASE WHEN {' OR '.join(went_out)} THEN 'pending' ELSE 'unpaid' END" if went_out else "'unpaid'"
    cases = " ".join(
        f"WHEN {literal(word)} THEN {pending if ours == 'pending' and word == 'pending' else literal(ours)}"
        for word, ours in words.items()
    )
    return f"CASE {said} {cases} ELSE 'unknown' END"
