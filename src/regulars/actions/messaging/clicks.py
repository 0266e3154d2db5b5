"""How often the links of a letter are followed: counted for each link and day, never who.

A counted link names the letter's version and the place of the link in it, signed; where it leads is read from the version
that was sent, never from the address, so it cannot be made to lead elsewhere.
"""

import datetime as dt
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import F, Sum

from regulars.actions.messaging import links
from regulars.actions.messaging.machines import Bursts, Click, is_machine
from regulars.actions.messaging.models import LinkCount
from regulars.shop import current
from regulars.shop.models import the_shop
from regulars.words.links import replaced, targets
from regulars.words.models import Letter, Version

NUMBER_BITS, DEMO_BIT = 16, 1 << 62
NUMBER_MAX = (1 << NUMBER_BITS) - 1
PATIENCE_SECONDS = 0.5
"""So long whoever follows a link waits for our counting; then they go on uncounted."""
_bursts = Bursts()
_key = secrets.token_bytes(32)


@dataclass(frozen=True)
class Link:
    """A link that was followed: in which shop, of which version, the how-manieth of how many, and where it leads."""

    alias: str
    version: int
    number: int
    links: int
    target: str


@dataclass(frozen=True)
class Told:
    """What is known of one link: clicks that look like people's, and those that look like machines'."""

    target: str
    people: int
    machines: int


def page(version: Version, base: str) -> tuple[str, str]:
    """HTML and text of a version, its links leading through us; base: the public address of the club."""
    home = base.rstrip("/")
    found = enumerate(targets(version.html)[: NUMBER_MAX + 1])
    instead = {
        target: f"{home}/l/{token(version.pk, number)}" for number, target in found if not target.startswith(f"{home}/")
    }
    return replaced(version.html, version.text, instead)


def token(version: int, number: int) -> str:
    """What stands in the address of a counted link; the same for everybody who gets the letter."""
    demo = DEMO_BIT if current.alias() == current.DEMO else 0
    return links.token(demo | version << NUMBER_BITS | number, links.CLICK)


def link_of(text: str) -> Link:
    """The link that a token names. Raises links.BadLink for one that is not ours, or whose letter is gone."""
    place = links.message_of(text, links.CLICK)
    alias = current.DEMO if place & DEMO_BIT else current.OWN
    version, number = (place & ~DEMO_BIT) >> NUMBER_BITS, place & NUMBER_MAX
    html = Version.objects.using(alias).filter(pk=version).values_list("html", flat=True).first()
    found = targets(html or "")
    if number >= len(found):
        raise links.BadLink("this letter is not known any more")
    return Link(alias, version, number, len(found), found[number])


def count(link: Link, headers: Mapping[str, str], visitor: str, *, at: dt.datetime) -> None:
    """Count one click. visitor: whatever tells visitors apart for ten seconds; it is kept hashed, in memory alone.

    Raises OperationalError when others write for too long.
    """
    seen = hmac.digest(_key, f"{link.alias}|{visitor}".encode(), "sha256")
    kind, before = ("machine", []) if is_machine(headers) else _bursts.judge(
        seen, Click(link.version, link.number, at, counted=False), links=link.links
    )  # fmt: skip
    if kind == "again":
        return
    with current.using(link.alias), current.atomic(patience=PATIENCE_SECONDS):
        zone = ZoneInfo(the_shop().zone)
        _add(
            link.version,
            link.number,
            at.astimezone(zone).date(),
            people=int(kind == "person"),
            machines=int(kind == "machine"),
        )
        for click in before:
            _add(click.version, click.number, click.at.astimezone(zone).date(), people=-1, machines=1)


def _add(version: int, number: int, day: dt.date, *, people: int, machines: int) -> None:
    row, _made = LinkCount.objects.get_or_create(version_id=version, number=number, day=day)
    LinkCount.objects.filter(pk=row.pk).update(people=F("people") + people, machines=F("machines") + machines)


def is_counted(letters: Iterable[int]) -> bool:
    """Whether the clicks of any of these letters are counted."""
    return Letter.objects.filter(pk__in=list(letters), count_clicks=True).exists()


def by_link(letters: Iterable[int]) -> list[Told]:
    """The clicks of each link of these letters, most clicks first; links that nobody followed too."""
    versions = Version.objects.filter(letter__in=list(letters), letter__count_clicks=True)
    found = {pk: targets(html) for pk, html in versions.values_list("pk", "html")}
    rows = LinkCount.objects.filter(version_id__in=found).values("version_id", "number")
    sums = {(row["version_id"], row["number"]): row for row in rows.annotate(p=Sum("people"), m=Sum("machines"))}
    told: dict[str, Told] = {}
    for version, places in found.items():
        for number, target in enumerate(places):
            row, before = sums.get((version, number), {"p": 0, "m": 0}), told.get(target, Told(target, 0, 0))
            told[target] = Told(target, before.people + row["p"], before.machines + row["m"])
    return sorted(told.values(), key=lambda one: (-one.people, one.target))


def by_day(letters: Iterable[int]) -> list[tuple[dt.date, int]]:
    """The clicks of these letters on each day that had any, leaving out machines'."""
    versions = Version.objects.filter(letter__in=list(letters)).values("pk")
    rows = LinkCount.objects.filter(version_id__in=versions, people__gt=0).values("day").order_by("day")
    return [(row["day"], row["n"]) for row in rows.annotate(n=Sum("people"))]
