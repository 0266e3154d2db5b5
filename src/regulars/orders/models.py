"""What was bought and given back. Money is in minor units of the order's currency; times are UTC.

Ids are made from the source's own keys (sources/keys.py), so the same order always lands on the same row.
Rows are written set-wise by sources/store/.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Order(models.Model):
    """A purchase as its source tells it."""

    class Status(models.TextChoices):
        """What the payment says; whether the order counts is decided in `insight.valid`."""

        PAID = "paid", _("paid")
        PENDING = "pending", _("to be paid on delivery")
        UNPAID = "unpaid", _("not paid")
        CANCELLED = "cancelled", _("cancelled")
        VOIDED = "voided", _("voided")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("unknown")

    id = models.BigIntegerField(primary_key=True)
    source = models.CharField(max_length=30)
    source_key = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True, default="")
    identifier_id = models.BigIntegerField(null=True, db_index=True)
    account = models.CharField(max_length=400, blank=True, default="")
    email = models.CharField(max_length=400, blank=True, default="")
    phone = models.CharField(max_length=100, blank=True, default="")
    ordered_at = models.DateTimeField()
    offset_minutes = models.SmallIntegerField(null=True)
    known_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Status)
    status_said = models.CharField(max_length=60, blank=True, default="")
    test = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    rate = models.FloatField(null=True)
    total = models.BigIntegerField()
    discount = models.BigIntegerField(default=0)
    shipping = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    net = models.BigIntegerField()
    base_total = models.BigIntegerField(null=True)
    base_net = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=60, blank=True, default="")
    country = models.CharField(max_length=80, blank=True, default="")
    discount_code = models.CharField(max_length=200, blank=True, default="")
    tags = models.CharField(max_length=400, blank=True, default="")
    contact_name = models.CharField(max_length=300, blank=True, default="")
    line_count = models.IntegerField(default=0)
    gift_card_only = models.BooleanField(default=False)
    renewal = models.BooleanField(default=False)
    progress = models.CharField(max_length=60)
    payload_hash = models.CharField(max_length=32)
    import_id = models.BigIntegerField()
    changed = models.BigIntegerField(default=0, db_index=True)


class OrderLine(models.Model):
    """One line of an order. `net` is its share of the order's net revenue, after discounts, without tax."""

    order_id = models.BigIntegerField(db_index=True)
    position = models.IntegerField()
    variant_id = models.BigIntegerField(null=True)
    sku = models.CharField(max_length=200, blank=True, default="")
    title = models.CharField(max_length=400, blank=True, default="")
    kind = models.CharField(max_length=10, default="product")
    quantity = models.IntegerField()
    total = models.BigIntegerField()
    net = models.BigIntegerField()


class Refund(models.Model):
    """Money or goods given back. `refunded_at` is empty when the source does not say when; then `known_at` is the import.

    `said` is set on what an order's own cell says was refunded in all; `amount` is then the part not known one by one.
    A return that names no order (`order_id` empty) is matched to the customer's purchases when facts are refreshed.
    """

    id = models.BigIntegerField(primary_key=True)
    order_id = models.BigIntegerField(null=True, db_index=True)
    identifier_id = models.BigIntegerField(null=True, db_index=True)
    variant_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=30)
    source_key = models.CharField(max_length=200)
    refunded_at = models.DateTimeField(null=True)
    known_at = models.DateTimeField()
    amount = models.BigIntegerField()
    said = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    quantity = models.IntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    failed = models.BooleanField(default=False)
    payload_hash = models.CharField(max_length=32)
    import_id = models.BigIntegerField()
    changed = models.BigIntegerField(default=0, db_index=True)
