import datetime as dt
import io
import re
import zlib
from pathlib import Path

import pytest
from PIL import Image
from small_fonts import make

from regulars.actions.messaging.channels.card import faces
from regulars.actions.messaging.channels.card.faces import MissingGlyphs, faces_for, printable
from regulars.actions.messaging.channels.card.formats import (
    A4_3X7,
    A6_ENCLOSED,
    A6_POSTCARD,
    LETTER_3X10,
    PROFILES,
    SHEETS,
    Box,
)
from regulars.actions.messaging.channels.card.pen import Pen, TooLong
from regulars.actions.messaging.channels.card.print import (
    CARDS_MAX,
    Card,
    Design,
    TooMany,
    cards,
    dots_per_inch,
    frames,
    labels,
)

MADE = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
ADA = ("Ada Müller", "Teestraße 1", "10115 Berlin")
LATIN = "".join(map(chr, [*range(32, 127), *range(160, 256)]))
POINT = 25.4 / 72


@pytest.fixture()
def no_fonts(monkeypatch):
    monkeypatch.setattr(faces, "SYSTEM_FONTS", ())


@pytest.fixture()
def fonts(no_fonts, tmp_path):
    """A Latin font and one for some Han characters, and none of the system's."""
    return make(tmp_path / "latin.ttf", LATIN), make(tmp_path / "han.ttf", "亲爱的张三谢。！")


def contents(pdf):
    """The decoded content of each page, in order."""
    streams = [zlib.decompress(found) for found in re.findall(rb"stream\r?\n(x\x9c.*?)\r?\nendstream", pdf, re.S)]
    return [one.decode("latin-1") for one in streams if b" Td" in one or b" re" in one or b" Do" in one]


def places(content, height):
    """Where on the page text begins, in mm from the upper left."""
    return [(float(x) * POINT, height - float(y) * POINT) for x, y in re.findall(r"BT ([\d.]+) ([\d.]+) Td", content)]


def within(place, box, by=0.0):
    return box.x + by <= place[0] <= box.x + box.width + by and box.y + by <= place[1] <= box.y + box.height + by


@pytest.mark.usefixtures("no_fonts")
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_every_page_has_its_bleed_and_trim_box(profile):
    pdf = cards(Design(profile, colour=(200, 30, 30)), [Card("Dear Ada")], made=MADE)
    bleed, width, height = (size / POINT for size in (profile.bleed, profile.width, profile.height))
    boxes = {name: re.findall(rf"/{name} \[([^]]*)\]".encode(), pdf) for name in ("TrimBox", "BleedBox")}
    assert boxes["TrimBox"] == [f"{bleed:.2f} {bleed:.2f} {bleed + width:.2f} {bleed + height:.2f}".encode()] * 2
    assert boxes["BleedBox"] == [f"0 0 {width + 2 * bleed:.2f} {height + 2 * bleed:.2f}".encode()] * 2


@pytest.mark.usefixtures("no_fonts")
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_nothing_is_written_where_the_post_writes_or_too_near_the_edge(profile):
    design = Design(profile, signed_by="Your tea house", sender="Tea house, Market 1, Berlin")
    card = Card(
        "Dear Ada, " + "thank you for the tea. " * 12,
        tuple(f"Line {n} of a long address" for n in range(6)),
        "shop.example/p K7D2",
    )
    height = profile.height + 2 * profile.bleed
    (back,) = contents(cards(design, [card], made=MADE))
    found = places(back, height)
    assert len(found) >= 6
    for place in found:
        assert not any(within(place, box, profile.bleed) for box in profile.clear)
        assert within(
            place,
            Box(profile.safe, profile.safe, profile.width - 2 * profile.safe, profile.height - 2 * profile.safe),
            profile.bleed,
        )


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_no_place_for_words_touches_a_place_of_the_post(profile):
    for words in (profile.text, profile.address, profile.sender):
        for post in profile.clear if words else ():
            apart = (
                words.x + words.width <= post.x or words.y + words.height <= post.y or post.y + post.height <= words.y
            )
            assert apart, f"{words} touches {post}"


@pytest.mark.usefixtures("no_fonts")
def test_the_address_stands_in_its_place_only_on_a_postcard():
    for profile, shown in ((A6_POSTCARD, True), (A6_ENCLOSED, False)):
        (back,) = contents(cards(Design(profile), [Card("Hi", ADA)], made=MADE))
        assert ("(10115 Berlin)" in back) == shown


@pytest.mark.usefixtures("no_fonts")
def test_the_same_cards_make_the_same_file():
    design, batch = Design(A6_POSTCARD, colour=(1, 2, 3)), [Card("Dear Ada", ADA)]
    assert cards(design, batch, made=MADE) == cards(design, batch, made=MADE)


@pytest.mark.usefixtures("no_fonts")
def test_a_picture_covers_the_front_up_to_the_bleed_and_is_kept_once():
    file = io.BytesIO()
    Image.new("RGB", (1000, 1000), (10, 90, 40)).save(file, "JPEG")
    assert dots_per_inch(file.getvalue(), A6_POSTCARD) == pytest.approx(1000 / (154 / 25.4))
    pdf = cards(Design(A6_POSTCARD, picture=file.getvalue()), [Card("Hi"), Card("Ho")], made=MADE)
    assert pdf.count(b"/Subtype /Image") == 1
    width, height, x, y = map(
        float, re.search(r"q ([\d.]+) 0 0 ([\d.]+) (-?[\d.]+) (-?[\d.]+) cm /I1 Do", contents(pdf)[0]).groups()
    )
    assert width * POINT == pytest.approx(154, abs=0.1)
    assert height * POINT == pytest.approx(154, abs=0.1)  # a square is cropped above and below alike
    assert (x, y * POINT) == pytest.approx((0, (111 - 154) / 2), abs=0.1)


def test_names_in_any_script_are_printed_in_embedded_fonts(fonts):
    pdf = cards(Design(A6_POSTCARD, fonts=fonts), [Card("亲爱的张三！\nDear Ada", ("张三", "Teestraße 1"))], made=MADE)
    assert pdf.count(b"/FontFile2") == 2
    assert b"/BaseFont /Helvetica" not in pdf


def test_a_chinese_card_is_printed_with_what_the_system_has():
    if not any(Path(name).is_file() for name in faces.SYSTEM_FONTS[2:]):
        pytest.skip("no font for Chinese: install fonts-noto-cjk or fonts-wqy-microhei")
    pdf = cards(
        Design(A6_POSTCARD, language="zh-Hans"), [Card("亲爱的张三，生日快乐！", ("Ada Müller", "Berlin"))], made=MADE
    )
    assert b"/FontFile" in pdf


def test_one_font_is_enough_when_it_has_everything(fonts, tmp_path):
    both = make(tmp_path / "both.ttf", LATIN + "张三")
    assert [face.path for face in faces_for("Ada 张三", [*fonts, both])] == [str(both)]
    assert [face.path for face in faces_for("Ada 谢", [*fonts, both])] == [str(one) for one in fonts]


@pytest.mark.parametrize(("text", "missing"), [("Dear 李四 🎂", "四李🎂"), ("عزيزتي", "تزعي"), ("प्रिय", "पयरि्")])
def test_a_character_that_cannot_be_printed_stops_the_batch(fonts, text, missing):
    with pytest.raises(MissingGlyphs) as stopped:
        cards(Design(A6_POSTCARD, fonts=fonts), [Card("fine"), Card(text)], made=MADE)
    assert stopped.value.characters == missing


@pytest.mark.usefixtures("no_fonts")
def test_without_any_font_only_latin_1_is_printed():
    assert b"/BaseFont /Helvetica" in cards(Design(A6_POSTCARD), [Card("Grüße")], made=MADE)
    with pytest.raises(MissingGlyphs, match="ł"):
        cards(Design(A6_POSTCARD), [Card("Paweł")], made=MADE)


def test_invisible_characters_do_not_reach_paper():
    assert printable("a\u200bb\u00ad\ufe0fc\r\ne\u0301\t\x07") == "abc\né "


@pytest.mark.usefixtures("no_fonts")
def test_a_text_grows_smaller_to_fit_and_is_never_cut_short():
    sizes = []
    for words in (10, 120):
        (back,) = contents(cards(Design(A6_POSTCARD), [Card("regulars " * words)], made=MADE))
        sizes.append(max(float(size) for size in re.findall(r"/F\d+ ([\d.]+) Tf", back)))
        assert "".join(re.findall(r"\(([^)]*)\) Tj", back)).count("regulars") == words
    assert sizes[1] < sizes[0] == 12
    with pytest.raises(TooLong, match="regulars"):
        cards(Design(A6_POSTCARD), [Card("regulars " * 400)], made=MADE)


def test_lines_break_between_han_characters_but_not_before_a_closing_mark(fonts):
    from fpdf import FPDF

    pen = Pen(FPDF(unit="mm"), faces_for("Ada 亲爱的张三谢。！", fonts))
    em = 10 * POINT
    assert pen.lines("亲爱的张三。谢谢！", 10, 5.1 * em) == ["亲爱的张", "三。谢谢！"]
    assert pen.lines("Ada Ada\n\nAda", 10, 2 * em) == ["Ada", "Ada", "", "Ada"]
    assert pen.lines("AdaAdaAda", 10, 2 * em) == ["AdaA", "daAd", "a"]


@pytest.mark.usefixtures("no_fonts")
@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS.keys())
def test_labels_lie_on_the_sheet_and_no_two_overlap(sheet):
    boxes = [sheet.label(number) for number in range(sheet.per_page)]
    for box in boxes:
        assert 0 <= box.x <= sheet.page[0] - box.width + 1e-6
        assert 0 <= box.y <= sheet.page[1] - box.height + 1e-6
    assert sheet.step[0] >= sheet.first.width
    assert sheet.step[1] >= sheet.first.height
    assert contents(frames(sheet, made=MADE))[0].count(" re") == sheet.per_page


@pytest.mark.usefixtures("no_fonts")
def test_a_half_used_sheet_is_begun_where_it_is_free():
    pages = contents(labels(A4_3X7, [(f"Person {n}", "Berlin") for n in range(20)], made=MADE, start=5))
    assert [page.count("(Person") for page in pages] == [17, 3]
    assert within(places(pages[0], 297)[0], A4_3X7.label(4))
    assert within(places(pages[1], 297)[0], A4_3X7.label(0))
    with pytest.raises(ValueError, match="1 to 30"):
        labels(LETTER_3X10, [ADA], made=MADE, start=31)


def test_one_file_has_an_end():
    with pytest.raises(TooMany):
        cards(Design(A6_POSTCARD), [Card("")] * (CARDS_MAX + 1), made=MADE)
