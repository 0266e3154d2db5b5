"""The size of a DKIM key as it stands in the DNS (RFC 6376, 3.6.1; RFC 8301 for sizes)."""

import base64

BITS_MIN, BITS_GOOD = 1024, 2048
RSA_IDENTIFIER = bytes.fromhex("2a864886f70d010101")


class NotAKey(ValueError):
    """The record's `p=` is no RSA key in DER and base64."""


def rsa_bits(encoded: str) -> int:
    """The length in bits of an RSA public key, given as a SubjectPublicKeyInfo or, as some publish it, an RSAPublicKey. Raises NotAKey."""
    try:
        der = base64.b64decode("".join(encoded.split()), validate=True)
        kind, outer, _ = _element(der)
        first, content, rest = _element(outer)
        if kind == 0x30 and first == 0x30:
            if _element(content)[1] != RSA_IDENTIFIER:
                raise NotAKey("another kind of key")
            _, bits, _ = _element(rest)
            _, outer, _ = _element(bits[1:])
            first, content, _ = _element(outer)
    except (ValueError, IndexError) as no:
        raise NotAKey(str(no)) from None
    if first != 0x02 or not content:
        raise NotAKey("no number in it")
    return int.from_bytes(content, "big").bit_length()


def _element(der: bytes) -> tuple[int, bytes, bytes]:
    """The first DER element: its tag, its content, and what follows it. Raises IndexError when it is cut off."""
    tag, length, start = der[0], der[1], 2
    if length & 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(der[2 : 2 + size], "big"), 2 + size
    if start + length > len(der):
        raise IndexError("cut off")
    return tag, der[start : start + length], der[start + length :]
