"""What else is known of customers: attributes, and what happened with them on the timeline."""

from django.db import models
from django.utils.translation import gettext_lazy as _

DATES_OF_LISTS = ("birthday", "name_day", "wedding")
"""What the dates of an imported list may be. Never about a child."""


class Attribute(models.Model):
    """A kind of extra fact about customers: typed, with its sensitivity and the consent it needs."""

    class Type(models.TextChoices):
        """What the values are."""

        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        DATE = "date", _("date")
        BOOLEAN = "boolean", _("yes or no")
        CHOICE = "choice", _("choice")

    class Sensitivity(models.TextChoices):
        """`special` is health, belief and the like: off unless a person switches it on."""

        NORMAL = "normal", _("normal")
        PERSONAL = "personal", _("personal")
        SPECIAL = "special", _("special")

    key = models.SlugField(max_length=80, primary_key=True, allow_unicode=True)
    label = models.CharField(max_length=200)
    type = models.CharField(max_length=8, choices=Type, default=Type.TEXT)
    choices = models.JSONField(default=list, blank=True)
    sensitivity = models.CharField(max_length=8, choices=Sensitivity, default=Sensitivity.PERSONAL)
    consent_required = models.CharField(max_length=80, blank=True, default="")
    expires_after_days = models.PositiveIntegerField(null=True, blank=True)
    switched_on = models.BooleanField(default=False)
    occasion = models.CharField(max_length=10, blank=True, default="")

    def may_be(self, kind: str) -> bool:
        """Whether its values can be the dates of such an occasion."""
        return self.type == self.Type.DATE and kind in DATES_OF_LISTS


class AttributeValue(models.Model):
    """What one identifier's record says for one attribute, and where it came from."""

    id = models.BigIntegerField(primary_key=True)
    identifier_id = models.BigIntegerField(db_index=True)
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE)
    value = models.CharField(max_length=400)
    provenance = models.CharField(max_length=300)
    import_id = models.BigIntegerField(null=True)


class Event(models.Model):
    """One thing that happened with a customer, on the timeline: a review, a note, later a message or a visit."""

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=30)
    identifier_id = models.BigIntegerField(null=True, db_index=True)
    happened_at = models.DateTimeField(db_index=True)
    known_at = models.DateTimeField()
    actor = models.CharField(max_length=150, blank=True, default="")
    data = models.JSONField(default=dict)
    import_id = models.BigIntegerField(null=True)
    changed = models.BigIntegerField(default=0, db_index=True)
