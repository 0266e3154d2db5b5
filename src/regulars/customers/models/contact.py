"""May they be contacted, how, and for which days: consent, suppressions, pauses, preferences, occasions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
        GOODBYE = "paused_goodbye", _("was told goodbye")

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
