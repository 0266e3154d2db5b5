"""What was imported, when, from which files, and how it went."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.sources.source import CannotRead


class Import(models.Model):
    """One import: queued by a person or a command, claimed by a worker, done or failed; it can be undone whole."""

    class State(models.TextChoices):
        """`looking` is read for a preview; `ready` waits for a person who looks at it."""

        LOOKING = "looking", _("being read")
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
    mistake = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-pk"]

    def note_mistake(self, error: CannotRead | None) -> None:
        """Keep why the files cannot be read, as text and so that it can be translated; None forgets it."""
        self.error = str(error) if error else ""
        self.mistake = {"text": error.text, "values": error.values} if error else {}


UNDER_WAY = (Import.State.LOOKING, Import.State.QUEUED, Import.State.RUNNING)


class SavedMapping(models.Model):
    """A column mapping the merchant corrected once, found again by the file's header."""

    header_hash = models.CharField(max_length=64, primary_key=True)
    mapping = models.JSONField()
    at = models.DateTimeField()
