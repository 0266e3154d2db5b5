"""WooCommerce's words for the state of an order, and what they mean."""

STATUSES = {
    "processing": "paid",
    "completed": "paid",
    "refunded": "refunded",
    "on hold": "unpaid",
    "pending": "unpaid",
    "cancelled": "cancelled",
    "failed": "failed",
    "trash": "cancelled",
    "checkout draft": "unpaid",
}
