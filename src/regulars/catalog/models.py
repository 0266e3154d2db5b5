"""What the shop sells: products, their variants, what they cost, and every price they had."""

from django.db import models


class Variant(models.Model):
    """One thing that can be bought. Known from the catalogue, or only from an order line that named it."""

    id = models.BigIntegerField(primary_key=True)
    product_id = models.BigIntegerField(db_index=True)
    sku = models.CharField(max_length=200, blank=True, default="")
    title = models.CharField(max_length=400, blank=True, default="")
    product_title = models.CharField(max_length=400, blank=True, default="")
    vendor = models.CharField(max_length=200, blank=True, default="")
    category = models.CharField(max_length=200, blank=True, default="")
    price = models.BigIntegerField(null=True)
    compare_at_price = models.BigIntegerField(null=True)
    cost = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    listed = models.BooleanField(default=False)
    changed = models.BigIntegerField(default=0, db_index=True)


class PriceChange(models.Model):
    """A price or cost that a variant got, written in the same transaction as the change. Only added to."""

    variant_id = models.BigIntegerField(db_index=True)
    price = models.BigIntegerField(null=True)
    compare_at_price = models.BigIntegerField(null=True)
    cost = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    at = models.DateTimeField()
    import_id = models.BigIntegerField(null=True)
