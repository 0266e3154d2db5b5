"""How the shop may and does reach people: consent, the contact budget, and the way mail leaves. For owners."""

import datetime as dt
from collections.abc import Iterable

from django.contrib import messages as told
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.actions.messaging import asking, hooks
from regulars.actions.messaging.accounts import account_of, try_out
from regulars.actions.messaging.channels.email.providers import PROVIDERS, safe
from regulars.actions.messaging.channels.port import Outcome
from regulars.actions.messaging.models import Account
from regulars.console.views import letters
from regulars.console.views.provider_fields import look_at, mail_choices, mail_fields, mail_notes
from regulars.customers import reach
from regulars.customers.consenting import Proof, say
from regulars.customers.models import Attestation, Customer, Identifier
from regulars.decisions.models import ONLY_ROW, ContactRules, contact_rules
from regulars.policy.markets import MarketError, rules_of
from regulars.profiles.people import minor_per_major
from regulars.shop.models import the_shop

TEXTS = (
    "host",
    "user",
    "from_name",
    "from_address",
    "order_address",
    "reply_to",
    "bounce_host",
    "postal_address",
    "public_url",
    "allowed",
)
WHO_WRITES = ("from_address", "postal_address", "public_url")
SECRETS = ("password", "hook_key")
CONTACTS = range(0, 32)
ATTESTED = ("email", "sms", "phone")
LEFT_OUT_MAX = 20
BUDGET_MAX = 1e12
CLOCK = r"%H:%M"


def only_owners(request: HttpRequest) -> None:
    """Raises PermissionDenied for anybody else."""
    if not request.user.is_staff:
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """Who may be written to, and how the owner came by their yes."""
    if request.method == "POST":
        only_owners(request)
        wording = request.POST.get("wording", "").strip()
        kind = request.POST.get("kind")
        if wording and kind in Attestation.Kind.values:
            Attestation.objects.create(
                kind=kind, channel=_one_of(ATTESTED, request.POST.get("channel"), "email"), wording=wording[:1000], period=request.POST.get("period", "").strip()[:200],
                actor=request.user.get_username(), at=timezone.now(),
            )  # fmt: skip
            told.success(request, _("Kept with your name and today's date."))
            return redirect("consent")
        told.error(request, _("Say in which words people were asked."))
    rows = Attestation.objects.order_by("-at")
    names = letters.channels()
    context = {
        "reach": reach.by_email(), "rows": [(row, names.get(row.channel, row.channel)) for row in rows],
        "kinds": Attestation.Kind.choices, "channels": [(channel, names[channel]) for channel in ATTESTED],
    }  # fmt: skip
    return render(request, "console/consent.html", context)


@require_POST
def said_yes(request: HttpRequest, pk: int) -> HttpResponse:
    """A customer said yes to a colleague. Where the market asks for it (and we know no better: everywhere it may), a letter
    asks them back first."""
    get_object_or_404(Customer, pk=pk)
    address = Identifier.objects.filter(customer_id=pk, kind=Identifier.Kind.EMAIL).order_by("-seen_at", "pk").first()
    wording, by, now = request.POST.get("wording", "").strip(), request.user.get_username(), timezone.now()
    if address is None or not wording:
        told.error(request, _("An e-mail address is needed, and the words in which they were asked."))
        return redirect("customer", pk=pk)
    wanted = asking.Wanted(("news", "offers", "care"), wording[:1000], _("told to {name}").format(name=by))
    if _asks_back(address.country or the_shop().country, now.date()):
        _ask_back(request, address, wanted, now)
    else:
        say(
            address.pk,
            "email",
            dict.fromkeys(wanted.purposes, True),
            proof=Proof(wanted.wording, wanted.where, by),
            at=now,
        )
        told.success(request, _("Kept with your name and today's date."))
    return redirect("customer", pk=pk)


def _ask_back(request: HttpRequest, address: Identifier, wanted: asking.Wanted, now: dt.datetime) -> None:
    try:
        asked = asking.ask(address.value, address.name, wanted, now=now)
    except asking.NoAddress as error:  # a list brought it, and lists bring what mail servers refuse
        told.error(request, str(error))
        return
    told.success(
        request,
        _("A letter asks them back; it counts once they answer it.")
        if asked
        else _("They were asked often enough this month."),
    )


def _asks_back(country: str, on: dt.date) -> bool:
    try:
        return rules_of(country.upper(), "", "email", on=on).double_opt_in
    except MarketError:
        return True


@require_POST
def end_attestation(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's word back."""
    only_owners(request)
    found = get_object_or_404(Attestation, pk=pk)
    Attestation.objects.filter(pk=found.pk, ended_at=None).update(ended_at=timezone.now())
    return redirect("consent")


@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """How often and when people hear from the shop."""
    if request.method == "POST":
        only_owners(request)
        mistake = _keep_rules(request.POST)
        if not mistake:
            told.success(request, _("Kept. It holds from the next message on."))
            return redirect("contact-rules")
        told.error(request, mistake)
    kept = contact_rules()
    hours = {channel: kept.hours.get(channel, ["", ""]) for channel in ("email", "sms", "phone")}
    context = {
        "rules": kept, "hours": hours, "closed": "\n".join(kept.closed_days), "left_out": round(100 * kept.held_out_of_everything, 1),
        "care_budget": "" if kept.care_budget is None else kept.care_budget / minor_per_major(), "left_out_max": LEFT_OUT_MAX,
    }  # fmt: skip
    return render(request, "console/contact_rules.html", context)


def _keep_rules(post: QueryDict) -> str:
    try:
        week, month = int(post.get("week", "1")), int(post.get("month", "3"))
        if week not in CONTACTS or month not in CONTACTS:
            raise ValueError
        left_out, budget = float(post.get("left_out") or 0), post.get("care_budget", "").strip().replace(",", ".")
        if not 0 <= left_out <= LEFT_OUT_MAX or not 0 <= float(budget or 0) < BUDGET_MAX:
            raise ValueError
        closed = [
            dt.date.fromisoformat(line.strip()).isoformat()
            for line in post.get("closed", "").splitlines()
            if line.strip()
        ]
    except ValueError:
        return _(
            "Contacts lie between 0 and 31, people left out between 0 and 20 percent; days are written as 2027-12-24, one a line."
        )
    hours = {}
    for channel in ("email", "sms", "phone"):
        span = post.get(f"{channel}_from", ""), post.get(f"{channel}_to", "")
        if any(span):
            try:
                first, last = (dt.datetime.strptime(text, CLOCK).time() for text in span)  # noqa: DTZ007 wall times
            except ValueError:
                return _("Hours are written as 08:00.")
            if first >= last:
                return _("The hours must begin before they end.")
            hours[channel] = list(span)
    ContactRules.objects.update_or_create(
        pk=ONLY_ROW, defaults={"week": week, "month": month, "hours": hours, "closed_days": closed,
                               "held_out_of_everything": left_out / 100,
                               "care_budget": round(float(budget) * minor_per_major()) if budget else None},
    )  # fmt: skip
    return ""


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """How mail leaves: a wizard in one page, with a letter to oneself at the end."""
    only_owners(request)
    found = account_of("email")
    if request.method == "POST":
        mistakes = _keep_account(found, request.POST)
        if not mistakes:
            told.success(request, _("Kept."))
            return redirect("mail-account")
        for mistake in mistakes:
            told.error(request, mistake)
    else:
        look_at(found, request.GET.get("way"), request.GET.get("provider"))
    known = PROVIDERS.get(found.provider) if found.way == Account.Way.PROVIDER else None
    context = {
        "account": found, "choices": mail_choices(found), "securities": Account.Security.choices, "fields": mail_fields(found),
        "known": known, "notes": mail_notes(known), "address": hooks.address(hooks.EMAIL, known.name) if known and known.reports else "",
    }  # fmt: skip
    return render(request, "console/mail_account.html", context)


def _one_of(allowed: Iterable[str], said: str | None, otherwise: str) -> str:
    return said if said in set(allowed) and said else otherwise


def _name(field: str) -> str:
    return str(Account._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


def whole_number(said: str) -> int:
    """A number of at most six digits; 0 when it is none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0


def _keep_account(found: Account, post: QueryDict) -> list[str]:
    """Keep what the form says; returns what is wrong with it. A key belongs to its provider: another needs one of its own."""
    before = found.provider
    look_at(found, _one_of(Account.Way.values, post.get("way"), Account.Way.VIEWER), post.get("provider"))
    for name in TEXTS:
        if name in post:  # what the form of this way does not ask for stays as it is
            setattr(found, name, post.get(name, "").strip())
    for name in SECRETS:
        setattr(found, name, post.get(name, "")[:500] or (getattr(found, name) if found.provider == before else ""))
    found.security = _one_of(Account.Security.values, post.get("security"), found.security)
    if found.way == Account.Way.SMTP:
        found.port = port if (port := whole_number(post.get("port", ""))) < 65536 else 0
    found.warm_up = post.get("warm_up") == "yes"
    found.per_minute = whole_number(post.get("per_minute", "600"))
    mistakes = [] if found.port else [_("The port lies between 1 and 65535.")]
    if not found.per_minute:
        mistakes.append(_("Messages a minute is a number above 0."))
    mistakes += _missing(found)
    try:
        found.clean_fields(exclude=["channel", *SECRETS, "paused_until"])
    except ValidationError as error:
        mistakes += [f"{_name(name)}: {' '.join(why)}" for name, why in error.message_dict.items()]
    if not mistakes:
        found.paused_until = None
        found.save()
    return mistakes


def _missing(found: Account) -> list[str]:
    """What this way cannot do without."""
    if found.way == Account.Way.VIEWER:
        return []
    missing = [_name(name) for name in WHO_WRITES if not getattr(found, name)]
    if found.way == Account.Way.SMTP:
        missing = [_name("host"), *missing] if not found.host else missing
        return [_("Please fill in: {fields}.").format(fields=", ".join(missing))] if missing else []
    known = PROVIDERS.get(found.provider)
    if known is None:
        return [_("Choose a provider.")]
    labels = {field.name: field.label for field in mail_fields(found)}
    given = {"password": found.password, "user": found.user, "host": found.host}
    missing = [labels[name] for name in known.missing(given)] + missing
    mistakes = [_("Please fill in: {fields}.").format(fields=", ".join(missing))] if missing else []
    return mistakes if safe(found.host) else [*mistakes, _("The address of the API must begin with https://.")]


@require_POST
def try_account(request: HttpRequest) -> HttpResponse:
    """A letter to oneself, by the account as it is kept."""
    only_owners(request)
    told_of_trial(request, try_out(request.POST.get("to", "").strip(), now=timezone.now()))
    return redirect("mail-account")


def told_of_trial(request: HttpRequest, outcome: Outcome) -> None:
    """Whether the message to oneself was handed over."""
    if outcome.state == "sent":
        told.success(request, _("Handed over: {detail}").format(detail=outcome.provider_id or "OK"))
    else:
        told.error(request, _("Not sent: {detail}").format(detail=outcome.detail))
