"""Which customer records may belong to one person although no identifier says so?

Suggestions for a person to judge; nothing merges. Names say who: a household or an office shares its place, so a place
alone never suggests. Weights are log2(m/u) in bits (Fellegi and Sunter, "A Theory for Record Linkage", JASA 64, 1969,
section 2), u counted in the records given (as in Winkler, "Frequency-Based Matching in Fellegi-Sunter Model", 2000).
"""

import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import fsum, inf, log2

import numpy as np
from rapidfuzz.distance import OSA

SCORE_MIN = 0.9
PAIRS_MAX = 2_500_000
BLOCK_RECORDS_MAX, NEIGHBOURS = 60, 3  # in a larger block each record meets only its neighbours by name
FIELD_CHARS_MAX, FIELD_WORDS_MAX, WORD_CHARS_MAX = 200, 10, 40
KEY_FAMILIES = ("phone", "mailbox", "names", "street number", "number postcode", "name street", "name number")

DUPLICATES_PER_RECORD = 0.1  # expected before looking: the prior odds
IMAGINED_RECORDS = 200  # strangers added to every count, so that in a list of ten not everything looks common
SAME_IF_ONE_PERSON = 0.9
SLIP_IF_ONE_PERSON = 0.1 / 200  # one word in ten is misspelt, as any one of some two hundred near spellings
SLIP_BITS_MIN = 0.0  # below it both spellings are well-known names: Jaden and Jayden
UNSEEN_RECORDS = 0.05  # expected to hold a spelling that nobody else has
LETTERS_PER_SLIP = 4
SHORT_WORD_CHARS = (
    4  # with another letter mostly another word, Dan and Don, unless many hold the one and nobody the other
)
KNOWN_RECORDS = 3
INITIAL_BITS, EXTRA_NAME_BITS, CHANGED_NAME_BITS = 2.0, -1.0, -6.0
GIVEN_NAME_RECORDS_MIN, GIVEN_NAME_FIRST_SHARE_MIN = 4, 0.75
RESIDENTS_MAX = 2  # with more records behind one door, one given name twice is chance
ADDRESS_SHARE_MIN, WHOLE_ADDRESS_SHARE_MIN = 0.6, 0.85  # of the shorter one's letters
PLACE = ("address", "postcode", "city", "region")
OTHER_ADDRESS_BITS = -4.0
OTHER_BITS = {"house_number": -3.0, "postcode": -3.0, "city": -2.0, "region": -1.0, "phone": -1.5, "email": -1.5}
SIMILAR_BITS = {"house_number": 0.0, "postcode": 0.0, "city": 2.0, "email": 3.0}
MOVED_BITS_MIN = -6.0  # one move explains every difference of place
BITS_BESIDE_NAME_MIN = 4.0

WORD = re.compile(r"[^\s!-/:-@\[-`{-¿×÷\u2010-\u206f\u3000-\u3003\u3008-\u303f\u30fb]+")
APOSTROPHES = re.compile(r"['`´‘’]")
DIACRITICS = re.compile(r"[\u0300-\u036f]")
VOWELS_INSIDE = re.compile(r"(?<=.)[aeiouyh]")
DOUBLED = re.compile(r"(.)\1+")
STREET_SUFFIX = re.compile(r"(?<=\w{3})(strasse|straat|str)$")
IDEOGRAPHS_FROM = "\u2e80"  # one sign is a syllable or a word there: one different sign, another name
TITLES = frozenset(WORD.findall("mr mrs ms miss dr prof sir herr frau mme mlle"))
STREET_WORDS = frozenset(
    WORD.findall("""
    street st str strasse road rd avenue ave av lane ln drive dr court ct crescent cres cr circuit cct place pl close cl
    terrace tce boulevard blvd way highway hwy parade pde square sq rue via calle platz weg straat laan ulica ul
    unit flat apt apartment suite floor no nr""")
)
PLACEHOLDERS = frozenset(
    WORD.findall("""
    test tester testing na n a none null nil unknown anonymous guest customer client kunde user name noname nobody
    empty blank tbd tba asdf qwerty unbekannt noreply info""")
)


@dataclass(frozen=True, slots=True)
class Record:
    """What a shop knows of one customer; any text may be empty. `region` is the state or province."""

    id: int
    name: str = ""
    address: str = ""
    city: str = ""
    postcode: str = ""
    region: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Records `a` < `b` may be one person: `score` is a probability (0..1), `evidence` what speaks for it and against.

    Each piece of evidence is (code, value_a, value_b), the values as recorded. The code is `same_`, `similar_` or
    `other_` and `name`, `address`, `house_number`, `postcode`, `city`, `region`, `phone` or `email`, or else
    `initial_name` (the one has only a letter) or `changed_name` (one given name and one home, another surname).
    """

    a: int
    b: int
    score: float
    evidence: tuple[tuple[str, str, str], ...]


_Values = Mapping[str, tuple[str, ...]]  # what is comparable of a record, by field; empty where blank or a placeholder


@dataclass(frozen=True, slots=True)
class _Finding:
    """One comparison: `bits` above 0 speak for one person, below 0 against."""

    level: str
    field: str
    bits: float


@dataclass(frozen=True, slots=True)
class _Alignment:
    """Words two texts share, pairs that resemble each other, and what is left on either side."""

    same: list[str]
    near: list[tuple[str, str]]
    rest_a: list[str]
    rest_b: list[str]


@dataclass(frozen=True, slots=True)
class _Census:
    """How many of `total` records hold each value, by field."""

    total: int
    counts: Mapping[str, Counter[str]]

    def prior_bits(self) -> float:
        return log2(DUPLICATES_PER_RECORD / (self.total + IMAGINED_RECORDS))

    def same_bits(self, field: str, value: str) -> float:
        others = max(self.counts[field][value] - 2, 0)
        return log2(SAME_IF_ONE_PERSON * (self.total + IMAGINED_RECORDS) / (others + 1))

    def is_known_against_unseen(self, field: str, x: str, y: str) -> bool:
        """Whether many hold the one spelling and nobody else the other."""
        rarer, commoner = sorted((self.counts[field][x], self.counts[field][y]))
        return rarer <= 1 and commoner >= KNOWN_RECORDS

    def slip_bits(self, field: str, x: str, y: str) -> float:
        """A slip makes a word nobody else has: the better known the rarer of the two, the less it is one."""
        rarer = min(self.counts[field][x], self.counts[field][y])
        short = max(len(x), len(y)) <= SHORT_WORD_CHARS and sorted(x) != sorted(y)
        if (rarer > 1 and OSA.distance(x, y) > 1) or (short and not self.is_known_against_unseen(field, x, y)):
            return -inf
        bits = log2(SLIP_IF_ONE_PERSON * (self.total + IMAGINED_RECORDS) / (max(rarer - 1, 0) + UNSEEN_RECORDS))
        return min(bits, self.same_bits(field, x) - 1, self.same_bits(field, y) - 1)


def propose(records: Sequence[Record], *, score_min: float = SCORE_MIN, pairs_max: int = PAIRS_MAX) -> list[Suggestion]:
    """Pairs of records that may be one person, the likeliest first, each once with a < b.

    `score_min` is a probability (0..1); at most `pairs_max` pairs are compared, the most specific likenesses first. The
    order of `records` does not matter. Raises ValueError when two records have one id.
    """
    values = {record.id: _values(record) for record in records}
    if len(values) != len(records):
        raise ValueError("two records have the same id")
    ranked = sorted(records, key=lambda r: (sorted(values[r.id]["name"]), values[r.id]["address"], r.id))
    census = _take_census(values.values())
    found = []
    for pair in _candidates([values[record.id] for record in ranked], pairs_max):
        a, b = sorted((ranked[position] for position in pair), key=lambda record: record.id)
        findings = _compare(values[a.id], values[b.id], census)
        score = 1 / (1 + 2 ** -_total_bits(findings, census)) if findings else 0.0
        if findings and score >= score_min:
            evidence = tuple(_evidence(finding, a, b) for finding in findings if finding.level)
            found.append(Suggestion(a.id, b.id, round(score, 4), evidence))
    return sorted(found, key=lambda suggestion: (-suggestion.score, suggestion.a, suggestion.b))


def _values(record: Record) -> _Values:
    address = _words(record.address)
    street = tuple(STREET_SUFFIX.sub("", w) for w in address if w not in STREET_WORDS and not _digits(w))
    return {
        "name": _names(record.name),
        "address": street or tuple(w for w in address if not _digits(w)),
        "house_number": tuple(w for w in address if _digits(w)),
        "city": _joined(record.city, " "),
        "postcode": _joined(record.postcode, ""),
        "region": _joined(record.region, ""),
        "phone": _phone(record.phone),
        "email": _email(record.email),
    }


def _words(text: str) -> tuple[str, ...]:
    """Words without case, accents and punctuation; none for a placeholder such as "n/a" or "xxx"."""
    folded = APOSTROPHES.sub("", text[:FIELD_CHARS_MAX]).casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", DIACRITICS.sub("", unicodedata.normalize("NFKD", folded)))
    words = tuple(word[:WORD_CHARS_MAX] for word in WORD.findall(folded)[:FIELD_WORDS_MAX])
    return () if all(word in PLACEHOLDERS or not word.strip("0x") for word in (*words, "na")) else words


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _joined(text: str, separator: str) -> tuple[str, ...]:
    words = _words(text)
    return (separator.join(words),) if words else ()


def _names(text: str) -> tuple[str, ...]:
    family, comma, given = text[:FIELD_CHARS_MAX].partition(",")
    words = _words(f"{given} {family}" if comma else text)
    untitled = tuple(word for word in words if word not in TITLES)
    return untitled if sum(len(word) > 1 for word in untitled) >= 2 else words  # Mr Byron is not Mrs Byron


def _phone(text: str) -> tuple[str, ...]:
    digits = _digits(text[:FIELD_CHARS_MAX])[-9:]
    return (digits,) if len(digits) >= 7 and len(set(digits)) > 2 and digits not in "01234567890" else ()


def _email(text: str) -> tuple[str, ...]:
    email = text[:FIELD_CHARS_MAX].strip().casefold()
    local, at, domain = email.partition("@")
    return (f"{local.partition('+')[0]}@{domain}",) if at and domain and _words(local) else ()


def _take_census(all_values: Collection[_Values]) -> _Census:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for values in all_values:
        for field, held in values.items():
            counts[field].update(set(held))
        counts["address"].update(_whole_address(values) - set(values["address"]))
        counts["first_name"].update(values["name"][:1])
        counts["door"].update(_doors(values))
    return _Census(len(all_values), counts)


def _whole_address(values: _Values) -> set[str]:
    return {*values["address"], *" ".join(values["city"]).split()}


def _doors(values: _Values) -> set[str]:
    street = " ".join(sorted(values["address"]))
    return {f"{number} {street}" for number in values["house_number"] or ("",)}


def _candidates(ranked: Sequence[_Values], pairs_max: int) -> Iterator[tuple[int, int]]:
    """Positions (low, high) of pairs that share a key, each once; per family of keys the smaller blocks first."""
    codes, parts = array("q"), [_key_parts(values) for values in ranked]
    for family in map(str.split, KEY_FAMILIES):
        blocks: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for position, mine in enumerate(parts):
            for key in dict.fromkeys(product(*(mine[part] for part in family))):
                blocks[key].append(position)
        for block in sorted(blocks.values(), key=len):
            reach = len(block) if len(block) <= BLOCK_RECORDS_MAX else NEIGHBOURS
            for i, low in enumerate(block if len(codes) < pairs_max else ()):
                codes.extend(low * len(ranked) + high for high in block[i + 1 : i + 1 + reach])
    for code in np.unique(np.array(codes[:pairs_max], dtype=np.int64)):
        yield divmod(int(code), len(ranked))


def _key_parts(values: _Values) -> _Values:
    names = tuple(map(_skeleton, values["name"][:4]))
    return {
        "phone": values["phone"],
        "mailbox": tuple(email.partition("@")[0] for email in values["email"]),
        "names": (" ".join(sorted(names)),) if len(names) > 1 else (),
        "name": names,
        "street": tuple(map(_skeleton, values["address"][:3])),
        "number": values["house_number"][:1],
        "postcode": values["postcode"],
    }


def _skeleton(word: str) -> str:
    """The first sign and three consonants after it: what most typing errors and accents leave alone."""
    return DOUBLED.sub(r"\1", VOWELS_INSIDE.sub("", word))[:4]


def _compare(a: _Values, b: _Values, census: _Census) -> list[_Finding]:
    """What speaks for and against one person; nothing if the names contradict or too little is alike beside them."""
    name = _compare_names(a["name"], b["name"], census)
    if name is None:
        return []
    beside = (_compare_addresses(a, b, census), *(_compare_field(field, a, b, census) for field in OTHER_BITS))
    found = [name, *filter(None, beside)]
    levels = {finding.field: finding.level for finding in found}
    if not name.level:
        enough = "same" in (levels.get("phone"), levels.get("email"))
    elif name.level == "changed":
        private = max(census.counts["door"][door] for door in _doors(a) | _doors(b)) <= RESIDENTS_MAX
        enough = private and levels.get("address", "other") != "other" and levels.get("house_number") != "other"
    else:
        enough = fsum(max(finding.bits, 0) for finding in found[1:]) >= BITS_BESIDE_NAME_MIN
    return found if enough else []


def _total_bits(found: Sequence[_Finding], census: _Census) -> float:
    """Log odds of one person. Street, postcode, city and region mostly imply each other: the second counts half."""
    place = sorted((f.bits for f in found if f.field in PLACE and f.bits > 0), reverse=True)
    moved = fsum(f.bits for f in found if f.field in (*PLACE, "house_number") and f.bits < 0)
    rest = [f.bits for f in found if f.field not in PLACE and (f.field != "house_number" or f.bits > 0)]
    second = fsum(place[1:2]) / 2
    return fsum((census.prior_bits(), *place[:1], second, max(moved, MOVED_BITS_MIN), *rest))


def _evidence(finding: _Finding, a: Record, b: Record) -> tuple[str, str, str]:
    field = "address" if finding.field == "house_number" else finding.field
    return (f"{finding.level}_{finding.field}", getattr(a, field), getattr(b, field))


def _compare_names(a: Sequence[str], b: Sequence[str], census: _Census) -> _Finding | None:
    """The names in any word order: None when they contradict each other, an empty level when one is blank."""
    if not a or not b:
        return _Finding("", "name", 0.0)
    both = _align(a, b)
    slips = {(x, y): _name_slip_bits(x, y, x == a[0] or y == b[0], census) for x, y in both.near}
    weights = [bits for bits in slips.values() if bits >= SLIP_BITS_MIN]
    weights += [census.same_bits("name", word) for word in both.same]
    rest_a = [*both.rest_a, *(x for (x, _), bits in slips.items() if bits < SLIP_BITS_MIN)]
    rest_b = [*both.rest_b, *(y for (_, y), bits in slips.items() if bits < SLIP_BITS_MIN)]
    if not weights or (rest_a and rest_b and len(rest_a) + len(rest_b) > 2):
        return None
    if not rest_a or not rest_b:
        extra = [EXTRA_NAME_BITS for _ in (*rest_a, *rest_b)]
        return _Finding("similar" if slips or extra else "same", "name", fsum((*weights, *extra)))
    if _is_initial(*rest_a, *rest_b):
        return _Finding("initial", "name", fsum((*weights, INITIAL_BITS)))
    given = len(weights) == 1 and any(_is_given_name(word, census) and word in (a[0], b[0]) for word in both.same)
    return _Finding("changed", "name", fsum((*weights, CHANGED_NAME_BITS))) if given else None


def _name_slip_bits(x: str, y: str, first: bool, census: _Census) -> float:
    """A slip's weight, -inf for relatives: Paul and Paula never are one, Julia and Julian at the front hardly ever."""
    if x.rstrip("aeo") == y.rstrip("aeo"):
        return -inf
    if first and x.rstrip("aeons") == y.rstrip("aeons") and not census.is_known_against_unseen("name", x, y):
        return -inf
    return census.slip_bits("name", x, y)


def _is_initial(x: str, y: str) -> bool:
    short, long = sorted((x, y), key=len)
    return len(short) == 1 and long.startswith(short) and short < IDEOGRAPHS_FROM


def _is_given_name(word: str, census: _Census) -> bool:
    """Whether others have it too, and as a first word: what a family shares must not pass."""
    held, first = census.counts["name"][word], census.counts["first_name"][word]
    return held >= GIVEN_NAME_RECORDS_MIN and first >= GIVEN_NAME_FIRST_SHARE_MIN * held


def _align(a: Sequence[str], b: Sequence[str]) -> _Alignment:
    same: list[str] = []
    rest_a: list[str] = []
    near, rest_b = [], list(b)
    for x in a:
        (same if x in rest_b else rest_a).append(x)
        if x in rest_b:
            rest_b.remove(x)
    alike = ((OSA.distance(x, y), sorted((x, y)), x, y) for x in rest_a for y in rest_b if _resemble(x, y))
    for _, _, x, y in sorted(alike):
        if x in rest_a and y in rest_b:
            near.append((x, y))
            rest_a.remove(x)
            rest_b.remove(y)
    x, y = "".join(rest_a), "".join(rest_b)
    if x and x == y:  # "braid en" is "braiden"
        return _Alignment([*same, x], near, [], [])
    if x and y and OSA.distance(x, y) == 1 and _resemble(x, y):
        return _Alignment(same, [*near, (x, y)], [], [])
    return _Alignment(same, near, rest_a, rest_b)


def _resemble(x: str, y: str) -> bool:
    """Whether two different words may be one misspelt, judged by their letters alone."""
    distance, longest = OSA.distance(x, y), max(len(x), len(y))
    if distance > max(1, longest // LETTERS_PER_SLIP) or min(len(x), len(y)) < 3 or x[-1] >= IDEOGRAPHS_FROM:
        return False
    return x[0] == y[0] or (distance == 1 and longest > SHORT_WORD_CHARS)


def _compare_addresses(a: _Values, b: _Values, census: _Census) -> _Finding | None:
    x, y = a["address"], b["address"]
    if not x or not y:
        return None
    both = _align(x, y)
    if _shared(both, x, y) < ADDRESS_SHARE_MIN:  # perhaps parts of it stand in the city
        x, y = (tuple(sorted(_whole_address(values))) for values in (a, b))
        both = _align(x, y)
        if _shared(both, x, y) < WHOLE_ADDRESS_SHARE_MIN:
            return _Finding("other", "address", OTHER_ADDRESS_BITS)
    bits = [census.same_bits("address", word) for word in both.same]
    bits += [census.slip_bits("address", *pair) for pair in both.near]
    return _Finding("same" if x == y else "similar", "address", max(0.0, *bits))


def _shared(both: _Alignment, x: Sequence[str], y: Sequence[str]) -> float:
    """How much of the shorter text the other has too, as a share of its letters (0..1)."""
    agreed = (*both.same, *(min(pair, key=len) for pair in both.near))
    return len("".join(agreed)) / min(len("".join(x)), len("".join(y)))


def _compare_field(field: str, a: _Values, b: _Values, census: _Census) -> _Finding | None:
    x, y = a[field], b[field]
    if not x or not y:
        return None
    if shared := [value for value in x if value in y]:
        return _Finding("same", field, max(census.same_bits(field, value) for value in shared))
    if any(_alike(field, *pair) for pair in product(x, y)):
        return _Finding("similar", field, SIMILAR_BITS[field])
    return _Finding("other", field, OTHER_BITS[field])


def _alike(field: str, x: str, y: str) -> bool:
    if field in ("house_number", "postcode"):
        return min(len(x), len(y)) > 1 and OSA.distance(x, y) == 1
    if field == "email":  # one mailbox name at two hosts, or a slip outside the digits: ada1 is not ada2
        one_mailbox = x.partition("@")[0] == y.partition("@")[0]
        return one_mailbox or (_digits(x) == _digits(y) and OSA.normalized_similarity(x, y) >= 0.9)
    return field == "city" and _resemble(x, y)
