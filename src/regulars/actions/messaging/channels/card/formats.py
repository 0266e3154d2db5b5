"""Cards and label sheets as data: sizes in millimetres, places measured from the upper left corner of the trimmed card or of the sheet.

Printers and post offices differ: take these as a start, print a test with frames, and copy the one that fits with your own numbers.
"""

from dataclasses import dataclass, field

INCH = 25.4


@dataclass(frozen=True)
class Box:
    """A rectangle: its left and upper edge, its width and height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Profile:
    """One kind of card. `text` is where the back's words stand, `address` and `sender` are None for a card that goes in an envelope.

    `bleed` is printed around the card and cut off; what matters stays `safe` away from the edge. `clear` is kept free for the post.
    """

    name: str
    width: float
    height: float
    bleed: float
    safe: float
    text: Box
    address: Box | None = None
    sender: Box | None = None
    clear: tuple[Box, ...] = field(default=())


# Germany and its neighbours: stamp at the upper right, 15 mm for the sorting code at the foot of the right half.
A6_POSTCARD = Profile(
    name="a6_postcard",
    width=148,
    height=105,
    bleed=3,
    safe=5,
    text=Box(5, 6, 66, 92),
    sender=Box(78, 40, 65, 4),
    address=Box(78, 48, 65, 38),
    clear=(Box(108, 0, 40, 38), Box(74, 90, 74, 15)),
)
A6_ENCLOSED = Profile(name="a6_enclosed", width=148, height=105, bleed=3, safe=5, text=Box(8, 8, 132, 89))
# United States: address side as in the Domestic Mail Manual's picture of a postcard, 5/8 inch free at the foot for the barcode.
US_POSTCARD = Profile(
    name="us_postcard",
    width=6 * INCH,
    height=4 * INCH,
    bleed=INCH / 8,
    safe=INCH / 8,
    text=Box(5, 6, 56, 88),
    sender=Box(66, 36, 80, 4),
    address=Box(66, 43, 80, 40),
    clear=(Box(112, 0, 40.4, 32), Box(62, 4 * INCH - 15.9, 90.4, 15.9)),
)
PROFILES = {profile.name: profile for profile in (A6_POSTCARD, A6_ENCLOSED, US_POSTCARD)}


@dataclass(frozen=True)
class Sheet:
    """A sheet of labels: the first label's corner, each label's size, and the step from one label to the next."""

    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    first: Box
    step: tuple[float, float]
    padding: float = 3

    @property
    def per_page(self) -> int:
        """Labels on one sheet."""
        return self.columns * self.rows

    def label(self, number: int) -> Box:
        """The place of a label, counted from 0 along the rows."""
        row, column = divmod(number, self.columns)
        return Box(
            self.first.x + column * self.step[0], self.first.y + row * self.step[1], self.first.width, self.first.height
        )


A4_3X7 = Sheet("a4_3x7", (210, 297), columns=3, rows=7, first=Box(7.25, 15.15, 63.5, 38.1), step=(66.0, 38.1))
LETTER_3X10 = Sheet(
    "letter_3x10",
    (8.5 * INCH, 11 * INCH),
    columns=3,
    rows=10,
    first=Box(0.1875 * INCH, 0.5 * INCH, 2.625 * INCH, 1 * INCH),
    step=(2.75 * INCH, 1 * INCH),
)
SHEETS = {sheet.name: sheet for sheet in (A4_3X7, LETTER_3X10)}
