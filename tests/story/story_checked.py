"""Were the promises kept? Asked of the rows alone, with plain SQL and by other code than what keeps them."""

import datetime as dt
import tomllib
from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

from regulars.shop import current
from story.story_people import Ledger

ZONES = {"DE": ["Europe/Berlin"], "CN": ["Asia/Shanghai"], "US": ["America/New_York", "Pacific/Honolulu"]}
OPENS, CLOSES = 8, 20
SIDES_KEPT = dt.timedelta(days=120)
DAY = dt.timedelta(days=1)


def rows(sql):
    """Every row as a dictionary, times with their zone."""
    with current.connection().cursor() as cursor:
        cursor.execute(sql)
        names = [column[0] for column in cursor.description]
        return [{name: _timed(name, cell) for name, cell in zip(names, row, strict=True)} for row in cursor.fetchall()]


def _timed(name, cell):
    if cell is None or not name.endswith(("_at", "until")):
        return cell
    found = dt.datetime.fromisoformat(cell) if isinstance(cell, str) else cell
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def checked():
    """How often each promise was broken: all 0."""
    sent = rows(
        "SELECT m.id, m.person_id, m.identifier_id, m.sent_at, m.source, m.decision_id, i.country FROM messaging_message m "
        "JOIN customers_identifier i ON i.id = m.identifier_id WHERE m.state IN ('sent', 'unknown', 'sending') ORDER BY m.sent_at"
    )
    made = rows(
        "SELECT id, person_id, identifier_id, source, occurrence, arm, reason, facts, share, at AS at_at, performed_at, ended_at FROM decisions_decision ORDER BY at, id"
    )
    ledger = Ledger(rows("SELECT kind, left_id, right_id, at AS at_at FROM customers_mergeevent ORDER BY seq"))
    zone = ZoneInfo(rows("SELECT zone FROM shop_shop")[0]["zone"])
    return (
        {"letters that left": len(sent), "decisions": len(made), "merges and partings": len(ledger.entries)},
        {
            **contacts(sent, ledger), "in quiet hours": sum(not awake(each) for each in sent), **consent(sent, ledger),
            **pauses(sent, ledger), **limits(made, zone), **hold_outs(made, ledger, zone), **waiting(made, ledger, zone),
            **one_a_day(made, sent, zone), **accounts(made, sent),
        },
    )  # fmt: skip


def contacts(sent, ledger):
    """Rolling windows of 7 and 30 days."""
    week = month = 0
    for each, before in ledger.with_earlier(sent, "sent_at"):
        since = [each["sent_at"] - one["sent_at"] for one in before]
        week += sum(gap < 7 * DAY for gap in since) >= 1
        month += sum(gap < 30 * DAY for gap in since) >= 3
    return {"more than 1 in 7 days": week, "more than 3 in 30 days": month}


def awake(each):
    """Whether the letter came by day, wherever in the country they live."""
    local = [each["sent_at"].astimezone(ZoneInfo(zone)) for zone in ZONES[each["country"]]]
    return all(OPENS <= time.hour < CLOSES for time in local)


def consent(sent, ledger):
    """The newest word about e-mail when the letter left, and no later no under another address of the same person."""
    said = defaultdict(list)
    for word in rows(
        "SELECT identifier_id, state, at AS at_at FROM customers_consent WHERE channel = 'email' ORDER BY at"
    ):
        said[word["identifier_id"]].append((word["at_at"], word["state"]))
    wrong = 0
    for each in sent:
        who, at = each["identifier_id"], each["sent_at"]
        theirs = [other for other in ledger.others(who) if ledger.same(other, who, at)]
        here = [word for word in said[who] if word[0] <= at]
        noes = [when for other in theirs for when, state in said[other] if when <= at and state == "denied"]
        wrong += not here or here[-1][1] != "granted" or max(noes, default=here[-1][0]) > here[-1][0]
    return {"without a yes": wrong}


def pauses(sent, ledger):
    """Whoever is left in peace."""
    open_ = defaultdict(list)
    for pause in rows("SELECT identifier_id, at AS at_at, until, ended_at FROM customers_pause"):
        ends = min((end for end in (pause["until"], pause["ended_at"]) if end), default=None)
        open_[pause["identifier_id"]].append((pause["at_at"], ends))
    inside = (
        begins <= each["sent_at"] and (ends is None or each["sent_at"] < ends)
        for each in sent for other in ledger.others(each["identifier_id"])
        if ledger.same(other, each["identifier_id"], each["sent_at"]) for begins, ends in open_[other]
    )  # fmt: skip
    return {"during a pause": sum(inside)}


def limits(made, zone):
    """Balances, never overdrawn; and counted again from the decisions, day by day."""
    taken = Counter()
    for row in rows("SELECT key, amount FROM decisions_taken WHERE NOT given_back"):
        taken[row["key"]] += row["amount"]
    kept = rows("SELECT key, most, used FROM decisions_limit")
    stands = Counter(
        f"{play_of(each)}:{each['at_at'].astimezone(zone).date()}"
        for each in made if each["arm"] == "treated" and each["ended_at"] is None
    )  # fmt: skip
    return {
        "limits overdrawn": sum(row["used"] > row["most"] for row in kept),
        "limits whose balance is wrong": sum(row["used"] != taken[row["key"]] for row in kept) + len(taken.keys() - {row["key"] for row in kept}),
        "days on which a play reached too many": sum(stands[row["key"]] > row["most"] for row in kept),
    }  # fmt: skip


def hold_outs(made, ledger, zone):
    """Nobody changes sides within 120 days of the lot, and who is left out of everything gets nothing for a year; of those who
    were found to be one person, the side drawn first holds."""
    swapped = reached = 0
    since = rows("SELECT held_out_since FROM decisions_contactrules")[0]["held_out_since"]
    drawn = [each for each in made if side_of(each)]
    for each, before in ledger.with_earlier(drawn, "at_at"):
        year = lot_of(each, since, zone)
        first = next((side_of(one) for one in before if lot_of(one, since, zone) == year), side_of(each))
        reached += (first == "everything") != (side_of(each) == "everything")
        mine = [one for one in before if play_of(one) == play_of(each) and side_of(one) != "everything"]
        near = {side_of(one) for one in mine if each["at_at"] - one["at_at"] < SIDES_KEPT}
        swapped += side_of(each) != "everything" and bool(near) and side_of(each) not in near
    return {"held out, and got the play": swapped, "held out of everything, and got something": reached}


def lot_of(each, since, zone):
    """How many anniversaries of the first lot had passed; others are drawn on each."""
    day = each["at_at"].astimezone(zone).date()
    return day.year - int(str(since)[:4]) - (f"{day:%m-%d}" < str(since)[5:10])


def waiting(made, ledger, zone):
    """Days between two meetings of a play and a person, in both arms."""
    every = {
        f"play:{row['play_id']}/{row['number']}": tomllib.loads(row["text"])["play"]["once_every"]
        for row in rows("SELECT play_id, number, text FROM plays_playversion")
    }
    early = 0
    for each, before in ledger.with_earlier([one for one in made if side_of(one)], "at_at"):
        today = each["at_at"].astimezone(zone).date()
        met = [one["at_at"].astimezone(zone).date() for one in before if play_of(one) == play_of(each)]
        early += any((today - day).days < every[each["source"]] for day in met)
    return {"met again too early": early}


def one_a_day(made, sent, zone):
    """At most one play for a person on a day."""
    chosen = Counter((each["person_id"], each["at_at"].astimezone(zone).date()) for each in made)
    left = Counter((each["person_id"], each["sent_at"].astimezone(zone).date()) for each in sent)
    return {
        "two plays on a day": sum(n > 1 for n in chosen.values()),
        "two letters on a day": sum(n > 1 for n in left.values()),
    }


def accounts(made, sent):
    """Every proposal that was agreed has its decision, every yes its letter; and nothing else."""
    proposed = rows("SELECT person_id, play_id, version, occurrence, state FROM plays_proposal")
    agreed = Counter(
        (row["person_id"], f"play:{row['play_id']}/{row['version']}", row["occurrence"])
        for row in proposed if row["state"] == "decided"
    )  # fmt: skip
    decided = Counter((each["person_id"], each["source"], each["occurrence"]) for each in made)
    performed = Counter(each["id"] for each in made if each["arm"] == "treated" and each["performed_at"])
    written = Counter(row["decision_id"] for row in rows("SELECT decision_id FROM messaging_message"))
    standing = {each["id"] for each in made if each["arm"] == "treated"}
    return {
        "proposals left waiting": sum(row["state"] in ("waiting", "agreed") for row in proposed),
        "decisions that are not proposals": len((agreed - decided) + (decided - agreed)),
        "messages that are not decisions": len((performed - written) + (written - performed)),
        "yeses never performed": len(standing - performed.keys()),
        "letters without a yes of the gate": sum(each["decision_id"] not in standing for each in sent),
    }


def play_of(each):
    """The source without its version."""
    return each["source"].rsplit("/", 1)[0]


def side_of(each):
    """Where the lot put them: "treated", "held_out", "everything"; "" where it was not drawn."""
    if each["arm"] == "held_out":
        return "everything" if "everything" in str(each["facts"]) else "held_out"
    after = (
        "budget_used",
        "lower_priority",
        "quiet_hours",
        "holiday",
        "zone_unknown",
        "no_allowed_time",
        "limit_reached",
    )
    return "treated" if each["arm"] == "treated" or each["reason"] in after else ""


def left_behind():
    """What is there at the end, as sets without times: two runs that ended alike are equal here."""
    asked = {
        "decisions": "person_id, source, occurrence, arm, share, variant, channel, priority",
        "proposals": "person_id, day, play_id, version, occurrence, state",
        "limits": "key, most, used", "messages": "person_id, source, occurrence, state, identifier_id",
        "reservations": "decision_id, state, priority", "consents": "identifier_id, state", "pauses": "identifier_id, why, key",
    }  # fmt: skip
    tables = {
        "decisions": "decisions_decision", "proposals": "plays_proposal", "limits": "decisions_limit",
        "messages": "messaging_message", "reservations": "decisions_reservation", "consents": "customers_consent",
        "pauses": "customers_pause",
    }  # fmt: skip
    return {name: Counter(tuple(str(cell) for cell in row.values()) for row in rows(f"SELECT {columns} FROM {tables[name]}"))
            for name, columns in asked.items()}  # fmt: skip
