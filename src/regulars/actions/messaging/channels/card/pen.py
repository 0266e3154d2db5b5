"""Writing on a PDF page: text in as many fonts as it needs, broken into lines, made smaller until it fits its box."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from regulars.actions.messaging.channels.card.faces import CORE, Face
from regulars.actions.messaging.channels.card.formats import Box

if TYPE_CHECKING:
    from fpdf import FPDF

LINE_HEIGHT = 1.3  # of the font's size
POINT = 25.4 / 72  # mm
MEASURED_AT = 100  # points
PIECES_REMEMBERED_MAX = 50_000
HAN = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
OPENING, CLOSING = r"[（「『《〈【“‘]", r"[、。，．：；！？）」』》〉】”’…]"
# A line may end after a word, or between Han characters, though not so that a closing mark begins the next.
PIECE = re.compile(rf"\s+|{OPENING}*{HAN}{CLOSING}*|(?:(?!{HAN})\S)+{CLOSING}*")


class TooLong(ValueError):
    """A text does not fit its place even in the smallest letters; `text` is its beginning."""

    def __init__(self, text: str) -> None:
        super().__init__(text[:60])


class Pen:
    """Writes on the current page of a document; places in mm, sizes in points."""

    def __init__(self, pdf: "FPDF", faces: tuple[Face, ...]) -> None:
        self.pdf, self.faces = pdf, faces
        self.widths: dict[str, float] = {}
        for number, face in enumerate(faces):
            if face is not CORE:
                pdf.add_font(self._family(number), "", face.path, collection_font_number=face.member)

    def fitting(self, text: str, box: Box, *, sizes: tuple[float, float]) -> tuple[float, list[str]]:
        """The largest size between `sizes` (smallest, largest) at which the text fits the box, and its lines. Raises TooLong."""
        smallest, size = sizes
        while size >= smallest:
            found = self.lines(text, size, box.width)
            if len(found) * size * POINT * LINE_HEIGHT <= box.height:
                return size, found
            size -= 0.5
        raise TooLong(text)

    def lines(self, text: str, size: float, width: float) -> list[str]:
        """The text broken into lines no wider than `width` mm; a word longer than a line is cut."""
        return [line for paragraph in text.split("\n") for line in self._wrapped(paragraph, size, width)]

    def write(self, found: list[str], x: float, y: float, size: float) -> float:
        """Write lines downwards from the upper edge `y`; returns the lower edge."""
        for line in found:
            self._line(line, x, y + size * POINT, size)
            y += size * POINT * LINE_HEIGHT
        return y

    def width(self, text: str, size: float) -> float:
        """The text's width in mm."""
        if text not in self.widths:
            if len(self.widths) >= PIECES_REMEMBERED_MAX:
                self.widths.clear()
            self.widths[text] = sum(self._measured(number, run) for number, run in self._runs(text))
        return self.widths[text] * size / MEASURED_AT

    def _wrapped(self, paragraph: str, size: float, width: float) -> Iterator[str]:
        line = ""
        for piece in PIECE.findall(paragraph):
            if line and self.width(line + piece.rstrip(), size) > width:
                yield line.rstrip()
                line = ""
            line += piece if line else piece.lstrip()
            while self.width(line.rstrip(), size) > width and len(line) > 1:
                cut = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or self.width(line[:n], size) <= width)
                yield line[:cut]
                line = line[cut:]
        yield line.rstrip()

    def _line(self, line: str, x: float, y: float, size: float) -> None:
        runs = self._runs(line)
        for at, (number, run) in enumerate(runs):
            self.pdf.set_font(self._family(number), size=size)
            self.pdf.text(x, y, run)
            if at < len(runs) - 1:
                x += self._measured(number, run) * size / MEASURED_AT

    def _runs(self, text: str) -> list[tuple[int, str]]:
        """The text in runs of one font each, with the fonts' numbers."""
        if len(self.faces) == 1:
            return [(0, text)] if text else []
        numbered = ((self._number(character), character) for character in text)
        return [(number, "".join(c for _, c in run)) for number, run in groupby(numbered, key=lambda pair: pair[0])]

    def _number(self, character: str) -> int:
        return next((n for n, face in enumerate(self.faces) if ord(character) in face.covered), 0)

    def _measured(self, number: int, run: str) -> float:
        """The run's width in mm at `MEASURED_AT` points."""
        if self.pdf.font_family != self._family(number) or self.pdf.font_size_pt != MEASURED_AT:
            self.pdf.set_font(self._family(number), size=MEASURED_AT)
        return float(self.pdf.get_string_width(run))

    def _family(self, number: int) -> str:
        return "helvetica" if self.faces[number] is CORE else f"face{number}"
