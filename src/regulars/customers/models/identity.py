"""Who is one person: customers, identifiers, the evidence and the merge ledger, suggestions, relations.

An identifier is the atom: it gets its customer number (its own id) when first seen and keeps it. A customer is the
set of identifiers that active merges connect; `Identifier.customer_id` is derived from the ledger (identity.py).
Facts name the identifier they came with and never move.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Customer(models.Model):
    """A person that buys. The id is that of the identifier the person is known by; contact details are the newest seen."""

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=300, blank=True, default="")
    email = models.CharField(max_length=320, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    company = models.CharField(max_length=300, blank=True, default="")
    address = models.CharField(max_length=400, blank=True, default="")
    city = models.CharField(max_length=200, blank=True, default="")
    postcode = models.CharField(max_length=40, blank=True, default="")
    region = models.CharField(max_length=120, blank=True, default="")
    country = models.CharField(max_length=80, blank=True, default="")
    tags = models.CharField(max_length=400, blank=True, default="")
    seen_at = models.DateTimeField(null=True)
    changed = models.BigIntegerField(default=0, db_index=True)

    def __str__(self) -> str:
        """The name, else the e-mail, else the phone, else the number."""
        return self.name or self.email or self.phone or f"#{self.pk}"


class Identifier(models.Model):
    """One way to recognise a customer: the shop's customer number, an e-mail address or a phone number."""

    class Kind(models.TextChoices):
        """In order of trust."""

        ACCOUNT = "account", _("customer number")
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=400)
    customer_id = models.BigIntegerField(db_index=True)
    blocked = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=300, blank=True, default="")
    company = models.CharField(max_length=300, blank=True, default="")
    address = models.CharField(max_length=400, blank=True, default="")
    city = models.CharField(max_length=200, blank=True, default="")
    postcode = models.CharField(max_length=40, blank=True, default="")
    region = models.CharField(max_length=120, blank=True, default="")
    country = models.CharField(max_length=80, blank=True, default="")
    tags = models.CharField(max_length=400, blank=True, default="")
    seen_at = models.DateTimeField(null=True)
    changed = models.BigIntegerField(default=0, db_index=True)


class Evidence(models.Model):
    """Why identifiers may belong together: seen on one fact (`other_id`), or the name it was used with (`name`).

    `fingerprint` is that of the import, so the same file read twice adds nothing and an undone import takes its own away.
    """

    id = models.BigIntegerField(primary_key=True)
    identifier_id = models.BigIntegerField(db_index=True)
    other_id = models.BigIntegerField(null=True, db_index=True)
    name = models.CharField(max_length=300, blank=True, default="")
    fingerprint = models.CharField(max_length=64, db_index=True)


class MergeEvent(models.Model):
    """One entry of the merge ledger. Entries are only added; the newest for a pair decides (`seq` is their order)."""

    class Kind(models.TextChoices):
        """`merge` connects two identifiers; `undo` takes one such connection back."""

        MERGE = "merge", _("merged")
        UNDO = "undo", _("taken apart")

    seq = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=6, choices=Kind)
    left_id = models.BigIntegerField(db_index=True)
    right_id = models.BigIntegerField(db_index=True)
    rule = models.CharField(max_length=40)
    evidence = models.CharField(max_length=400, blank=True, default="")
    actor = models.CharField(max_length=150, default="system")
    at = models.DateTimeField()
    undoes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="undone_by")

    class Meta:
        ordering = ["seq"]


class Suggestion(models.Model):
    """Two customers who may be one person. A person answers; nothing is merged unasked."""

    class State(models.TextChoices):
        """Open until a person answers."""

        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField()
    score = models.FloatField()
    evidence = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    actor = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["left_id", "right_id"], name="suggestion_once")]


class Relation(models.Model):
    """An edge between two customers at one address. Never a merge, never part of a number."""

    class Kind(models.TextChoices):
        """Neutral words: they are shown."""

        HOUSEHOLD = "household", _("same household")
        WORKPLACE = "workplace", _("same workplace")

    left_id = models.BigIntegerField(db_index=True)
    right_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    evidence = models.CharField(max_length=400)
    hidden = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["left_id", "right_id", "kind"], name="relation_once")]
