"""The shop itself: name, currency, zone, and the choices behind its numbers. One row."""

import secrets

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.shop import current

ONLY_ROW = 1
WEB_ADDRESS = r"^[A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,}(:\d+)?(/[A-Za-z0-9._~/-]*)?$"


def _salt() -> str:
    return secrets.token_hex(16)


class Shop(models.Model):
    """The one row of settings a merchant can change; every change raises `settings_version`."""

    name = models.CharField(_("name"), max_length=200, default="My shop")
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    currency_chosen = models.BooleanField(default=False)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    opened = models.DateField(_("opening day, when the orders reach back to it"), null=True, blank=True)
    margin_percent = models.PositiveSmallIntegerField(
        _("margin when a product has no cost, in percent"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("days in which a second order counts"), default=90, validators=[MinValueValidator(30), MaxValueValidator(365)]
    )
    excluded_tags = models.CharField(
        _("tags of orders that do not count (staff, wholesale)"), max_length=400, blank=True, default=""
    )
    rates = models.JSONField(default=dict, blank=True)
    settings_version = models.PositiveIntegerField(default=1)
    identity_version = models.PositiveIntegerField(default=0)
    facts_version = models.PositiveBigIntegerField(default=0)
    lake_epoch = models.PositiveIntegerField(default=0)
    refreshed_version = models.PositiveBigIntegerField(default=0)
    refreshed_on = models.DateField(null=True)
    set_up = models.BooleanField(default=False)
    country = models.CharField(_("country (two letters)"), max_length=2, blank=True, default="")
    website = models.CharField(
        _("web address of the shop, without https://"),
        max_length=200,
        blank=True,
        default="",
        validators=[RegexValidator(WEB_ADDRESS)],
    )
    salt = models.CharField(max_length=64, default=_salt)

    def tags_left_out(self) -> tuple[str, ...]:
        """The excluded tags, lower case."""
        return tuple(tag.strip().lower() for tag in self.excluded_tags.split(",") if tag.strip())


def the_shop() -> Shop:
    """The settings of the shop at hand, made with defaults when absent."""
    shop, _made = Shop.objects.get_or_create(pk=ONLY_ROW)
    return shop


def next_facts_version() -> int:
    """A number larger than any committed change of facts.

    Call it first inside the writing transaction: the row lock is held until commit, so numbers become visible in
    order and "everything above the last number I saw" never skips a change.
    """
    with current.connection().cursor() as cursor:
        cursor.execute(
            "UPDATE shop_shop SET facts_version = facts_version + 1 WHERE id = %s RETURNING facts_version", [ONLY_ROW]
        )
        row = cursor.fetchone()
    if row is None:
        the_shop()
        return next_facts_version()
    return int(row[0])
