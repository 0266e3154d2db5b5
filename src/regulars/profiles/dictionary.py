"""The data dictionary: every column of a profile, with its type, unit, meaning and where it is explained.

It makes the Profile table, the help texts, docs/profile.md and the words of the segment language. Meanings are English
and marked for translation.
"""

from dataclasses import dataclass

from django.db import models


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


@dataclass(frozen=True)
class Column:
    """One column: `type` is integer, money, share, number, date, text or boolean; money is in minor units."""

    name: str
    type: str
    unit: str
    meaning: str
    source: str
    values: tuple[str, ...] = ()

    def field(self) -> models.Field:
        """The database field."""
        match self.type:
            case "integer":
                return models.IntegerField(null=True)
            case "money":
                return models.BigIntegerField(null=True)
            case "share" | "number":
                return models.FloatField(null=True)
            case "date":
                return models.DateField(null=True)
            case "boolean":
                return models.BooleanField(null=True)
            case _:
                return models.CharField(max_length=400, null=True)


STAGES = ("new", "active", "loyal", "returned", "slipping", "lost")
RFM_SEGMENTS = (
    "champions", "loyal", "promising", "newcomers", "need_attention", "cooling", "must_not_lose", "at_risk", "asleep",
)  # fmt: skip

COLUMNS: tuple[Column, ...] = (
    Column("as_of", "date", "", _("The day up to which facts were used."), "profile"),
    # who
    Column("country", "text", "", _("Country of the last order that names one."), "profile"),
    Column("has_email", "boolean", "", _("An e-mail address is known."), "identity"),
    Column("has_phone", "boolean", "", _("A phone number is known."), "identity"),
    Column("has_account", "boolean", "", _("A customer number of the shop is known."), "identity"),
    Column("identifiers", "integer", "", _("Addresses and numbers this customer is known by."), "identity"),
    # when
    Column("first_day", "date", "", _("Day of the first order that counts."), "valid-order"),
    Column("last_day", "date", "", _("Day of the last order that counts."), "valid-order"),
    Column("days_since_first_order", "integer", _("days"), _("Days since the first order."), "valid-order"),
    Column("days_since_last_order", "integer", _("days"), _("Days since the last order."), "valid-order"),
    # how often
    Column("orders", "integer", "", _("Orders that count."), "valid-order"),
    Column("order_days", "integer", "", _("Different days with an order; split baskets are one."), "valid-order"),
    Column("orders_90d", "integer", "", _("Orders of the last 90 days."), "valid-order"),
    Column("orders_365d", "integer", "", _("Orders of the last 365 days."), "valid-order"),
    Column("orders_before_365d", "integer", "", _("Orders of the 365 days before those."), "valid-order"),
    Column("orders_not_counted", "integer", "", _("Orders that do not count (cancelled, unpaid, test ...)."), "valid-order"),
    Column("orders_cancelled", "integer", "", _("Orders cancelled within the grace."), "valid-order"),
    Column("orders_refunded", "integer", "", _("Orders with any refund."), "valid-order"),
    Column("orders_discounted", "integer", "", _("Orders with a discount."), "valid-order"),
    Column("discount_share", "share", "", _("Share of orders with a discount."), "valid-order"),
    # how much
    Column("net_total", "money", "", _("Net revenue of all time."), "net-revenue"),
    Column("net_90d", "money", "", _("Net revenue of the last 90 days."), "net-revenue"),
    Column("net_365d", "money", "", _("Net revenue of the last 365 days."), "net-revenue"),
    Column("net_before_365d", "money", "", _("Net revenue of the 365 days before those."), "net-revenue"),
    Column("net_a_year", "money", "", _("Net revenue a year since the first order, at least one year."), "net-revenue"),
    Column("gross_total", "money", "", _("Net revenue before refunds."), "net-revenue"),
    Column("refunded_total", "money", "", _("Net revenue given back."), "net-revenue"),
    Column("refund_share", "share", "", _("Share of net revenue given back."), "net-revenue"),
    Column("net_first_day", "money", "", _("Net revenue of the first order day."), "net-revenue"),
    Column("net_last_day", "money", "", _("Net revenue of the last order day."), "net-revenue"),
    Column("order_value_mean", "money", "", _("Net revenue an order day."), "net-revenue"),
    Column("order_value_largest", "money", "", _("Largest order, net."), "net-revenue"),
    Column("cost_known_share", "share", "", _("Part of the goods bought whose cost is known; the rest of the margin is assumed."), "margin"),
    Column("margin_total", "money", "", _("Margin of all time; with the shop's assumed margin where no cost is known."), "margin"),
    Column("net_at_stake", "money", "", _("Net revenue a year that goes when this customer, now slipping, goes."), "slipping"),
    # what
    Column("units", "integer", "", _("Units bought."), "products"),
    Column("products", "integer", "", _("Different products bought."), "products"),
    Column("categories", "integer", "", _("Different categories bought."), "products"),
    Column("first_product", "text", "", _("What weighed most in the first order."), "products"),
    Column("last_product", "text", "", _("What weighed most in the last order."), "products"),
    Column("favourite_product", "text", "", _("What led most often."), "products"),
    Column("channels", "integer", "", _("Different channels bought in."), "profile"),
    Column("channel_first", "text", "", _("Channel of the first order."), "profile"),
    Column("channel_last", "text", "", _("Channel of the last order."), "profile"),
    # rhythm
    Column("gaps", "integer", "", _("Gaps between order days."), "rhythm"),
    Column("second_gap", "integer", _("days"), _("Days from the first to the second order day."), "came-back"),
    Column("came_back", "boolean", "", _("Came back in time (N1); empty while there is still time."), "came-back"),
    Column("usual_gap_days", "integer", _("days"), _("The usual gap, shrunk towards product and shop."), "rhythm"),
    Column("shortest_gap", "integer", _("days"), _("The shortest gap."), "rhythm"),
    Column("longest_gap", "integer", _("days"), _("The longest gap."), "rhythm"),
    Column("last_gap", "integer", _("days"), _("The gap before the last order."), "rhythm"),
    Column("late_after_days", "integer", _("days"), _("Three of four of this customer's gaps are shorter."), "rhythm"),
    Column("lost_after_days", "integer", _("days"), _("Nineteen of twenty of this customer's gaps are shorter."), "rhythm"),
    Column("due_on", "date", "", _("When the next order is usual."), "rhythm"),
    Column("days_late", "integer", _("days"), _("Days beyond late_after_days."), "rhythm"),
    Column("lateness", "number", "", _("Silence as a multiple of late_after_days."), "rhythm"),
    Column("stage", "text", "", _("Stage of life by the customer's own rhythm."), "stage", STAGES),
    # place among the others
    Column("rfm_recency", "integer", _("1 to 5"), _("Fifth by days since the last order; 5 is the most recent."), "rfm"),
    Column("rfm_frequency", "integer", _("1 to 5"), _("Fifth by order days."), "rfm"),
    Column("rfm_money", "integer", _("1 to 5"), _("Fifth by net revenue."), "rfm"),
    Column("rfm_score", "integer", "", _("The three fifths as one number, 111 to 555."), "rfm"),
    Column("rfm_segment", "text", "", _("The corner of the grid."), "rfm", RFM_SEGMENTS),
    Column("value_grade", "text", "", _("A: the best who bring 80 % of net revenue; B: to 95 %; C: the rest."), "grades", ("A", "B", "C")),
    Column("margin_grade", "text", "", _("The same by margin, where costs are known or assumed."), "grades", ("A", "B", "C")),
    # what comes
    Column("p_order_90d", "share", "", _("Probability of an order within 90 days."), "forecast"),
    Column("orders_next_90d", "number", "", _("Expected orders in 90 days."), "forecast"),
    Column("orders_next_365d", "number", "", _("Expected orders in 365 days."), "forecast"),
    Column("net_next_90d", "money", "", _("Expected net revenue in 90 days."), "forecast"),
    Column("net_next_365d", "money", "", _("Expected net revenue in 365 days."), "forecast"),
    Column("margin_next_365d", "money", "", _("Expected margin in 365 days, where costs are known or assumed."), "forecast"),
    Column("value_ahead", "money", "", _("All net revenue still to come, discounted at 15 % a year."), "forecast"),
    Column("next_order_from", "date", "", _("One of ten next orders within a year comes before this day."), "forecast"),
    Column("next_order_on", "date", "", _("Half of the next orders within a year have come by this day."), "forecast"),
    Column("next_order_to", "date", "", _("One of ten next orders within a year comes after this day."), "forecast"),
    Column("p_alive", "share", "", _("Probability of any further order ever; misleading for one-time buyers."), "forecast"),
    # voice
    Column("reviews", "integer", "", _("Reviews written."), "profile"),
    Column("rating_mean", "number", _("stars"), _("Mean of the stars given."), "profile"),
    Column("last_review_day", "date", "", _("Day of the last review."), "profile"),
)  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}
