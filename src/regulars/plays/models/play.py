"""Plays that were switched on or that the merchant wrote, each with every version it had."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Play(models.Model):
    """What the merchant chose about a play. version: the one in force; share: of people held out, by how long it is known;
    began: when it was first on; planned: people whom it will meet in a year, as was thought then (its results are
    narrowest there, and fixed by it); per_day: people at most, instead of what the play says."""

    class State(models.TextChoices):
        """All begin off."""

        OFF = "off", _("off")
        ON = "on", _("on")

    class Mode(models.TextChoices):
        """All begin by asking."""

        ASK = "ask first", _("asks you first")
        AUTOMATIC = "automatic", _("acts by itself")

    name = models.CharField(primary_key=True, max_length=60)
    state = models.CharField(max_length=3, choices=State, default=State.OFF)
    mode = models.CharField(max_length=9, choices=Mode, default=Mode.ASK)
    version = models.PositiveIntegerField(default=0)
    share = models.FloatField(default=0.5)
    began = models.DateField(null=True)
    planned = models.PositiveIntegerField(default=0)
    per_day = models.PositiveIntegerField(_("people a day at most"), null=True, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """The name."""
        return self.name

    @property
    def scope(self) -> str:
        """What a Stop names."""
        return f"play:{self.name}"

    @property
    def source(self) -> str:
        """What decisions of the version in force name."""
        return f"{self.scope}/{self.version}"


class PlayVersion(models.Model):
    """What a play said from a time on; never changed. text: its play.toml; words: its files by name; letters: by the name
    of the words, the letter they became. own: written by the merchant, not brought by the product."""

    play = models.ForeignKey(Play, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    words = models.JSONField(default=dict)
    letters = models.JSONField(default=dict)
    own = models.BooleanField(default=False)
    made_by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["play", "number"], name="play_version_once")]
        ordering = ["play_id", "number"]


class Switch(models.Model):
    """Who changed what about a play, when and why: on, off, how it acts, how many are held out."""

    play = models.ForeignKey(Play, on_delete=models.CASCADE, related_name="switches")
    what = models.CharField(max_length=20)
    why = models.CharField(max_length=300, blank=True, default="")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
