"""Letters: blocks of words in each language, in versions that are never changed once used."""

from django.db import models


class Letter(models.Model):
    """A letter by name; what it says is in its versions. count_clicks: how often its links are followed (never by whom).

    told: why people get it, by language, in words for them; empty where nobody wrote any. Never changed.
    """

    name = models.CharField(max_length=200)
    count_clicks = models.BooleanField(default=False)
    told = models.JSONField(default=dict)
    made_by = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField()

    def __str__(self) -> str:
        """The name."""
        return self.name


class Version(models.Model):
    """What a letter says in one language. The newest of a language is used; older ones stay, for what was sent with them.

    blocks: a list of {"kind": "text" | "heading" | "button" | "picture" | "divider" | "signature", ...} (blocks.py).
    attachments: a list of {"name", "kind", "hash", "size"} (enclosures.py).
    """

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="versions")
    language = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=300)
    preview = models.CharField(max_length=300, blank=True, default="")
    blocks = models.JSONField(default=list)
    html = models.TextField()
    text = models.TextField()
    attachments = models.JSONField(default=list)
    made_by = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "language", "number"], name="version_once")]
        ordering = ["letter_id", "language", "number"]


class Enclosure(models.Model):
    """What a file that goes with letters holds, by its SHA-256; written once, never changed."""

    hash = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()
