"""Who the customers are: identifiers, the merge ledger, consent, attributes, relations and the timeline.

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


class Consent(models.Model):
    """What an address said yes or no to, append-only: the newest word counts. An imported yes is only `claimed`.

    purpose "": all of marketing. basis, wording, actor and provenance are the proof; valid_until, where a market sets an end.
    """

    class State(models.TextChoices):
        """Never asked is the absence of a row."""

        CLAIMED = "claimed", _("yes, says the shop's export")
        CLAIMED_NO = "claimed_no", _("no, says the shop's export")
        DENIED = "denied", _("no")
        GRANTED = "granted", _("yes, with proof")

    class Basis(models.TextChoices):
        """Why a yes is one."""

        EXPRESS = "express", _("said so")
        SOFT_OPT_IN = "soft_opt_in", _("bought, and could refuse")
        CONTRACT = "contract", _("part of the contract")

    id = models.BigIntegerField(primary_key=True)
    identifier_id = models.BigIntegerField(db_index=True)
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=10, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=State)
    basis = models.CharField(max_length=12, choices=Basis, blank=True, default="", db_default="")
    wording = models.CharField(max_length=1000, blank=True, default="", db_default="")
    provenance = models.CharField(max_length=300)
    actor = models.CharField(max_length=150, blank=True, default="", db_default="")
    at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    import_id = models.BigIntegerField(null=True)


class Attestation(models.Model):
    """The owner's word on how consent came about: it turns what an export claims into a basis. Ended, never deleted."""

    class Kind(models.TextChoices):
        """Of the claims of imports, or of the rule that buyers may be written to."""

        CLAIMED = "claimed", _("the consent in our customer lists")
        SOFT_OPT_IN = "soft_opt_in", _("buyers could refuse when they bought")

    kind = models.CharField(max_length=12, choices=Kind)
    channel = models.CharField(max_length=10)
    wording = models.CharField(max_length=1000)
    period = models.CharField(max_length=200, blank=True, default="")
    actor = models.CharField(max_length=150)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Suppression(models.Model):
    """An address that gets nothing, as a salted hash: it outlives erasure, re-import and merges.

    all_mail: not even letters about orders (the address does not exist). Lifted only by a row's end.
    """

    class Why(models.TextChoices):
        """What led to it."""

        BOUNCE = "bounce", _("the address does not exist")
        COMPLAINT = "complaint", _("reported as spam")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed from everything")
        ERASED = "erased", _("asked to be erased")
        BEREAVEMENT = "bereavement", _("the person has died")
        STAFF = "staff", _("by staff")

    channel = models.CharField(max_length=10)
    value_hash = models.CharField(max_length=64, db_index=True)
    why = models.CharField(max_length=12, choices=Why)
    all_mail = models.BooleanField(default=False)
    provenance = models.CharField(max_length=300, blank=True, default="")
    actor = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "value_hash", "why"], condition=models.Q(lifted_at=None), name="suppression_once"
            )
        ]


class Pause(models.Model):
    """A person is left in peace for a time, on every channel. until: None for good. Ended, never deleted."""

    class Why(models.TextChoices):
        """What led to it; the words are those of `policy.reasons`."""

        PERSON = "paused_person", _("asked to be left alone")
        CASE = "paused_case", _("has an open complaint")
        RETURN = "paused_return", _("is returning something")
        BEREAVEMENT = "paused_bereavement", _("has lost somebody")
        COMPLAINT = "paused_complaint", _("reported a message as spam")
        STAFF = "paused_staff", _("paused by staff")

    identifier_id = models.BigIntegerField(db_index=True)
    why = models.CharField(max_length=20, choices=Why)
    key = models.CharField(max_length=100, blank=True, default="")
    actor = models.CharField(max_length=150)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identifier_id", "why", "key"], condition=models.Q(ended_at=None), name="pause_once"
            )
        ]


class Preference(models.Model):
    """What a person chose about how to be contacted, with the identifier it was said with; the newest counts."""

    identifier_id = models.BigIntegerField(primary_key=True)
    zone = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    less_often = models.BooleanField(default=False)
    at = models.DateTimeField()


class Occasion(models.Model):
    """A day that a person told us, with the identifier it was said with; never inferred. kind "child": the month of a
    child's birth, under a consent of its own (wording, until when), deleted when that ends. year: when it began, if told."""

    class Kind(models.TextChoices):
        """The words are those of `policy.occasions`, and a child's months."""

        BIRTHDAY = "birthday", _("birthday")
        NAME_DAY = "name_day", _("name day")
        WEDDING = "wedding", _("wedding day")
        CUSTOM = "custom", _("another day")
        CHILD = "child", _("a child's month of birth")

    class Calendar(models.TextChoices):
        """In which it comes round."""

        SOLAR = "solar", _("solar calendar")
        LUNAR = "lunar", _("lunar calendar")
        LUNAR_LEAP = "lunar_leap", _("lunar calendar, leap month")

    id = models.BigIntegerField(primary_key=True)
    identifier_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    label = models.CharField(max_length=100, blank=True, default="")
    month = models.PositiveSmallIntegerField()
    day = models.PositiveSmallIntegerField()
    year = models.SmallIntegerField(null=True)
    calendar = models.CharField(max_length=10, choices=Calendar, default=Calendar.SOLAR)
    rule = models.CharField(max_length=10, blank=True, default="")
    wording = models.CharField(max_length=1000, blank=True, default="")
    provenance = models.CharField(max_length=300)
    actor = models.CharField(max_length=150)
    at = models.DateTimeField()
    consent_until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identifier_id", "kind", "label"], name="occasion_once")]
        indexes = [models.Index(fields=["calendar", "month", "day"], name="occasion_by_day")]


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
