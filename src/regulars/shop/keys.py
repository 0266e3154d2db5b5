"""How do natural keys become our ids, the same on every machine and in every run?

An id is the first 60 bits of the MD5 of `kind|parts`, as a positive 64-bit integer. MD5 is used for spread, not for
secrecy: every engine we run on has it. At ten million rows of one kind the chance of any collision is about 4e-5.
"""

import hashlib


def key_id(*parts: str) -> int:
    """The id of one thing; `parts` begin with its kind, e.g. `key_id("email", "ada@shop.example")`."""
    digest = hashlib.md5("|".join(parts).encode(), usedforsecurity=False).hexdigest()
    return int(digest[:15], 16)
