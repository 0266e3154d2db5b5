"""What the DNS says about the shop's mail, and what to put there: looked up when a person asks."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.actions.messaging.accounts import account_of
from regulars.actions.messaging.channels.email.dns_check import Finding, check, resolver

TIMEOUT_SECONDS = 4.0
SELECTOR_CHARACTERS_MAX = 60


@require_POST
def page(request: HttpRequest) -> HttpResponse:
    """The findings for the address that the account writes from."""
    if not request.user.is_staff:
        raise PermissionDenied
    account = account_of("email")
    domain = account.from_address.rpartition("@")[2]
    selector = request.POST.get("selector", "").strip()[:SELECTOR_CHARACTERS_MAX] or "default"
    host = account.bounce_host or domain
    sender = request.POST.get("sender", "").strip()[:200]
    found = check(domain, selector=selector, host=host, ask=resolver(TIMEOUT_SECONDS), sender=sender) if domain else []
    context = {"domain": domain, "rows": [(finding, sentence(finding)) for finding in found], "states": states()}
    return render(request, "console/dns.html", context)


def states() -> dict[str, str]:
    """How a point stands, in a word."""
    return {"ok": _("in order"), "weak": _("could be better"), "missing": _("missing"), "wrong": _("wrong")}


def sentence(finding: Finding) -> str:
    """What a finding means, with its facts."""
    sentences = {
        "no_answer": _("The DNS did not answer: {asked}"),
        "spf_ok": _("SPF: your mail server may send for {host}."),
        "spf_missing": _("SPF: no record says who may send for {host}."),
        "spf_several": _("SPF: there are several records for {host}; only one may be."),
        "spf_lookups": _("SPF: it needs {lookups} look-ups; receivers stop at {lookups_max}."),
        "spf_broken": _("SPF: a part of it cannot be read or found: {broken}"),
        "spf_everyone": _("SPF: it lets everybody send for {host}."),
        "spf_sender_not_allowed": _("SPF: {sender} is not among those who may send for {host}."),
        "spf_undecided": _("SPF: it does not say what to do with mail from elsewhere (end it with ~all)."),
        "dkim_ok": _("DKIM: the key is there."),
        "dkim_missing": _("DKIM: there is no key at {name}. Ask your mail provider for its selector."),
        "dkim_several": _("DKIM: there are several keys at {name}."),
        "dkim_revoked": _("DKIM: the key at {name} was taken back."),
        "dkim_ed25519_alone": _("DKIM: many receivers know only RSA keys; add one."),
        "dkim_no_key": _("DKIM: what stands at {name} is no key."),
        "dkim_short": _("DKIM: the key has {bits} bits; 2048 are asked for."),
        "dkim_testing": _("DKIM: the key says that it is only a test (t=y)."),
        "dmarc_ok": _("DMARC: there is a policy."),
        "dmarc_missing": _("DMARC: there is no policy; large receivers ask for one."),
        "dmarc_several": _("DMARC: there are several policies; only one may be."),
        "dmarc_no_policy": _("DMARC: the record names no policy (p=none is enough)."),
        "alignment_ok": _("The bounce host belongs to the sender's domain."),
        "alignment_spf": _("The bounce host does not belong to the sender's domain: DMARC rests on DKIM alone."),
        "mx_ok": _("Bounces find their way back."),
        "mx_missing": _("Bounces do not find their way back: there is no MX record."),
        "mx_implied": _("There is no MX record; bounces go to the host itself."),
        "mx_refuses": _("The MX record refuses all mail, so bounces too."),
        "mx_leads_nowhere": _("The MX record names a host that does not exist."),
    }  # fmt: skip
    text = sentences.get(finding.detail, finding.detail)
    try:
        return text.format(**finding.facts)
    except KeyError:
        return text
