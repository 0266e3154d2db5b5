"""Does the DNS say what receivers want to hear before they take a shop's mail? Each point with its state, and the record to put there.

The envelope sender is `b+<token>@host`: SPF is asked at `host`, DKIM and DMARC at the From domain, and `host` needs an MX to hear bounces.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from regulars.actions.messaging.channels.email import dkim, dmarc, spf

Ask = Callable[[str, str], list[str]]
State = Literal["ok", "weak", "missing", "wrong"]
TAGS_GONE = ("pct", "rf", "ri")  # RFC 9989, appendix on changes from RFC 7489


class NoAnswer(ValueError):
    """The DNS did not answer, or refused to: nothing is known of what it holds."""


@dataclass(frozen=True)
class Record:
    """A record to put into the DNS."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True)
class Finding:
    """One point: `what` is `spf`, `dkim`, `dmarc`, `alignment` or `bounce_mx`; `detail` a code to be put into words, with its `facts`."""

    what: str
    state: State
    detail: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    copy: Record | None = None


def check(domain: str, *, selector: str, host: str, ask: Ask, sender: str = "") -> list[Finding]:
    """Every point for mail from `@domain` with the envelope sender at `host`.

    `sender` is who hands the mail to receivers: the name or address of our own machine, or the name that a relay's manual tells to include,
    since a relay rarely sends from where it takes mail in; empty: not asked about.
    `ask(name, kind)` gives the records' texts, [] when there are none; an MX as `10 mx.example`. It may raise NoAnswer, which makes
    the point `wrong` with the detail `no_answer`. `selector` is that of the DKIM signature. Never raises for what the DNS holds.
    """
    points: dict[str, Callable[[], Finding]] = {
        "spf": lambda: _spf(host, sender, ask),
        "dkim": lambda: _dkim(domain, selector, ask),
        "dmarc": lambda: _dmarc(domain, ask),
        "alignment": lambda: _alignment(domain, host, ask),
        "bounce_mx": lambda: _bounce_mx(host, sender, ask),
    }
    return [_answered(what, look) for what, look in points.items()]


def resolver(timeout: float, *, server: tuple[str, int] | None = None) -> Ask:
    """An `ask` that uses the system's name servers, or one given by address and port; `timeout` in seconds for each question."""
    import dns.exception
    import dns.resolver

    asked = dns.resolver.Resolver(configure=server is None)
    if server:
        asked.nameservers, asked.port = [server[0]], server[1]
    asked.lifetime = timeout

    def ask(name: str, kind: str) -> list[str]:
        try:
            answer = asked.resolve(name.rstrip(".") + ".", kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, UnicodeError) as no:
            raise NoAnswer(f"{kind} {name}: {type(no).__name__}") from no
        if kind == "TXT":
            return [b"".join(one.strings).decode("utf-8", "replace") for one in answer]
        return [one.to_text().rstrip(".") if one.to_text() != "." else "." for one in answer]

    return ask


def _answered(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except NoAnswer as no:
        return Finding(what, "wrong", "no_answer", {"asked": str(no)})


def _spf(host: str, sender: str, ask: Ask) -> Finding:
    found = spf.records(host, ask)
    if len(found) > 1:
        return Finding("spf", "wrong", "spf_several", {"host": host, "records": found})
    wanted = Record(host, "TXT", spf.allowing(found[0] if found else "", sender, ask)) if sender else None
    if not found:
        return Finding("spf", "missing", "spf_missing", {"host": host}, wanted)
    walk = spf.walked(host, found[0], ask)
    facts = {
        "host": host,
        "record": found[0],
        "lookups": walk.lookups,
        "lookups_max": spf.LOOKUPS_MAX,
        "broken": walk.broken,
        "sender": sender,
    }
    if walk.lookups > spf.LOOKUPS_MAX:
        return Finding("spf", "wrong", "spf_lookups", facts)
    if walk.broken:
        return Finding("spf", "wrong", "spf_broken", facts)
    if walk.everyone == "+":
        return Finding("spf", "wrong", "spf_everyone", facts)
    if sender and not spf.covers(walk, sender, ask):
        return Finding("spf", "wrong", "spf_sender_not_allowed", facts, wanted)
    if walk.everyone not in ("-", "~"):
        return Finding("spf", "weak", "spf_undecided", facts)
    return Finding("spf", "ok", "spf_ok", facts)


def _dkim(domain: str, selector: str, ask: Ask) -> Finding:
    name = f"{selector}._domainkey.{domain}"
    found = [text for text in ask(name, "TXT") if "p" in dmarc.tags(text)]
    facts: dict[str, Any] = {"name": name}
    if len(found) != 1:
        return Finding("dkim", "wrong" if found else "missing", "dkim_several" if found else "dkim_missing", facts)
    tags = dmarc.tags(found[0])
    if not tags["p"]:
        return Finding("dkim", "wrong", "dkim_revoked", facts)
    if tags.get("k", "rsa").casefold() == "ed25519":
        return Finding("dkim", "weak", "dkim_ed25519_alone", facts)
    try:
        facts["bits"] = bits = dkim.rsa_bits(tags["p"])
    except dkim.NotAKey:
        return Finding("dkim", "wrong", "dkim_no_key", facts)
    if bits < dkim.BITS_MIN:
        return Finding("dkim", "wrong", "dkim_short", facts)
    if bits < dkim.BITS_GOOD:
        return Finding("dkim", "weak", "dkim_short", facts)
    testing = "y" in tags.get("t", "").casefold().split(":")
    return Finding("dkim", "weak" if testing else "ok", "dkim_testing" if testing else "dkim_ok", facts)


def _dmarc(domain: str, ask: Ask) -> Finding:
    at, record = dmarc.policy(domain, ask)
    wanted = Record(f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}")
    if not record:
        several = len(ask(f"_dmarc.{domain}", "TXT")) > 1
        return Finding(
            "dmarc",
            "wrong" if several else "missing",
            "dmarc_several" if several else "dmarc_missing",
            {"domain": domain},
            wanted,
        )
    tags = dmarc.tags(record)
    chosen = tags.get("sp", tags.get("p", "")) if at != domain else tags.get("p", "")
    facts = {
        "domain": domain,
        "at": at,
        "record": record,
        "policy": chosen,
        "gone": [tag for tag in TAGS_GONE if tag in tags],
    }
    if chosen.casefold() not in dmarc.POLICIES:
        return Finding("dmarc", "wrong", "dmarc_no_policy", facts, wanted)
    return Finding("dmarc", "ok", "dmarc_ok", facts)


def _alignment(domain: str, host: str, ask: Ask) -> Finding:
    """DKIM signs for the From domain itself, so an envelope sender elsewhere weakens rather than breaks."""
    strict = dmarc.tags(dmarc.policy(domain, ask)[1]).get("aspf", "r").casefold() == "s"
    facts = {"domain": domain, "host": host, "strict": strict}
    if dmarc.aligned(domain, host, ask, strict=strict) or (not strict and f".{host}".endswith(f".{domain}")):
        return Finding("alignment", "ok", "alignment_ok", facts)
    return Finding("alignment", "weak", "alignment_spf", facts)


def _bounce_mx(host: str, sender: str, ask: Ask) -> Finding:
    found = [text.split()[-1].rstrip(".") for text in ask(host, "MX") if text.split()]
    wanted = (
        Record(host, "MX", f"10 {sender}")
        if sender and any(letter.isalpha() for letter in sender) and ":" not in sender
        else None
    )
    facts = {"host": host, "mx": found}
    if found == [""]:
        return Finding("bounce_mx", "wrong", "mx_refuses", facts, wanted)
    if not found:
        implied = bool(ask(host, "A") or ask(host, "AAAA"))
        return Finding(
            "bounce_mx", "weak" if implied else "missing", "mx_implied" if implied else "mx_missing", facts, wanted
        )
    if not any(ask(name, kind) for name in found for kind in ("A", "AAAA")):
        return Finding("bounce_mx", "wrong", "mx_leads_nowhere", facts, wanted)
    return Finding("bounce_mx", "ok", "mx_ok", facts)
