"""From a filled letter to what leaves: headers, footer, and the ways out (RFC 8058, RFC 2369, RFC 2919)."""

import datetime as dt
import html
from dataclasses import dataclass, replace
from email.utils import format_datetime
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import override

from regulars.actions.messaging import links
from regulars.actions.messaging.channels.email import mime
from regulars.actions.messaging.channels.port import Item, Parcel
from regulars.policy.markets import MarketError, rules_of

FOOT = "font:13px/1.5 sans-serif;color:#6b6a63;text-align:center;padding:16px"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: as `models.Account` says, without its secrets."""

    shop: str
    from_name: str
    news_address: str
    order_address: str
    reply_to: str
    bounce_host: str
    postal_address: str
    public_url: str


def parcel(item: Item, sender: Sender, *, at: dt.datetime) -> Parcel:
    """The message as bytes. Raises mime.HeaderRefused for an address or a subject that cannot stand in a header."""
    item = _labelled(item, at.date())
    mailbox = sender.news_address if item.marketing else sender.order_address or sender.news_address
    domain = mailbox.rpartition("@")[2]
    out, bounce = links.token(item.message_id, links.UNSUBSCRIBE), links.token(item.message_id, links.BOUNCE)
    headers = {
        "From": mime.address(sender.from_name or sender.shop, mailbox),
        "To": mime.address(item.name, item.address),
        "Subject": mime.one_line(item.letter.subject),
        "Date": format_datetime(at),
        "Message-ID": f"<{bounce}@{domain}>",
        "Feedback-ID": f"{item.purpose}:{domain.replace(':', '')}:regulars",
    }
    if sender.reply_to:
        headers["Reply-To"] = mime.address("", sender.reply_to)
    if item.marketing:
        headers |= _ways_out(sender, out, item.purpose, domain)
    else:
        headers["Auto-Submitted"] = "auto-generated"
    text, page = _with_footer(item, sender, f"{sender.public_url.rstrip('/')}/u/{out}")
    raw = mime.message(headers, text=text, html=page, boundary=f"=_{out}", attached=item.letter.attachments)
    back = f"b+{bounce}@{sender.bounce_host}" if sender.bounce_host else mailbox
    return Parcel(item.message_id, item.address, back, raw, headers, item.letter, at)


def _labelled(item: Item, on: dt.date) -> Item:
    """The same with the word before the subject that a market asks for on marketing; not twice where its author wrote it."""
    if not item.marketing:
        return item
    try:
        labels = rules_of(item.country.upper(), "", "email", on=on).labels
    except MarketError:  # written in words that are no country's code
        return item
    subject = item.letter.subject
    for label in labels:
        if label.place == "subject_start" and not subject.startswith(label.any_of):
            subject = f"{label.any_of[0]} {subject}"
    return item if subject == item.letter.subject else replace(item, letter=replace(item.letter, subject=subject))


def _ways_out(sender: Sender, out: str, purpose: str, domain: str) -> dict[str, str]:
    """One-click first, then by mail; one list a purpose."""
    ways = [f"<{sender.public_url.rstrip('/')}/u/{out}>"] if sender.public_url.startswith("https://") else []
    if sender.bounce_host:
        ways.append(f"<mailto:u+{out}@{sender.bounce_host}?subject=unsubscribe>")
    found = {
        "List-Id": f"{mime.one_line(sender.shop).replace('<', '').replace('>', '')} {purpose} <{purpose}.{domain}>"
    }
    if ways:
        found["List-Unsubscribe"] = ", ".join(ways)
    if ways and ways[0].startswith("<https"):
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found


@lru_cache(maxsize=64)
def _footer_words(shop: str, language: str, marketing: bool) -> tuple[str, str, str, str]:
    """Why we may write to somebody, what the reason for this letter begins with, and what the two ways out are called."""
    with override(language):
        this = _("Why this letter: {why}")
        if not marketing:
            return _("You get this letter because it concerns an order or a request of yours."), this, "", ""
        why = _("You get this letter because you agreed to hear from {shop}.").format(shop=shop)
        return why, this, _("Unsubscribe"), _("Choose what you get")


def _with_footer(item: Item, sender: Sender, out: str) -> tuple[str, str]:
    """Who writes, why, and the way out, in the letter's language."""
    may, this, leave, choose = _footer_words(sender.shop, item.letter.language, item.marketing)
    why = [this.format(why=" ".join(item.told.split()))] if item.told else []
    text = "\n".join([item.letter.text, "", "-- ", sender.shop, sender.postal_address, may, *why])
    said = [html.escape(part) for part in (sender.shop, sender.postal_address, may, *why) if part]
    if leave:
        prefer = out.replace("/u/", "/p/")
        prefer = prefer[: -links.TOKEN_CHARACTERS] + links.token(item.message_id, links.PREFERENCES)
        text += f"\n{leave}: {out}\n{choose}: {prefer}"
        said.append(f'<a href="{html.escape(out)}">{leave}</a> · <a href="{html.escape(prefer)}">{choose}</a>')
    foot = f'<div class="ink" style="{FOOT}">{"<br>".join(said)}</div>'
    hidden = (
        f'<div style="display:none;max-height:0;overflow:hidden">{html.escape(item.letter.preview)}</div>'
        if item.letter.preview
        else ""
    )
    head, body, tail = item.letter.html.rpartition("</body>")
    page = f"{head}\n{foot}\n{body}{tail}" if body else f"{tail}{foot}"
    if hidden:
        start = page.find(">", page.find("<body")) + 1
        page = page[:start] + hidden + page[start:]
    return text + "\n", page
