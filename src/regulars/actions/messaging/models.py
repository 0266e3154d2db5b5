"""The outbox: one row a message, what happened to it, and through which account mail leaves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One message to one person, once for each source and occurrence.

    planned: waits for its time. ready: claimed by a worker, nothing handed over. sending: durable before the first byte
    leaves. sent, failed, unknown: what the server said, or that nobody knows. refused, cancelled, expired: never handed over.
    """

    class State(models.TextChoices):
        """What became of it."""

        PLANNED = "planned", _("waiting")
        READY = "ready", _("next to go")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("not known")
        FAILED = "failed", _("failed")
        REFUSED = "refused", _("not sent")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("too late")

    class Result(models.TextChoices):
        """What came back later."""

        DELIVERED = "delivered", _("delivered")
        BOUNCED = "bounced", _("bounced")
        COMPLAINED = "complained", _("reported as spam")

    id = models.BigIntegerField(primary_key=True)
    decision_id = models.BigIntegerField(null=True, db_index=True)
    person_id = models.BigIntegerField()
    identifier_id = models.BigIntegerField(db_index=True)
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=10)
    marketing = models.BooleanField()
    source = models.CharField(max_length=100)
    occurrence = models.CharField(max_length=60)
    priority = models.PositiveSmallIntegerField(default=5)
    letter_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    reason = models.CharField(max_length=20, blank=True, default="")
    detail = models.CharField(max_length=300, blank=True, default="")
    result = models.CharField(max_length=10, choices=Result, blank=True, default="")
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=40, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    provider_id = models.CharField(max_length=200, blank=True, default="")
    cost_minor = models.IntegerField(default=0)
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "source", "occurrence"], name="message_once")]
        # The claim orders by exactly these columns: with any other order it walks past every row ever sent.
        indexes = [
            models.Index(
                fields=["marketing", "not_before", "id"], name="message_waiting", condition=models.Q(state="planned")
            ),
            models.Index(
                fields=["lease_until"], name="message_leased", condition=models.Q(state__in=["ready", "sending"])
            ),
            models.Index(fields=["source", "state"], name="message_by_source"),
            models.Index(
                fields=["sent_at"], name="message_left", condition=models.Q(marketing=True, sent_at__isnull=False)
            ),
            models.Index(
                fields=["provider_id"], name="message_by_provider",
                condition=models.Q(channel="sms") & ~models.Q(provider_id=""),
            ),
        ]  # fmt: skip


class MessageEvent(models.Model):
    """Something that happened to a message later: "delivered", or what a mail said of it. Repeated, it is one.

    kind: "delivered" or one of `reports.KINDS`. machine: done by a scanner, not by a person.
    """

    message_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=12)
    raw_id = models.CharField(max_length=200, unique=True)
    machine = models.BooleanField(default=False)
    detail = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="event_bad", condition=models.Q(kind__in=["hard", "complaint"])),
        ]


class Account(models.Model):
    """How messages leave: by a mail server, a provider, or not at all (the viewer in the console). One row a channel.

    "sms": provider is one of `sms.providers`, user and password the account there, from_name the number or name that sends.
    "webhook": public_url is the endpoint, password its secret. "card": only for the address at which a printer reports.
    E-mail by a provider: what user and host mean there is told by `email.providers`; hook_key is what it signs its reports with.
    hook_number: how often the address for reports was changed; an earlier one is worth nothing.
    allowed: addresses that may be written to, a line each; "*" everybody. Until the owner has said so, nothing leaves.
    """

    class Way(models.TextChoices):
        """The viewer keeps what would have been sent."""

        VIEWER = "viewer", _("show in the console, send nothing")
        SMTP = "smtp", _("a mail server (SMTP)")
        PROVIDER = "provider", _("a provider's API")

    class Security(models.TextChoices):
        """How the connection is protected."""

        TLS = "tls", "TLS"
        STARTTLS = "starttls", "STARTTLS"
        NONE = "none", _("none (this machine only)")

    channel = models.CharField(max_length=10, primary_key=True)
    way = models.CharField(_("how mail leaves"), max_length=10, choices=Way, default=Way.VIEWER)
    host = models.CharField(_("server"), max_length=200, blank=True, default="")
    port = models.PositiveIntegerField(_("port"), default=587)
    security = models.CharField(_("security"), max_length=10, choices=Security, default=Security.STARTTLS)
    user = models.CharField(_("user"), max_length=200, blank=True, default="")
    password = models.CharField(_("password or API key"), max_length=500, blank=True, default="")
    provider = models.CharField(_("provider"), max_length=30, blank=True, default="")
    from_name = models.CharField(_("sender's name"), max_length=100, blank=True, default="")
    from_address = models.EmailField(_("address for news and care"), blank=True, default="")
    order_address = models.EmailField(_("address for letters about orders"), blank=True, default="")
    reply_to = models.EmailField(_("replies go to"), blank=True, default="")
    bounce_host = models.CharField(_("host name for bounces"), max_length=200, blank=True, default="")
    postal_address = models.CharField(_("the shop's postal address"), max_length=300, blank=True, default="")
    public_url = models.URLField(_("public address of the club"), blank=True, default="")
    allowed = models.TextField(_("addresses that may be written to"), blank=True, default="")
    per_minute = models.PositiveIntegerField(_("messages a minute, at most"), default=600)
    warm_up = models.BooleanField(_("begin slowly with a new address"), default=True)
    hook_key = models.CharField(_("key that signs reports"), max_length=500, blank=True, default="")
    hook_number = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    paused_why = models.CharField(max_length=300, blank=True, default="")

    def may_reach(self, address: str) -> bool:
        """Whether this address is on the allow-list."""
        lines = {line.strip().lower() for line in self.allowed.splitlines() if line.strip()}
        return "*" in lines or address.lower() in lines or f"@{address.lower().rpartition('@')[2]}" in lines


class Bucket(models.Model):
    """How many more messages may leave by an account: `tokens` when they were last counted (`policy.rates`).

    key: "email:marketing" and "email:other" for the speed, "email:2026-11-18" for what is left of a day's ceiling, which is
    kept with ":ceiling" after it.
    """

    key = models.CharField(max_length=40, primary_key=True)
    tokens = models.FloatField()
    at = models.DateTimeField()


class Viewed(models.Model):
    """A message as it would have left, for the viewer in the console."""

    message_id = models.BigIntegerField(primary_key=True)
    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=300)
    raw = models.BinaryField()
    at = models.DateTimeField(db_index=True)


class LinkCount(models.Model):
    """How often one link of a letter's version was followed on one day (of the shop); never by whom.

    number: the place of the link in the version, from 0. machines: clicks that look like a mail filter's or a robot's.
    """

    version_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    day = models.DateField()
    people = models.IntegerField(default=0)
    machines = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version_id", "number", "day"], name="link_count_once")]
