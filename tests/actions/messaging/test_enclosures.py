"""Files that go with a letter: what they are and are called, kept once, whole on arrival, and encoded once for everybody."""

import dataclasses
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.messaging.post import BLOCKS, account, mail_server, planned, worker
from cast import MORNING, person
from regulars.actions.messaging import hand_over, looking
from regulars.actions.messaging.channels.email import mime
from regulars.actions.messaging.deliver import Worker
from regulars.actions.messaging.models import Message, Viewed
from regulars.words import enclosures
from regulars.words.enclosures import TOGETHER_BYTES_MAX, Enclosed, EnclosureRefused, accept, cleaned
from regulars.words.letters import Draft, write
from regulars.words.models import Enclosure, Letter, Version

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20
ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
GOOD = {
    "menu.pdf": (PDF, "application/pdf"), "tea.PNG": (PNG, "image/png"), "a.jpg": (JPEG, "image/jpeg"), "b.jpeg": (JPEG, "image/jpeg"),
    "day.ics": (ICS, "text/calendar"), "note.txt": ("茶\n.\nend".encode(), "text/plain"),
}  # fmt: skip


def with_files(*files, subject="Menu"):
    """A letter with these files."""
    made = Letter.objects.create(name="menu", at=MORNING)
    write(made, Draft("en", subject, BLOCKS, attachments=files), by="test", at=MORNING)
    return made.pk


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_taken_for_what_it_is(name):
    content, kind = GOOD[name]
    found = accept(name, content)
    assert (found.name, found.kind, found.size) == (name.lower(), kind, len(content))


WRONG = {
    "page.html": (b"<html>", "kind"), "run.exe": (b"MZ", "kind"), "menu": (PDF, "kind"), ".pdf": (PDF, "kind"), "menu.pdf.exe": (PDF, "kind"),
    "menu\u202efdp.exe": (PDF, "kind"), "a.svg": (b"<svg/>", "kind"), "a.zip": (b"PK\x03\x04", "kind"), "b.pdf": (b"<script>", "content"),
    "c.png": (JPEG, "content"), "d.jpg": (PNG, "content"), "e.ics": (b"BEGIN:VCARD\nEND:VCARD", "content"), "f.ics": (b"BEGIN:VCALENDAR", "content"),
    "g.txt": (b"MZ\x90\x00\x03", "content"), "h.txt": (b"<script>alert(1)</script>", "content"), "i.txt": (b"\xff\xfe", "content"),
    "j.txt": (PDF, "content"), "k.pdf": (b"", "empty"), "l.pdf": (b"%PDF-" + b"x" * TOGETHER_BYTES_MAX, "too_large"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_is_not_what_it_says_is_refused(name):
    content, code = WRONG[name]
    with pytest.raises(EnclosureRefused) as refused:
        accept(name, content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd.txt", "passwd.txt"), ("D:\\letters\\menu.PDF", "menu.pdf"), ('a"b\r\nBcc: x.pdf', "a_b_Bcc_ x.pdf"),
        ("  ..menu.pdf. ", "menu.pdf"), ("菜单 2027.pdf", "菜单 2027.pdf"), ("a\u202eb.pdf", "a_b.pdf"), ("a" * 300 + ".pdf", "a" * 76 + ".pdf"),
    ],
)  # fmt: skip
def test_a_name_is_cleaned(name, expected):
    assert cleaned(name) == expected


@given(st.text(max_size=200))
def test_no_name_breaks_a_header(name):
    try:
        found = accept(name + ".pdf", PDF)
    except EnclosureRefused:
        return
    raw = mime.message({"Subject": "x"}, text="a", html="b", boundary="=_x", attached=[found])
    [part] = message_from_bytes(raw, policy=policy.default).iter_attachments()
    assert (part.get_filename(), part.get_content()) == (found.name, PDF)
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


def test_more_than_two_megabytes_together_or_five_files_are_refused(small_shop):
    half = [accept(f"{place}.pdf", b"%PDF-" + bytes([place]) * (TOGETHER_BYTES_MAX // 2)) for place in range(2)]
    for files, code in ((half, "too_large"), ([accept(f"{place}.pdf", PDF) for place in range(6)], "too_many")):
        with pytest.raises(EnclosureRefused) as refused:
            with_files(*files)
        assert refused.value.code == code
    assert not Version.objects.exists()


def test_a_file_is_kept_once_and_a_change_of_files_is_a_new_version(small_shop):
    made = Letter.objects.get(pk=with_files(accept("a.pdf", PDF), accept("b.pdf", PDF)))
    draft = Draft("en", "Menu", BLOCKS, attachments=enclosures.named(Version.objects.get()))
    assert write(made, draft, by="x", at=MORNING).number == 1
    assert write(made, dataclasses.replace(draft, attachments=draft.attachments[:1]), by="x", at=MORNING).number == 2
    assert Enclosure.objects.count() == 1
    assert [len(version.attachments) for version in Version.objects.order_by("number")] == [2, 1]


def test_every_file_arrives_whole_beside_the_words(shop):
    account()
    files = [accept(name, content) for name, (content, _kind) in GOOD.items() if not name.startswith("b")]
    planned([person("Ada")], letter_id=with_files(*files))
    with mail_server() as (port, box):
        worker(port).run()
        mail = box.parsed()
    arrived = {
        part.get_filename(): (part.get_content_type(), part.get_payload(decode=True))
        for part in mail.iter_attachments()
    }
    assert arrived == {file.name: (file.kind, file.content) for file in files}
    assert mail.get_content_type() == "multipart/mixed"
    assert "green tea" in mail.get_body(("plain",)).get_content()
    assert "/u/" in mail.get_body(("html",)).get_content()
    assert not mail.defects
    assert all(not part.defects for part in mail.walk())


def test_a_letter_without_files_is_as_it_was():
    raw = mime.message({"Subject": "x"}, text="a", html="b", boundary="=_x")
    assert b"multipart/mixed" not in raw
    assert raw.endswith(b"--=_x--\r\n")


def test_a_file_is_encoded_once_for_all_letters(small_shop):
    account()
    mime.part.cache_clear()
    planned([person(name) for name in ("Ada", "Ben", "Cleo")], letter_id=with_files(accept("a.pdf", PDF)))
    with mail_server() as (port, box):
        worker(port).run()
        assert len(box.letters) == 3
    assert mime.part.cache_info().misses == 1


def test_a_file_without_its_content_is_never_sent_empty():
    with pytest.raises(mime.HeaderRefused):
        mime.part(Enclosed("a.pdf", "application/pdf", "0" * 64, 5))


def test_the_viewer_names_the_files_and_keeps_no_copy(small_shop):
    big = accept("菜单.pdf", b"%PDF-" + b"x" * 1_000_000)
    planned([person("Ada")], letter_id=with_files(big, accept("day.ics", ICS)))
    Worker("w", lambda: MORNING).run()
    viewed = Viewed.objects.get()
    assert len(viewed.raw) < 20_000
    found = looking.seen(viewed)
    assert found.files == (("菜单.pdf", "application/pdf", big.size), ("day.ics", "text/calendar", len(ICS)))
    assert "green tea" in found.text


def test_another_channel_refuses_files(small_shop):
    planned([person("Ada")], letter_id=with_files(accept("a.pdf", PDF)))
    Message.objects.update(channel="webhook")
    made, refused = hand_over.items(list(Message.objects.all()))
    assert (made, list(refused.values())) == ([], ["only e-mail carries files"])


def test_a_file_that_is_gone_stops_the_letter_and_says_so(small_shop):
    account()
    planned([person("Ada")], letter_id=with_files(accept("odd.pdf", b"%PDF-gone")))
    Enclosure.objects.all().delete()
    with mail_server() as (port, box):
        worker(port).run()
        assert box.letters == []
    assert (Message.objects.get().state, Message.objects.get().reason) == ("refused", "content_refused")
