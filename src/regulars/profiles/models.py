"""Profiles, and the numbers and answers that were computed with them."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.profiles.dictionary import COLUMNS


class ProfileBase(models.Model):
    """One row a customer; the columns are those of the data dictionary."""

    customer_id = models.BigIntegerField(primary_key=True)

    class Meta:
        abstract = True


Profile: Any = type(
    "Profile",
    (ProfileBase,),
    {column.name: column.field() for column in COLUMNS}
    | {
        "__module__": __name__,
        "__doc__": "What we believe of a customer today (profiles/dictionary.py says what each column means).",
        "Meta": type(
            "Meta",
            (),
            {
                "indexes": [
                    models.Index(fields=["stage", "-net_a_year"], name="profile_slipping"),
                    models.Index(fields=["-net_total"], name="profile_worth"),
                    models.Index(fields=["-last_day"], name="profile_recent"),
                    models.Index(fields=["value_grade"], name="profile_grade"),
                    models.Index(fields=["rfm_segment"], name="profile_corner"),
                ]
            },
        ),
    },
)


class Number(models.Model):
    """A published value of one of the two numbers, as of one day; `details` is what stands beside it."""

    metric = models.CharField(max_length=20)
    as_of = models.DateField()
    value = models.FloatField(null=True)
    n = models.IntegerField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    window_from = models.DateField(null=True)
    window_to = models.DateField(null=True)
    details = models.JSONField(default=dict)
    computed_at = models.DateTimeField()
    identity_version = models.PositiveIntegerField()
    definition_version = models.PositiveIntegerField()
    settings_version = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["metric", "as_of", "definition_version"], name="number_once")]


class Restatement(models.Model):
    """A published value that changed, and why: identities, settings, or facts that came late."""

    class Why(models.TextChoices):
        """The versions tell."""

        IDENTITY = "identity", _("customers were united or taken apart")
        SETTINGS = "settings", _("the shop's settings changed")
        FACTS = "facts", _("facts came in late")

    metric = models.CharField(max_length=20)
    as_of = models.DateField()
    old = models.FloatField(null=True)
    new = models.FloatField(null=True)
    old_n = models.IntegerField()
    new_n = models.IntegerField()
    why = models.CharField(max_length=10, choices=Why)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-as_of"]


class Answer(models.Model):
    """The answer to a question about the whole shop, as the pages draw it. One row a question, replaced at refresh."""

    question = models.CharField(max_length=40, primary_key=True)
    as_of = models.DateField()
    computed_at = models.DateTimeField()
    data = models.JSONField()


class Segment(models.Model):
    """A named condition on profiles (segments.py)."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    condition = models.TextField(_("condition"))
    actor = models.CharField(max_length=150, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
