"""What is comparable of a customer record? Words, numbers and addresses without case, accents, titles and placeholders."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

FIELD_CHARS_MAX, FIELD_WORDS_MAX, WORD_CHARS_MAX = 200, 10, 40

WORD = re.compile(r"[^\s!-/:-@\[-`{-¿×÷\u2010-\u206f\u3000-\u3003\u3008-\u303f\u30fb]+")
APOSTROPHES = re.compile(r"['`´‘’]")
DIACRITICS = re.compile(r"[\u0300-\u036f]")
STREET_SUFFIX = re.compile(r"(?<=\w{3})(strasse|straat|str)$")
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

Values = Mapping[str, tuple[str, ...]]  # what is comparable of a record, by field; empty where blank or a placeholder


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


def comparable(record: Record) -> Values:
    """The record's values by field, house numbers apart from their street."""
    address = _words(record.address)
    street = tuple(STREET_SUFFIX.sub("", w) for w in address if w not in STREET_WORDS and not digits_of(w))
    return {
        "name": _names(record.name),
        "address": street or tuple(w for w in address if not digits_of(w)),
        "house_number": tuple(w for w in address if digits_of(w)),
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


def digits_of(text: str) -> str:
    """The digits of a text, and nothing else."""
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
    digits = digits_of(text[:FIELD_CHARS_MAX])[-9:]
    return (digits,) if len(digits) >= 7 and len(set(digits)) > 2 and digits not in "01234567890" else ()


def _email(text: str) -> tuple[str, ...]:
    email = text[:FIELD_CHARS_MAX].strip().casefold()
    local, at, domain = email.partition("@")
    return (f"{local.partition('+')[0]}@{domain}",) if at and domain and _words(local) else ()


def whole_address(values: Values) -> set[str]:
    """The words of street and city: parts of the one often stand in the other."""
    return {*values["address"], *" ".join(values["city"]).split()}


def doors(values: Values) -> set[str]:
    """Each house number with its street, whatever the order of its words."""
    street = " ".join(sorted(values["address"]))
    return {f"{number} {street}" for number in values["house_number"] or ("",)}
