"""Campaigns: one letter to a segment, once."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _


class Campaign(models.Model):
    """A one-off send. letters: the competing versions, drawn evenly. starts: wall time, in each person's own zone.

    because: written for people, as its form says: who got the letter reads it on their page of the club, so nothing else is
    asked for; where it is empty they read what kind of message it was, never the name. The letter itself does not show it.
    reached: the last customer number that was decided about, so that a launch goes on where it ended.
    """

    class State(models.TextChoices):
        """A draft can be changed; a launched one only paused or stopped."""

        DRAFT = "draft", _("draft")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("everybody decided")

    name = models.CharField(_("name"), max_length=120)
    because = models.CharField(_("why these people, in one sentence"), max_length=300, blank=True, default="")
    condition = models.TextField(_("to whom (a condition; empty: everybody)"), blank=True, default="")
    purpose = models.CharField(max_length=10, default="news")
    channel = models.CharField(max_length=10, default="email")
    letters = models.JSONField(default=list)
    hold_out = models.FloatField(_("held out, in percent of the people"), default=10.0)
    starts = models.DateTimeField(_("earliest time, on each person's own clock"), null=True, blank=True)
    hours = models.PositiveIntegerField(_("hours after which it is too late"), default=72)
    most = models.PositiveIntegerField(_("to so many people at most"), null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    reached = models.BigIntegerField(default=-1)
    audience = models.PositiveIntegerField(default=0)
    made_by = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField()
    launched_at = models.DateTimeField(null=True)
    launched_by = models.CharField(max_length=150, blank=True, default="")

    def __str__(self) -> str:
        """The name."""
        return self.name

    @property
    def scope(self) -> str:
        """What a Stop names."""
        return f"campaign:{self.pk}"

    @property
    def source(self) -> str:
        """What its decisions and messages name."""
        return f"{self.scope}/1"

    @property
    def lasts(self) -> dt.timedelta:
        """From when it may go until it is too late."""
        return dt.timedelta(hours=self.hours)
