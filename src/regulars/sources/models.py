"""What was imported, when, from which files, and how it went."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """One import: queued by a person or a command, claimed by a worker, done or failed; it can be undone whole."""

    class State(models.TextChoices):
        """`ready` waits for a person who looks at the preview first."""

        READY = "ready", _("waiting for your go-ahead")
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        UNDONE = "undone", _("undone")

    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    files = models.JSONField(default=list)
    format = models.CharField(max_length=30, default="auto")
    mapping = models.JSONField(default=dict, blank=True)
    actor = models.CharField(max_length=150, default="")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    progress = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-pk"]


class SavedMapping(models.Model):
    """A column mapping the merchant corrected once, found again by the file's header."""

    header_hash = models.CharField(max_length=64, primary_key=True)
    mapping = models.JSONField()
    at = models.DateTimeField()
