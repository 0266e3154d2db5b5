"""How text messages, webhooks and cards leave, and where their providers report. For owners."""

import re

from django.contrib import messages as told
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.actions.messaging import hooks
from regulars.actions.messaging.accounts import account_of, try_out
from regulars.actions.messaging.channels.sms.providers import PROVIDERS
from regulars.actions.messaging.channels.webhook.guarded import NotConnected, Refused, check
from regulars.actions.messaging.channels.webhook.signed import new_secret
from regulars.actions.messaging.models import Account
from regulars.console.views.contact import only_owners, told_of_trial, whole_number
from regulars.console.views.provider_fields import look_at, sms_choices, sms_fields
from regulars.customers.identifiers import phone
from regulars.shop.models import the_shop

SENDER = re.compile(r"\+?\w[\w .&-]{0,19}")
PAGES = {hooks.EMAIL: "mail-account", hooks.SMS: "sms-account", hooks.CARDS: "card-account"}


@require_http_methods(["GET", "POST"])
def sms(request: HttpRequest) -> HttpResponse:
    """The account at a provider of text messages."""
    only_owners(request)
    found = account_of("sms")
    if request.method == "POST":
        mistakes = _keep_sms(found, request.POST)
        if not mistakes:
            told.success(request, _("Kept."))
            return redirect("sms-account")
        for mistake in mistakes:
            told.error(request, mistake)
    else:
        look_at(found, request.GET.get("way"), request.GET.get("provider"))
    context = {
        "account": found,
        "choices": sms_choices(found),
        "fields": sms_fields(found),
        "address": hooks.address(hooks.SMS),
    }
    return render(request, "console/sms_account.html", context)


def _keep_sms(found: Account, post: QueryDict) -> list[str]:
    """Keep what the form says; returns what is wrong with it."""
    before = found.provider
    look_at(found, post.get("way"), post.get("provider"))
    mistakes = _keep_common(found, post)
    if found.way == Account.Way.PROVIDER:
        found.user, found.from_name = post.get("user", "").strip()[:200], post.get("from_name", "").strip()
        found.password = post.get("password", "").strip()[:500] or (found.password if found.provider == before else "")
        if found.provider not in PROVIDERS:
            mistakes.append(_("Choose a provider."))
        if not (found.user and found.password and found.from_name):
            mistakes.append(_("Please fill in all fields of your account."))
        elif not SENDER.fullmatch(found.from_name):
            mistakes.append(_("Who sends is a number, or a name of at most 20 letters and digits."))
    return _kept(found, mistakes)


def _keep_common(found: Account, post: QueryDict) -> list[str]:
    found.allowed = post.get("allowed", "").strip()
    found.per_minute = whole_number(post.get("per_minute", "60"))
    return [] if found.per_minute else [_("Messages a minute is a number above 0.")]


def _kept(found: Account, mistakes: list[str]) -> list[str]:
    if not mistakes:
        found.paused_until, found.paused_why = None, ""
        found.save()
    return mistakes


@require_POST
def try_sms(request: HttpRequest) -> HttpResponse:
    """A text message to oneself, by the account as it is kept."""
    only_owners(request)
    number = phone(request.POST.get("to", ""), the_shop().country)
    if number.startswith("+"):
        told_of_trial(request, try_out(number, now=timezone.now(), channel="sms"))
    else:
        told.error(request, _("Write the number with its country, as +49 151 12345678."))
    return redirect("sms-account")


@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest) -> HttpResponse:
    """The endpoint that messages are posted to."""
    only_owners(request)
    found = account_of("webhook")
    secret = ""
    if request.method == "POST":
        first = not found.password
        mistakes = _keep_webhook(found, request.POST)
        for mistake in mistakes:
            told.error(request, mistake)
        if not mistakes:
            told.success(request, _("Kept."))
            if not first:
                return redirect("webhook-account")
            secret = found.password
    return render(request, "console/webhook_account.html", {"account": found, "secret": secret})


def _keep_webhook(found: Account, post: QueryDict) -> list[str]:
    """Keep what the form says, with a secret of its own from the first time on; returns what is wrong with it."""
    found.way = Account.Way.PROVIDER if post.get("way") == Account.Way.PROVIDER else Account.Way.VIEWER
    found.public_url = post.get("public_url", "").strip()
    mistakes = _keep_common(found, post)
    if found.public_url or found.way == Account.Way.PROVIDER:
        mistakes += _wrong_with(found.public_url)
    if not mistakes:
        found.password = found.password or new_secret()
    return _kept(found, mistakes)


def _wrong_with(url: str) -> list[str]:
    """Why this address cannot be posted to; asked now, and again before each message."""
    reasons = {
        "scheme": _("The address must begin with https://."),
        "credentials": _("The address must hold no user and no password."),
        "inside": _("This address leads into a private network. For safety only machines on the internet are asked."),
    }
    try:
        if len(url) > 200:
            raise Refused("address")
        check(url)
    except Refused as error:
        return [reasons.get(error.reason) or _("This is no address that can be posted to.")]
    except NotConnected:
        return [_("No machine of this name was found.")]
    return []


@require_POST
def new_webhook_secret(request: HttpRequest) -> HttpResponse:
    """Another secret, shown this once; the old one signs nothing any more."""
    only_owners(request)
    found = account_of("webhook")
    found.password = new_secret()
    found.save()
    return render(request, "console/webhook_account.html", {"account": found, "secret": found.password})


@require_POST
def try_webhook(request: HttpRequest) -> HttpResponse:
    """A message to nobody, posted to the endpoint as it is kept."""
    only_owners(request)
    told_of_trial(request, try_out("test@example.com", now=timezone.now(), channel="webhook"))
    return redirect("webhook-account")


@require_GET
def cards(request: HttpRequest) -> HttpResponse:
    """Where a printer that posts cards reports."""
    only_owners(request)
    return render(request, "console/card_account.html", {"address": hooks.address(hooks.CARDS)})


@require_POST
def new_address(request: HttpRequest, slug: str) -> HttpResponse:
    """Another address for reports; the old one is not heard any more."""
    only_owners(request)
    if slug not in PAGES:
        raise Http404
    hooks.renew(slug)
    told.success(
        request, _("This is the new address. Put it into your provider's settings; the old one is not heard any more.")
    )
    return redirect(PAGES[slug])
