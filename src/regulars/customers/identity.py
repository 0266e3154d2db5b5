"""Which identifiers belong to one customer? A pure function of the evidence, never of the order it arrived in.

Two identifiers seen on one fact are evidence for a link. Links are taken in a fixed order (stronger kinds first, then
by id) and refused by the guard rails. What people decided comes first: their merges hold, what they took apart stays
apart. A refused or taken-apart link never silently comes back.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from regulars.customers.identifiers import IDENTIFIERS_PER_KIND_MAX, NAMES_PER_IDENTIFIER_MAX

TRUST = {"account": 0, "email": 1, "phone": 2}
Known = Mapping[int, tuple[str, str]]


@dataclass(frozen=True, order=True)
class Link:
    """Two identifiers, the smaller id first."""

    left: int
    right: int


@dataclass(frozen=True)
class Refused:
    """A link that a guard rail stopped, and which one: `two_accounts`, `too_many` or `shared`."""

    link: Link
    guard: str


@dataclass
class Resolution:
    """Which customer each identifier belongs to, the links that hold, and those that were stopped."""

    customer_of: dict[int, int]
    held: set[Link] = field(default_factory=set)
    refused: list[Refused] = field(default_factory=list)


class _Groups:
    """Sets of identifiers that grow by uniting (path halving)."""

    def __init__(self, known: Known) -> None:
        self._parent: dict[int, int] = {}
        self._known = known
        self._members: dict[int, list[int]] = {}

    def root(self, identifier: int) -> int:
        parent = self._parent
        while parent.get(identifier, identifier) != identifier:
            parent[identifier] = parent.get(parent[identifier], parent[identifier])
            identifier = parent[identifier]
        return identifier

    def members(self, root: int) -> list[int]:
        return self._members.get(root, [root])

    def unite(self, left: int, right: int) -> None:
        a, b = self.root(left), self.root(right)
        if a != b:
            self._members[a] = self.members(a) + self.members(b)
            self._members.pop(b, None)
            self._parent[b] = a

    def guard(self, left: int, right: int) -> str:
        """Why the groups of two identifiers must not become one; empty when they may."""
        together = [
            self._known[member] for root in (self.root(left), self.root(right)) for member in self.members(root)
        ]
        accounts = [value for kind, value in together if kind == "account"]
        sources = [value.partition(":")[0] for value in accounts]
        if len(set(sources)) < len(sources):
            return "two_accounts"
        for kind in ("email", "phone"):
            if sum(1 for other, _value in together if other == kind) > IDENTIFIERS_PER_KIND_MAX:
                return "too_many"
        return ""


def resolve(
    known: Known,
    links: Iterable[Link],
    *,
    names: Mapping[int, int] | None = None,
    merged_by_hand: Iterable[Link] = (),
    taken_apart: Collection[Link] = (),
) -> Resolution:
    """Customers from evidence. `names` counts the distinct names each identifier was used with.

    A customer's number is the id of its most trusted identifier (account, then e-mail, then phone; then the smallest).
    """
    groups, counts, apart = _Groups(known), names or {}, set(taken_apart)
    result = Resolution({})
    for link in sorted(set(merged_by_hand)):
        groups.unite(link.left, link.right)
        result.held.add(link)
    for link in sorted(set(links) - apart, key=lambda each: _strength(each, known)):
        if link in result.held or link.left not in known or link.right not in known:
            continue
        guard = "shared" if _is_shared(link, known, counts) else ""
        if not guard and groups.root(link.left) != groups.root(link.right):
            guard = groups.guard(link.left, link.right)
        if guard:
            result.refused.append(Refused(link, guard))
        else:
            groups.unite(link.left, link.right)
            result.held.add(link)
    result.customer_of = _numbered(groups, known, result.held)
    return result


def _strength(link: Link, known: Known) -> tuple[int, int, int, int]:
    kinds = sorted(TRUST[known[end][0]] if end in known else 9 for end in (link.left, link.right))
    return (kinds[0], kinds[1], link.left, link.right)


def _is_shared(link: Link, known: Known, names: Mapping[int, int]) -> bool:
    """An address that many names used identifies nobody else."""
    return any(
        names.get(end, 0) > NAMES_PER_IDENTIFIER_MAX and known[end][0] != "account" for end in (link.left, link.right)
    )


def _numbered(groups: _Groups, known: Known, held: Iterable[Link]) -> dict[int, int]:
    touched: dict[int, list[int]] = defaultdict(list)
    for identifier in {end for link in held for end in (link.left, link.right)}:
        touched[groups.root(identifier)].append(identifier)
    numbers = {}
    for members in touched.values():
        first = min(members, key=lambda member: (TRUST[known[member][0]], member))
        numbers.update(dict.fromkeys(members, first))
    return numbers
