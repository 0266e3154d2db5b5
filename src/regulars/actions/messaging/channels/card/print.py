"""Cards and address labels as PDF for a print shop or the office printer.

A card has two pages: its front, a picture or a plain colour up to the bleed, and its back with the words, a line to sign by hand and, on
a postcard, the address; the post's own areas stay empty. The page is the bleed box, the trim box lies within. Colours are RGB.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from regulars.actions.messaging.channels.card.faces import MissingGlyphs, faces_for, printable
from regulars.actions.messaging.channels.card.formats import INCH, Box, Profile, Sheet
from regulars.actions.messaging.channels.card.pen import LINE_HEIGHT, POINT, Pen, TooLong

if TYPE_CHECKING:
    from fpdf import FPDF

CARDS_MAX = 5_000  # in one file; it is built in memory
LABELS_MAX = 20_000
TEXT_SIZES = (8.0, 12.0)  # points, smallest and largest
ADDRESS_SIZES = (8.0, 11.0)
LABEL_SIZES = (7.0, 10.5)
SMALL_SIZE = 7.0
SIGNATURE_WIDTH, SIGNATURE_HEIGHT = 45.0, 14.0  # mm, room for a hand
DPI_MIN = 300


class TooMany(ValueError):
    """More cards or labels than one file takes."""


@dataclass(frozen=True)
class Design:
    """What all cards of a batch share.

    `picture` is an image file or its bytes, laid over the whole front and cropped evenly; without one the front is `colour` (red, green,
    blue, 0 to 255). `signed_by` stands below the line to sign on; `sender` is the return address in one line. `fonts` are files to
    prefer, `language` chooses Han forms.
    """

    profile: Profile
    picture: Path | bytes | None = field(default=None, repr=False)
    colour: tuple[int, int, int] = (255, 255, 255)
    sign_line: bool = True
    signed_by: str = ""
    sender: str = ""
    fonts: tuple[Path, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Card:
    """One card: its words, the address lines (none for labels or an envelope), and the short address and code to opt out with."""

    text: str
    address: tuple[str, ...] = ()
    code: str = ""


def cards(design: Design, batch: Sequence[Card], *, made: dt.datetime) -> bytes:
    """A PDF of two pages a card, in the order of the batch; `made` is written into it as the time of making.

    Raises MissingGlyphs, TooLong (a text that does not fit in 8 points, an address in 8) and TooMany before anything is returned: nobody
    gets a card with boxes for a name or half a sentence.
    """
    if len(batch) > CARDS_MAX:
        raise TooMany(f"{len(batch)} cards; {CARDS_MAX} fit in one file")
    profile = design.profile
    pdf = _document(_page_size(profile), made)
    said = [
        design.signed_by,
        design.sender,
        *(part for card in batch for part in (card.text, card.code, *card.address)),
    ]
    pen = Pen(pdf, faces_for(set(printable("".join(said))), design.fonts, language=design.language))
    picture = _picture(pdf, design)
    for card in batch:
        _add_page(pdf, profile)
        _front(pdf, design.colour, picture)
        _add_page(pdf, profile)
        _back(pen, design, card)
    return bytes(pdf.output())


def labels(
    sheet: Sheet, addresses: Sequence[Sequence[str]], *, made: dt.datetime, start: int = 1, design: Design | None = None
) -> bytes:
    """A PDF of address labels; `start` is the first free place of a half-used sheet, counted from 1 along the rows.

    Of the design only fonts and language are used. Raises ValueError for a start that is not on the sheet, and what `cards` raises.
    """
    if not 1 <= start <= sheet.per_page:
        raise ValueError(f"the sheet has places 1 to {sheet.per_page}")
    if len(addresses) > LABELS_MAX:
        raise TooMany(f"{len(addresses)} labels; {LABELS_MAX} fit in one file")
    pdf = _document(sheet.page, made)
    characters = set(printable("".join(line for lines in addresses for line in lines)))
    pen = Pen(pdf, faces_for(characters, design.fonts if design else (), language=design.language if design else ""))
    for number, lines in enumerate(addresses, start - 1):
        place = number % sheet.per_page
        if place == 0 or number == start - 1:
            pdf.add_page()
        _in_box(pen, lines, _inside(sheet, place), LABEL_SIZES, middle=True)
    return bytes(pdf.output())


def _inside(sheet: Sheet, place: int) -> Box:
    """Where the words of a label may stand."""
    outer, pad = sheet.label(place), sheet.padding
    return Box(outer.x + pad, outer.y + pad / 2, outer.width - 2 * pad, outer.height - pad)


def misfits(design: Design, sheet: Sheet, batch: Sequence[tuple[Card, Sequence[str]]]) -> dict[int, ValueError]:
    """Which of these cards with their labels cannot be printed, by their place, and why: MissingGlyphs or TooLong.

    So one name in a script that no font here prints does not keep all other cards from being printed.
    """
    found: dict[int, ValueError] = {}
    said: dict[int, str] = {}
    for place, (card, lines) in enumerate(batch):
        parts = [design.signed_by, design.sender, card.text, card.code, *card.address, *lines]
        try:
            said[place] = printable("".join(parts))
            faces_for(set(said[place]), design.fonts, language=design.language)
        except MissingGlyphs as error:
            del said[place]
            found[place] = error
    pdf = _document(_page_size(design.profile), dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    pdf.add_page()
    pen = Pen(pdf, faces_for(set("".join(said.values())), design.fonts, language=design.language))
    for place in said:
        card, lines = batch[place]
        try:
            _back(pen, design, card)
            _in_box(pen, lines, _inside(sheet, 0), LABEL_SIZES)
        except TooLong as error:
            found[place] = error
    return found


def frames(sheet: Sheet, *, made: dt.datetime) -> bytes:
    """A PDF of one page with every label's edge and number, to be held against a sheet before it is used."""
    pdf = _document(sheet.page, made)
    pdf.add_page()
    pdf.set_line_width(0.1)
    pdf.set_font("helvetica", size=8)
    for number in range(sheet.per_page):
        box = sheet.label(number)
        pdf.rect(box.x, box.y, box.width, box.height)
        pdf.text(box.x + sheet.padding, box.y + box.height / 2, str(number + 1))
    return bytes(pdf.output())


def dots_per_inch(picture: Path | bytes, profile: Profile) -> float:
    """How finely a picture would be printed on the whole front; below `DPI_MIN` it looks coarse. Raises OSError for no picture."""
    width, height = _pixels(picture)
    across, down = _page_size(profile)
    return min(width / across, height / down) * INCH


def _pixels(picture: Path | bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(BytesIO(picture) if isinstance(picture, bytes) else picture) as image:
        return image.size


def _page_size(profile: Profile) -> tuple[float, float]:
    """Width and height in mm with the bleed."""
    return profile.width + 2 * profile.bleed, profile.height + 2 * profile.bleed


def _document(page: tuple[float, float], made: dt.datetime) -> "FPDF":
    from fpdf import FPDF

    pdf = FPDF(unit="mm", format=page)
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(made)
    return pdf


def _add_page(pdf: "FPDF", profile: Profile) -> None:
    """A page with its boxes: fpdf2 writes every public attribute of a page into the file under its name in PDF."""
    pdf.add_page()
    bleed, width, height = (size / POINT for size in (profile.bleed, profile.width, profile.height))
    vars(pdf.pages[pdf.page]).update(
        bleed_box=f"[0 0 {width + 2 * bleed:.2f} {height + 2 * bleed:.2f}]",
        trim_box=f"[{bleed:.2f} {bleed:.2f} {bleed + width:.2f} {bleed + height:.2f}]",
    )


def _picture(pdf: "FPDF", design: Design) -> tuple[str, Box] | None:
    """The picture, read once, under its name in the document, and its place: all of the page, the finer direction cropped evenly."""
    from fpdf.image_parsing import preload_image

    if design.picture is None:
        return None
    content = design.picture if isinstance(design.picture, bytes) else design.picture.read_bytes()
    (width, height), dpi = _pixels(content), dots_per_inch(content, design.profile)
    name, _, _ = preload_image(pdf.image_cache, BytesIO(content))
    across, down = _page_size(design.profile)
    width_mm, height_mm = width / dpi * INCH, height / dpi * INCH
    return name, Box((across - width_mm) / 2, (down - height_mm) / 2, width_mm, height_mm)


def _front(pdf: "FPDF", colour: tuple[int, int, int], picture: tuple[str, Box] | None) -> None:
    if picture:
        name, box = picture
        pdf.image(name, x=box.x, y=box.y, w=box.width, h=box.height)
    elif colour != (255, 255, 255):
        pdf.set_fill_color(*colour)
        pdf.rect(0, 0, pdf.w, pdf.h, style="F")


def _back(pen: Pen, design: Design, card: Card) -> None:
    profile = design.profile
    box = _moved(profile.text, profile.bleed)
    foot = box.y + box.height
    small = SMALL_SIZE * POINT * LINE_HEIGHT
    if card.code:
        found = pen.fitting(printable(card.code), Box(box.x, 0, box.width, small * 2.01), sizes=(5.0, SMALL_SIZE))
        foot -= len(found[1]) * small
        pen.write(found[1], box.x, foot, found[0])
    if design.sign_line:
        foot = _sign_line(pen, design, box, foot)
    size, lines = pen.fitting(printable(card.text), Box(box.x, box.y, box.width, foot - box.y), sizes=TEXT_SIZES)
    pen.write(lines, box.x, box.y, size)
    if card.address and profile.address:
        _in_box(pen, card.address, _moved(profile.address, profile.bleed), ADDRESS_SIZES)
        if design.sender and profile.sender:
            _in_box(pen, [design.sender], _moved(profile.sender, profile.bleed), (5.0, SMALL_SIZE))


def _sign_line(pen: Pen, design: Design, box: Box, foot: float) -> float:
    """The line to sign on, with a name below; returns how far down the words may go."""
    if design.signed_by:
        size, lines = pen.fitting(printable(design.signed_by), Box(box.x, 0, box.width, 4), sizes=(6.0, 8.0))
        foot -= size * POINT * LINE_HEIGHT + 1
        pen.write(lines, box.x, foot, size)
    pen.pdf.set_line_width(0.2)
    pen.pdf.line(box.x, foot - 1, box.x + min(SIGNATURE_WIDTH, box.width), foot - 1)
    return foot - SIGNATURE_HEIGHT


def _in_box(pen: Pen, lines: Sequence[str], box: Box, sizes: tuple[float, float], *, middle: bool = False) -> None:
    size, found = pen.fitting("\n".join(printable(line) for line in lines), box, sizes=sizes)
    free = box.height - len(found) * size * POINT * LINE_HEIGHT
    pen.write(found, box.x, box.y + (free / 2 if middle else 0), size)


def _moved(box: Box, by: float) -> Box:
    """A box of the trimmed card on the page, which begins at the bleed."""
    return Box(box.x + by, box.y + by, box.width, box.height)
