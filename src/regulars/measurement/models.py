"""What was found about a source of decisions, as it was kept."""

from django.db import models


class Lift(models.Model):
    """What one question about one source ("campaign:3/1") came to. data: as its module says; replaced when asked anew."""

    source = models.CharField(max_length=100)
    question = models.CharField(max_length=20)
    as_of = models.DateField()
    data = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "question"], name="lift_once")]
