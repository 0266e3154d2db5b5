"""What was chosen for a day: one plan a day, and in it one play for each person who shall get one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.plays.models.play import Play


class DayPlan(models.Model):
    """The choice of one day, made once. asked: people whom any play was meant for; gap: to the best there could be, as a
    share; prices: what one more of each limit would have brought; counts: by play, how many were meant and chosen."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()
    asked = models.PositiveIntegerField(default=0)
    gap = models.FloatField(default=0.0)
    prices = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    facts_version = models.PositiveBigIntegerField(default=0)


class Proposal(models.Model):
    """One play for one person on one day, before the gate was asked. weighed: what it is worth and why, in minor units."""

    class State(models.TextChoices):
        """waiting for a yes; agreed: by somebody or by the play itself; decided: the gate has answered."""

        WAITING = "waiting", _("waits for your yes")
        AGREED = "agreed", _("agreed")
        DECIDED = "decided", _("decided")
        DECLINED = "declined", _("left out")
        OVER = "over", _("the day passed")

    day = models.DateField()
    play = models.ForeignKey(Play, on_delete=models.CASCADE)
    version = models.PositiveIntegerField()
    person_id = models.BigIntegerField()
    occurrence = models.CharField(max_length=60)
    weighed = models.JSONField(default=dict)
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    by = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "person_id"], name="proposal_one_a_day")]
        indexes = [
            models.Index(fields=["state", "id"], name="proposal_waiting", condition=models.Q(state__in=["waiting", "agreed"])),
            models.Index(fields=["play", "day"], name="proposal_of_play"),
            models.Index(fields=["person_id"], name="proposal_of_person"),
        ]  # fmt: skip
