"""Tasks for staff: a card or a call to one person, once for each decision."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks by where they stand."""

    def due(self, at: dt.datetime) -> "TaskQuerySet":
        """What somebody may take up now, what ends soonest first."""
        return self.filter(state=Task.State.OPEN, not_before__lte=at).order_by("expires_at", "pk")


class Task(models.Model):
    """A card or a call. text: the words of the card, or what to talk about; outcome: what came of it, in staff's words.

    open: waits for a hand. taken: somebody has it (a card: it is printed). done, missed (too late), cancelled (the gate
    said no; `reason` says why). by and at: who changed it last, and when. result: what came of a call, as a word that
    counts (`hearing`). batch_id: the batch a card was printed in.
    """

    class Kind(models.TextChoices):
        """What is to be done."""

        CARD = "card", _("card")
        CALL = "call", _("call")

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("to do")
        TAKEN = "taken", _("in hand")
        DONE = "done", _("done")
        MISSED = "missed", _("too late")
        CANCELLED = "cancelled", _("cancelled")

    class Result(models.TextChoices):
        """What came of a call."""

        WELL = "well", _("spoke with them, all is well")
        COMPLAINT = "complaint", _("spoke with them, they complain")
        NOT_REACHED = "not_reached", _("nobody answered")
        WRONG_NUMBER = "wrong_number", _("wrong number")
        NO_CALLS = "no_calls", _("they want no calls")

    decision_id = models.BigIntegerField(unique=True)
    person_id = models.BigIntegerField(db_index=True)
    identifier_id = models.BigIntegerField()
    kind = models.CharField(max_length=4, choices=Kind)
    subject = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    reason = models.CharField(max_length=20, blank=True, default="")
    outcome = models.CharField(max_length=1000, blank=True, default="")
    result = models.CharField(max_length=12, choices=Result, blank=True, default="")
    batch_id = models.BigIntegerField(null=True, db_index=True)
    by = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField()

    objects = TaskQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before", "id"], name="task_waiting", condition=models.Q(state__in=["open", "taken"])
            )
        ]


class Batch(models.Model):
    """Cards that were printed together, and how, so that the one who has them can print them again.

    profile, sheet: names in `card.formats`. bleed: mm, or None for the profile's own. font: a file name of `faces.installed`, or ""
    for whichever prints all names. start: the first free place on the sheet of labels, counted from 1.
    """

    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    profile = models.CharField(max_length=30)
    bleed = models.FloatField(null=True)
    font = models.CharField(max_length=100, blank=True, default="")
    signed_by = models.CharField(max_length=100, blank=True, default="")
    sender = models.CharField(max_length=200, blank=True, default="")
    sheet = models.CharField(max_length=30)
    start = models.PositiveSmallIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["by", "at"], name="batch_of")]
