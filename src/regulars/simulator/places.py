"""Where do the invented people live, and on which number are they reached? Real cities, invented streets, and phone
numbers from the ranges the regulators keep free for fiction where there are such ranges."""

from dataclasses import dataclass

import numpy as np

COUNTRY_SHARES = {"DE": 0.70, "AT": 0.10, "FR": 0.08, "NL": 0.07, "GB": 0.05}
DIALLING_CODES = {"DE": "49", "AT": "43", "FR": "33", "NL": "31", "GB": "44"}

# City, region, first characters of the postcode.
CITIES = {
    "DE": (
        ("Berlin", "Berlin", "104"), ("Berlin", "Berlin", "120"), ("Hamburg", "Hamburg", "222"),
        ("München", "Bayern", "803"), ("Köln", "Nordrhein-Westfalen", "506"), ("Leipzig", "Sachsen", "041"),
        ("Frankfurt am Main", "Hessen", "603"), ("Bremen", "Bremen", "282"), ("Münster", "Nordrhein-Westfalen", "481"),
        ("Freiburg im Breisgau", "Baden-Württemberg", "791"), ("Rostock", "Mecklenburg-Vorpommern", "180"),
    ),
    "AT": (("Wien", "Wien", "10"), ("Graz", "Steiermark", "80"), ("Linz", "Oberösterreich", "40")),
    "FR": (("Lyon", "Auvergne-Rhône-Alpes", "690"), ("Nantes", "Pays de la Loire", "440"),
           ("Strasbourg", "Grand Est", "670")),
    "NL": (("Utrecht", "Utrecht", "35"), ("Groningen", "Groningen", "97"), ("Haarlem", "Noord-Holland", "20")),
    "GB": (("London", "England", "E8"), ("Bristol", "England", "BS6"), ("Edinburgh", "Scotland", "EH6")),
}  # fmt: skip
STREETS = {
    "DE": """Lindenstraße Mühlenweg Kastanienallee Am_Kanal Gärtnerstraße Bergmannstraße Rosenweg Kirchgasse Uferstraße
        Schillerstraße Große_Bleiche Wiesengrund Turmstraße Holzmarkt Nordring Fährweg""",
    "AT": "Rosengasse Mühlgasse Schloßallee Lindengasse Am_Graben Bäckerstraße Weinbergweg Kirchenplatz",
    "FR": "rue_des_Tilleuls rue_de_l'Église avenue_du_Parc rue_Mercière quai_des_Brumes rue_du_Four place_du_Marché",
    "NL": "Molenstraat Keizersweg Lindelaan Havenkade Kerkstraat Tulpenstraat Oude_Gracht Weverssingel",
    "GB": "Mill_Lane Queen's_Road Orchard_Street Station_Road Harbour_View Church_Walk Elm_Grove King's_Parade",
}
# National prefix, digits of the running part. DE, FR and GB ranges are reserved for fiction.
PHONE_RANGES = {
    "DE": (("30 23125", 3), ("69 90009", 3), ("40 66969", 3), ("89 99998", 3), ("221 4710", 3)),
    "AT": (("1 555", 4),),
    "FR": (("1 99 00", 4), ("2 61 91", 4)),
    "NL": (("20 555", 4),),
    "GB": (("20 7946 0", 3), ("117 496 0", 3), ("131 496 0", 3)),
}
PHONE_STYLES = ("+{code} {area} {rest}", "0{area} {rest}", "0{area}{rest}", "00{code}{area}{rest}", "(0{area}) {rest}")


@dataclass(frozen=True)
class Address:
    """Where parcels go; country is the two-letter code."""

    street: str
    city: str
    postcode: str
    region: str
    country: str


@dataclass(frozen=True)
class Phone:
    """A phone number in its parts, to be spelled in several ways."""

    country: str
    area: str
    rest: str


def draw_countries(luck: np.random.Generator, people: int) -> list[str]:
    """A two-letter country code for each of the people, in the shares of COUNTRY_SHARES."""
    codes = list(COUNTRY_SHARES)
    return [codes[place] for place in luck.choice(len(codes), size=people, p=list(COUNTRY_SHARES.values()))]


def invent_address(luck: np.random.Generator, country: str) -> Address:
    """A street, house number, city and postcode in the country's own form. Raises KeyError for another country."""
    city, region, start = CITIES[country][luck.integers(len(CITIES[country]))]
    streets = STREETS[country].split()
    street = streets[luck.integers(len(streets))].replace("_", " ")
    number = int(luck.integers(1, 160))
    line = f"{number} {street}" if country in {"FR", "GB"} else f"{street} {number}"
    return Address(line, city, _postcode(luck, country, start=start), region, country)


def invent_phone(country: str, ordinal: int) -> Phone:
    """The ordinal-th number of the country's ranges; no two ordinals share one until the ranges are used up."""
    ranges = PHONE_RANGES[country]
    area, digits = ranges[ordinal % len(ranges)]
    running = (ordinal // len(ranges) * 7 + 1) % 10**digits
    return Phone(country, area, f"{running:0{digits}d}")


def spell_phone(phone: Phone, style: int) -> str:
    """The number as somebody types it: style 0 is international with spaces, others national or run together."""
    first, _, more = phone.area.partition(" ")
    parts = {"code": DIALLING_CODES[phone.country], "area": first, "rest": more.replace(" ", "") + phone.rest}
    return PHONE_STYLES[style % len(PHONE_STYLES)].format(**parts)


def _postcode(luck: np.random.Generator, country: str, *, start: str) -> str:
    tail = f"{luck.integers(10, 100)}"
    letters = "".join("ABDEFGHJLNPQRSTUWXYZ"[place] for place in luck.integers(20, size=2))
    return {"NL": f"{start}{tail} {letters}", "GB": f"{start} {tail[0]}{letters}"}.get(country, start + tail)
