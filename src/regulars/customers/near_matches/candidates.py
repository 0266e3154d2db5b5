"""Which pairs of records are worth comparing? Those that share a key: all pairs of a large shop would be too many."""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from regulars.customers.near_matches.records import Values

BLOCK_RECORDS_MAX, NEIGHBOURS = 60, 3  # in a larger block each record meets only its neighbours by name
KEY_FAMILIES = ("phone", "mailbox", "names", "street number", "number postcode", "name street", "name number")
VOWELS_INSIDE = re.compile(r"(?<=.)[aeiouyh]")
DOUBLED = re.compile(r"(.)\1+")


def candidates(ranked: Sequence[Values], pairs_max: int) -> Iterator[tuple[int, int]]:
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


def _key_parts(values: Values) -> Values:
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
