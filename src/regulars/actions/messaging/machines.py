"""Was a link followed by a person, or by a mail filter, a preview or a robot? Nobody can tell for certain; this is what shows.

Two signs: what the request says of itself, and a burst: somebody who follows several links of one letter within two
seconds is no reader. "The first seconds after sending" is no sign worth much (most bursts come later), and a link does
not say whose letter it stood in, so the age of the letter is not asked.
"""

import datetime as dt
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

ROBOTS = re.compile(
    r"(?i)(?<!cu)bot\b|bot[/;_-]|crawl|spider|slurp|preview|scan|fetch|curl|wget|python|java/|go-http|okhttp|libwww|httpclient|"
    r"headless|phantom|barracuda|proofpoint|mimecast|safelinks|trendmicro|symantec|forcepoint|sophos|fortinet|ms-?office|"
    r"microsoft office|facebookexternalhit|whatsapp|telegram|slack|discord|skype|linkedin|embed|validator"
)
AHEAD_OF_TIME = re.compile(r"(?i)prefetch|prerender|preview")
PURPOSES = ("purpose", "x-purpose", "sec-purpose", "x-moz")
BURST = dt.timedelta(seconds=2)
BURST_LINKS = 3
REMEMBERED = dt.timedelta(seconds=10)
VISITORS_MAX = 20_000


def is_machine(headers: Mapping[str, str]) -> bool:
    """Whether a request says itself that no person looks at the answer. headers: their names in any case."""
    said = {name.lower(): value for name, value in headers.items()}
    if any(AHEAD_OF_TIME.search(said.get(name, "")) for name in PURPOSES):
        return True
    if said.get("sec-fetch-dest", "document") != "document" or said.get("sec-fetch-mode", "navigate") != "navigate":
        return True
    browser = said.get("user-agent", "")
    return not browser or bool(ROBOTS.search(browser)) or "text/html" not in said.get("accept", "")


@dataclass(slots=True)
class Click:
    """One click of the last seconds: which link, when, and whether it was counted as a person's."""

    version: int
    number: int
    at: dt.datetime
    counted: bool


@dataclass
class Bursts:
    """Who clicked what in the last ten seconds. In memory alone; a visitor is a hash whose key dies with the process."""

    _recent: "OrderedDict[bytes, list[Click]]" = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def judge(self, visitor: bytes, click: Click, *, links: int) -> tuple[str, list[Click]]:
        """What this click is: "person", "again" (not counted twice) or "machine", and the clicks before it that now turn
        out to have been a machine's. links: how many the letter has."""
        with self._lock:
            self._forget(click.at)
            theirs = self._recent.setdefault(visitor, [])
            self._recent.move_to_end(visitor)
            theirs[:] = [one for one in theirs if click.at - one.at <= REMEMBERED]
            same = [one for one in theirs if one.version == click.version]
            if any(one.number == click.number for one in same):
                return "again", []
            theirs.append(click)
            if any(not one.counted for one in same):
                return "machine", []
            burst = [one for one in same if click.at - one.at <= BURST]
            if len(burst) + 1 < max(2, min(BURST_LINKS, links)):
                click.counted = True
                return "person", []
            for one in burst:
                one.counted = False
            return "machine", burst

    def _forget(self, now: dt.datetime) -> None:
        while self._recent:
            visitor, theirs = next(iter(self._recent.items()))
            if theirs and now - theirs[-1].at <= REMEMBERED and len(self._recent) <= VISITORS_MAX:
                return
            del self._recent[visitor]
