"""Rehearsals that somebody asked for, and what they found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

WHOLE_PLAN = ""


class Rehearsal(models.Model):
    """One play as it is written when its turn comes, or with the name WHOLE_PLAN all that are on. data: as `rehearse.rehearse`
    or `rehearse_plan.rehearse` says."""

    class State(models.TextChoices):
        """A worker takes those that wait; one that fails is not tried again."""

        WAITING = "waiting", _("waits for the worker")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    play_name = models.CharField(max_length=60, db_index=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    data = models.JSONField(default=dict)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["play_name"], condition=models.Q(state="waiting"), name="rehearsal_one_waiting"
            )
        ]
