"""DMARC (RFC 9989): the policy for a From domain and its organizational domain, found by walking up the tree of names.

Since RFC 9989 no list of public suffixes is needed: the walk asks at each name from the left, at most eight times (section 4.10).
"""

from collections.abc import Callable

Ask = Callable[[str, str], list[str]]

LABELS_ASKED_MAX = 8
POLICIES = ("none", "quarantine", "reject")


def tags(record: str) -> dict[str, str]:
    """The tags of a record, names in small letters; of a tag given twice the first."""
    found: dict[str, str] = {}
    for part in record.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().casefold(), value.strip())
    return found


def steps(domain: str) -> list[str]:
    """The names the walk asks at: the domain, then its parents, of a very long name only the last seven labels."""
    labels = domain.casefold().rstrip(".").split(".")
    first = [".".join(labels)]
    rest = labels[1:] if len(labels) < LABELS_ASKED_MAX else labels[-(LABELS_ASKED_MAX - 1) :]
    return first + [".".join(rest[n:]) for n in range(len(rest))]


def record_at(name: str, ask: Ask) -> str:
    """The one DMARC record of a name; several count as none."""
    found = [text for text in ask(f"_dmarc.{name}", "TXT") if text.replace(" ", "").casefold().startswith("v=dmarc1")]
    return found[0] if len(found) == 1 else ""


def policy(domain: str, ask: Ask) -> tuple[str, str]:
    """The name whose record holds for a From domain, and the record; two empty strings when there is none."""
    own = record_at(domain, ask)
    if own:
        return domain, own
    above = organizational(domain, ask)
    if found := record_at(above, ask):
        return above, found
    public = ((name, record_at(name, ask)) for name in steps(above)[1:])
    return next(((name, record) for name, record in public if tags(record).get("psd", "").casefold() == "y"), ("", ""))


def organizational(domain: str, ask: Ask) -> str:
    """The organizational domain: where `psd=n` stands, or below `psd=y`, else the shortest name with a record, else the domain itself."""
    names = steps(domain)
    shortest = names[0]
    for at, name in enumerate(names):
        record = record_at(name, ask)
        if not record:
            continue
        public = tags(record).get("psd", "u").casefold()
        if public == "n":
            return name
        if public == "y" and at > 0:
            return names[at - 1]
        shortest = name
    return shortest


def aligned(first: str, second: str, ask: Ask, *, strict: bool) -> bool:
    """Whether two names are aligned: the same when strict, of the same organization otherwise."""
    one, other = first.casefold().rstrip("."), second.casefold().rstrip(".")
    return one == other or (not strict and organizational(one, ask) == organizational(other, ask))
