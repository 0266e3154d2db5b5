"""What was decided: Decision and Reservation (written by gate.py alone), what is stopped, and the shop's contact rules."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.policy.budget import DEFAULT, Window


class Decision(models.Model):
    """One wish about one person, and its answer: treated, held out, or refused with the first reason.

    person_id: the customer when it was decided; identifier_id: the address it goes to. `todo` says what to do and is
    claimed by actions (`performed_at`). share and share_of_all: of people whom the play, and the shop as a whole, held out
    when the lot was drawn; weighed:
    what it was worth and what else there was, of plays that are chosen, and where versions of the words compete the chances
    of all and of the one that was drawn (`version_chance`). What became of a "yes" later is in `reason` and `ended_at`.
    """

    class Arm(models.TextChoices):
        """What became of the wish."""

        TREATED = "treated", _("yes")
        HELD_OUT = "held_out", _("held out")
        REFUSED = "refused", _("no")

    id = models.BigIntegerField(primary_key=True)
    person_id = models.BigIntegerField(db_index=True)
    identifier_id = models.BigIntegerField(db_index=True)
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=10)
    source = models.CharField(max_length=100)
    occurrence = models.CharField(max_length=60)
    priority = models.PositiveSmallIntegerField()
    arm = models.CharField(max_length=8, choices=Arm)
    reason = models.CharField(max_length=20, blank=True, default="")
    facts = models.JSONField(default=dict)
    because = models.CharField(max_length=300, blank=True, default="")
    todo = models.JSONField(default=dict)
    variant = models.PositiveSmallIntegerField(default=0)
    share = models.FloatField(null=True)
    share_of_all = models.FloatField(default=0.0)
    weighed = models.JSONField(default=dict)
    at = models.DateTimeField()
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    consent_id = models.BigIntegerField(null=True)
    performed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "source", "occurrence"], name="decision_once")]
        indexes = [
            models.Index(fields=["source", "arm", "reason"], name="decision_by_source"),
            models.Index(
                fields=["at", "id"], name="decision_to_perform", condition=models.Q(arm="treated", performed_at=None)
            ),
        ]


class Reservation(models.Model):
    """The slot that a decided contact takes from the person's budget. state: held (may still be displaced), used, released."""

    class State(models.TextChoices):
        """Held and used ones count."""

        HELD = "held", _("held")
        USED = "used", _("used")
        RELEASED = "released", _("released")

    decision = models.OneToOneField(Decision, primary_key=True, on_delete=models.CASCADE)
    identifier_id = models.BigIntegerField()
    counts_at = models.DateTimeField()
    priority = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.HELD)
    why = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["identifier_id", "counts_at"], name="reservation_of", condition=~models.Q(state="released")
            )
        ]


class Limit(models.Model):
    """So much of something there is: a stock, a budget in minor units, people a campaign may reach. used: by decisions that
    stand. Written by gate.py under its own lock, which comes after the customers'."""

    key = models.CharField(max_length=100, primary_key=True)
    most = models.BigIntegerField()
    used = models.BigIntegerField(default=0)
    actor = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField()


class Taken(models.Model):
    """What one decision took of a limit; given back when nothing comes of it."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    amount = models.BigIntegerField()
    given_back = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "key"], name="taken_once")]


class Belief(models.Model):
    """What is thought of a play's lift after the shop's own hold-outs; written by measurement, read when choosing. scope:
    "play:birthday"; assumed: what it was before; learned: what came of each month, newest last."""

    scope = models.CharField(primary_key=True, max_length=100)
    mean = models.FloatField()
    spread = models.FloatField()
    assumed = models.JSONField(default=dict)
    learned = models.JSONField(default=list)
    at = models.DateTimeField()


class Chances(models.Model):
    """With which chance each competing version of a play's words is drawn; written by measurement once a day, read when
    planning. source: "play:birthday/2"; day: the last one that was known of."""

    source = models.CharField(primary_key=True, max_length=100)
    chances = models.JSONField()
    day = models.DateField()


class Stop(models.Model):
    """A play, a channel or everything is stopped, by a person or by the brakes, until somebody ends it.

    scope: "everything", "channel:email", or a source such as "campaign:3".
    """

    scope = models.CharField(max_length=100)
    why = models.CharField(max_length=300)
    actor = models.CharField(max_length=150)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope"], condition=models.Q(ended_at=None), name="stop_once")]


ONLY_ROW = 1


class ContactRules(models.Model):
    """How often and when people may be contacted; one row. `hours`: channel -> [from, to], local; closed_days: dates.
    held_out_since: on which day the first lot of those left out of everything was drawn; each year from then on has its own.
    care_budget: minor units; None for as much as is worth it."""

    week = models.PositiveSmallIntegerField(_("marketing contacts in 7 days, at most"), default=DEFAULT[0].contacts)
    month = models.PositiveSmallIntegerField(_("marketing contacts in 30 days, at most"), default=DEFAULT[1].contacts)
    hours = models.JSONField(default=dict, blank=True)
    closed_days = models.JSONField(default=list, blank=True)
    held_out_of_everything = models.FloatField(default=0.0)
    held_out_since = models.DateField(null=True, blank=True, editable=False)
    care_budget = models.BigIntegerField(_("money a month for all plays"), null=True, blank=True)

    @property
    def budget(self) -> tuple[Window, ...]:
        """As policy asks it."""
        return (Window(DEFAULT[0].days, self.week), Window(DEFAULT[1].days, self.month))

    def closed(self) -> tuple[dt.date, ...]:
        """The shop's own closed days."""
        return tuple(dt.date.fromisoformat(day) for day in self.closed_days)


def contact_rules() -> ContactRules:
    """The rules in force, with defaults when nobody has changed them."""
    return ContactRules.objects.filter(pk=ONLY_ROW).first() or ContactRules(pk=ONLY_ROW)
