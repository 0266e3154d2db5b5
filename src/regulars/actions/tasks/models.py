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
    said no; `reason` says why). by and at: who changed it last, and when.
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
    by = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField()

    objects = TaskQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before", "id"], name="task_waiting", condition=models.Q(state__in=["open", "taken"])
            )
        ]
