"""Sender Policy Framework (RFC 7208): may this machine send for this name, and does the record keep to the rules?

The record is walked through its includes as a receiver would, counting the look-ups that a receiver allows itself.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field

Ask = Callable[[str, str], list[str]]

LOOKUPS_MAX = 10  # RFC 7208, 4.6.4
WALKED_MAX = 30  # where we stop counting a record that goes in circles
QUALIFIERS = "+-~?"
LOOKED_UP = {"include", "a", "mx", "ptr", "exists", "redirect"}


@dataclass
class Walk:
    """What a record amounts to: `lookups` made, `hosts` and `includes` it names, `networks` it allows, and the qualifier of its `all`."""

    lookups: int = 0
    includes: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = field(default_factory=list)
    everyone: str = ""
    broken: list[str] = field(default_factory=list)


def records(name: str, ask: Ask) -> list[str]:
    """The SPF records at a name: more than one is as bad as none (RFC 7208, 4.5)."""
    return [text for text in ask(name, "TXT") if text.casefold() == "v=spf1" or text.casefold().startswith("v=spf1 ")]


def walked(name: str, record: str, ask: Ask) -> Walk:
    """The record of `name` followed through all it includes."""
    walk = Walk()
    _follow(name, record, ask, walk)
    return walk


def covers(walk: Walk, sender: str, ask: Ask) -> bool:
    """Whether a machine, by its name or address, may send: named, or with every address among the networks allowed."""
    name = sender.casefold().rstrip(".")
    if name in walk.includes or name in walk.hosts:
        return True
    addresses = (
        [_address(sender)] if _address(sender) else [_address(one) for kind in ("A", "AAAA") for one in ask(name, kind)]
    )
    return bool(addresses) and all(
        one is not None and any(one.version == net.version and one in net for net in walk.networks) for one in addresses
    )


def allowing(record: str, sender: str, ask: Ask) -> str:
    """The record with the sender let in; `record` may be empty."""
    address = _address(sender)
    if address:
        mechanism = f"ip{address.version}:{address}"
    else:
        mechanism = f"{'include' if records(sender, ask) else 'a'}:{sender}"
    terms = record.split() or ["v=spf1", "~all"]
    at = next(
        (
            n
            for n, term in enumerate(terms)
            if term.casefold().lstrip(QUALIFIERS) == "all" or term.casefold().startswith("redirect=")
        ),
        len(terms),
    )
    return " ".join([*terms[:at], mechanism, *terms[at:]])


def _follow(name: str, record: str, ask: Ask, walk: Walk, *, inner: bool = False) -> None:
    redirect = ""
    for term in record.split()[1:]:
        sign, plain = (term[0], term[1:]) if term[0] in QUALIFIERS else ("+", term)
        if plain.casefold().startswith("redirect="):
            redirect = plain[len("redirect=") :]
            continue
        if "=" in plain.partition(":")[0]:
            continue  # a modifier that does not matter here, as exp=
        _take(name, sign, plain.casefold(), ask, walk)
        if plain.casefold() == "all":
            walk.everyone = walk.everyone if inner else sign
            return
    if redirect:
        _enter(redirect.casefold(), ask, walk, inner=inner)


def _take(name: str, sign: str, term: str, ask: Ask, walk: Walk) -> None:
    """One mechanism, its value after a colon, its prefix after a slash."""
    mechanism, colon, value = term.partition(":")
    mechanism, _, prefix = mechanism.partition("/") if not colon else (mechanism, "", "")
    if mechanism in ("ip4", "ip6"):
        _add_network(value, sign, walk)
        return
    if mechanism not in LOOKED_UP:
        walk.broken += [term] if mechanism != "all" else []
        return
    if mechanism == "include":
        _enter(value, ask, walk, inner=True)
        return
    walk.lookups += 1
    target, _, own_prefix = (value or name).partition("/")
    if mechanism in ("a", "mx") and "%" not in target and sign == "+":
        hosts = (
            [target]
            if mechanism == "a"
            else [one.split()[-1].rstrip(".").casefold() for one in ask(target, "MX")[:LOOKUPS_MAX]]
        )
        walk.hosts.update(hosts)
        for found in [address for host in hosts for kind in ("A", "AAAA") for address in ask(host, kind)]:
            length = "" if (own_prefix or prefix).startswith("/") else (own_prefix or prefix).split("//")[0]
            _add_network(f"{found}/{length}" if length and ":" not in found else found, sign, walk)


def _enter(name: str, ask: Ask, walk: Walk, *, inner: bool) -> None:
    walk.lookups += 1
    walk.includes.add(name.rstrip("."))
    if walk.lookups > WALKED_MAX or "%" in name:
        return
    found = records(name, ask)
    if len(found) != 1:
        walk.broken.append(name)
        return
    _follow(name, found[0], ask, walk, inner=inner)


def _add_network(text: str, sign: str, walk: Walk) -> None:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        walk.broken.append(text)
        return
    if sign == "+":
        walk.networks.append(network)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
