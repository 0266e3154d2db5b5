"""What was found about a source of decisions, and what was forecast of people when their days were over, as it was kept."""

from django.db import models


class Lift(models.Model):
    """What one question about one source ("campaign:3/1") came to. data: as its module says; replaced when asked anew."""

    source = models.CharField(max_length=100)
    question = models.CharField(max_length=20)
    as_of = models.DateField()
    data = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "question"], name="lift_once")]


class Outlook(models.Model):
    """What was forecast of somebody in the night their days after a play were over; written once, never changed.

    source: as of a Lift; identifier_id: of the address that was decided about, so that it outlasts merges; day: of the profile
    that told it, later than the end of the days where no night ran then; margin: of the year to come, in minor units, None
    where nothing was forecast.
    """

    source = models.CharField(max_length=100)
    identifier_id = models.BigIntegerField()
    day = models.DateField()
    margin = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "identifier_id"], name="outlook_once")]
