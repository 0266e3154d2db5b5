"""The import page: what is taken in, under which name it is kept, and what may be done in which state."""

import csv
import io
from pathlib import Path

import pytest
from console_users import entered
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from regulars import day
from regulars.console.views import imports
from regulars.orders.models import Order
from regulars.sources import importing
from regulars.sources.models import Import, SavedMapping

ORDERS = b"order_id,order_date,email,total\n1,2026-01-05 10:00,ada@shop.example,12.50\n2,soon,=cmd|x,1\n"
NAMES = {
    "../../etc/passwd": "passwd", "C:\\data\\orders.csv": "C_data_orders.csv", ".htaccess": "htaccess", "..": "file", "a b;c&d.csv": "a_b_c_d.csv",
    "订单 2026.csv": "订单_2026.csv", "-rf.csv": "rf.csv", "\u202egpj.csv": "_gpj.csv",
}  # fmt: skip


def upload(client: Client, *contents: bytes, name: str = "orders.csv", look: bool = True) -> Import:
    """Upload files through the page, and look at them as a worker does; the import that waits for a go-ahead."""
    answer = client.post("/import", {"files": [SimpleUploadedFile(name, content) for content in contents]})
    assert answer.status_code == 302
    if look:
        day.collect(now=timezone.now(), say=str)
    return Import.objects.get(pk=answer["Location"].rsplit("/", 1)[1])


def test_files_are_looked_at_by_a_worker_and_the_page_waits_for_it(owner: Client, now):
    job = upload(owner, ORDERS, look=False)
    assert job.state == "looking"
    waiting = owner.get(f"/import/{job.pk}").content.decode()
    assert "being read" in waiting
    assert "ada@shop.example" not in waiting
    assert "HX-Refresh" not in owner.get(f"/import/{job.pk}/progress")
    day.collect(now=now, say=str)
    assert owner.get(f"/import/{job.pk}/progress")["HX-Refresh"] == "true"
    assert b"ada@shop.example" in owner.get(f"/import/{job.pk}").content


def test_files_whose_reader_died_are_looked_at_again(owner: Client, now):
    job = upload(owner, ORDERS, look=False)
    assert importing.claim(now=now).pk == job.pk
    assert importing.claim(now=now) is None
    assert importing.claim(now=now + 2 * importing.LEASE).pk == job.pk


def test_a_mistake_in_a_file_is_told_in_the_reader_s_language(owner: Client):
    job = upload(owner, b"")
    assert b"is empty (0 bytes)" in owner.get(f"/import/{job.pk}").content
    owner.cookies["django_language"] = "zh-hans"
    page = owner.get(f"/import/{job.pk}").content.decode()
    assert "orders.csv" in page
    assert "is empty" not in page


def test_nothing_is_kept_before_the_go_ahead_and_everything_after(shop: str, now):
    client = entered("owner", owner=True)
    job = upload(client, ORDERS)
    page = client.get(f"/import/{job.pk}").content.decode()
    assert "ada@shop.example" in page
    assert Order.objects.count() == 0
    client.post(f"/import/{job.pk}/go")
    assert client.get(f"/import/{job.pk}/progress").status_code == 200
    day.collect(now=now, say=str)
    assert client.get(f"/import/{job.pk}/progress")["HX-Refresh"] == "true"
    assert Order.objects.count() == 1
    client.post(f"/import/{job.pk}/undoing")
    assert (Order.objects.count(), Import.objects.get().state) == (0, "undone")


def test_rejected_rows_go_home_as_a_file_in_which_nothing_runs(owner: Client, now):
    job = upload(owner, ORDERS.replace(b"soon", b"=1+1"))
    owner.get(f"/import/{job.pk}")
    text = b"".join(owner.get(f"/import/{job.pk}/rejects.csv").streaming_content).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["row"], row["value"]) == ("3", "'=1+1")
    assert row["remedy"]


@pytest.mark.parametrize(("name", "kept"), NAMES.items())
def test_a_file_is_kept_under_a_harmless_name_in_its_own_folder(name: str, kept: str):
    assert imports._harmless_name(name) == kept


def test_long_names_and_equal_names_are_all_kept(owner: Client):
    long = "订" * 150 + ".csv"
    job = upload(owner, b"a\n1\n", b"a\n2\n", b"a\n3\n", name=long)
    paths = [Path(path) for path in job.files]
    assert len({*paths}) == 3
    assert [path.read_bytes() for path in paths] == [b"a\n1\n", b"a\n2\n", b"a\n3\n"]
    assert all(path.suffix == ".csv" and len(path.name.encode()) < 255 for path in paths)
    assert all(path.is_relative_to(settings.HOME) for path in paths)


def test_no_file_or_too_many_files_are_refused(owner: Client):
    too_many = [SimpleUploadedFile(f"{n}.csv", b"a\n1\n") for n in range(imports.FILES_MAX + 1)]
    for files in ([], too_many):
        assert b"Choose one to 12 files." in owner.post("/import", {"files": files}).content
    assert Import.objects.count() == 0


def test_files_beyond_the_limit_are_refused_before_they_are_read(owner: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REGULARS_UPLOAD_MB", "1")
    answer = owner.post("/import", {"files": [SimpleUploadedFile("big.csv", b"x" * 6_100_000)]})
    assert answer.status_code == 413
    assert b"larger than 1 MB" in answer.content
    between = owner.post("/import", {"files": [SimpleUploadedFile("big.csv", b"x" * 1_200_000)]})
    assert b"larger than 1 MB" in between.content
    assert Import.objects.count() == 0


def test_files_are_taken_by_the_import_page_and_nowhere_else(owner: Client, stranger: Client):
    for client, path in ((stranger, "/log-in"), (stranger, "/language"), (owner, "/settings"), (owner, "/segments")):
        answer = client.post(path, {"username": "x", "file": SimpleUploadedFile("big.csv", b"x" * 5_100_000)})
        assert answer.status_code == 413, path


def test_files_that_are_forgotten_leave_the_disk(owner: Client):
    job = upload(owner, ORDERS)
    owner.get(f"/import/{job.pk}")
    shop = Path(settings.HOME) / "shop"
    assert [path for path in shop.rglob("*") if path.is_file()]
    owner.post(f"/import/{job.pk}/undoing")
    assert [path.name for path in shop.rglob("*") if path.is_file()] == ["turn.lock"]
    assert Import.objects.count() == 0


@pytest.mark.parametrize("state", ["queued", "running"])
def test_an_import_under_way_is_not_taken_back(state: str, owner: Client):
    job = upload(owner, ORDERS)
    Import.objects.update(state=state)
    answer = owner.post(f"/import/{job.pk}/undoing", follow=True)
    assert b"This import is under way" in answer.content
    assert Import.objects.get().state == state


@pytest.mark.parametrize("state", ["queued", "running", "done", "undone"])
def test_a_second_go_ahead_begins_nothing_anew(state: str, owner: Client):
    job = upload(owner, ORDERS)
    Import.objects.update(state=state)
    owner.post(f"/import/{job.pk}/go")
    assert Import.objects.get().state == state


def test_an_import_taken_back_twice_says_so(owner: Client, now):
    job = upload(owner, ORDERS)
    owner.post(f"/import/{job.pk}/go")
    day.collect(now=now, say=str)
    owner.post(f"/import/{job.pk}/undoing")
    assert b"was undone before" in owner.post(f"/import/{job.pk}/undoing", follow=True).content


def test_a_correction_is_kept_for_the_header_it_was_made_for_and_nothing_else(owner: Client):
    job = upload(owner, b"No,Wann,Wer\n1,2026-01-05,ada@shop.example\n")
    page = owner.get(f"/import/{job.pk}").content.decode()
    header = page.split('name="hash" value="')[1][:64]
    form = {
        "table": "orders",
        "column-order_key": "No",
        "column-ordered_at": "Wann",
        "column-email": "Wer",
        "column-odd": "No",
        "column-sku": "=x",
    }
    for wrong in ({"table": "users"}, {"hash": "../x"}, {"hash": "a" * 63}):
        owner.post(f"/import/{job.pk}/mapping", form | {"hash": header} | wrong)
        assert SavedMapping.objects.count() == 0
    owner.post(f"/import/{job.pk}/mapping", form | {"hash": header})
    assert SavedMapping.objects.get(pk=header).mapping == {
        "table": "orders",
        "order_key": "No",
        "ordered_at": "Wann",
        "email": "Wer",
    }
    assert b"ada@shop.example" not in owner.get(f"/import/{job.pk}").content
    day.collect(now=timezone.now(), say=str)
    assert b"ada@shop.example" in owner.get(f"/import/{job.pk}").content


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 500, "日期,邮箱\n".encode("utf-16"), b"a" * 100_000, b",".join(b"c%d" % n for n in range(500)) + b"\n", b"\xff\xfe", b'"', b"{}",
     b"[1]", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"PAR1", b"a,a,a\n1,2,3\n"],
)  # fmt: skip
def test_a_strange_file_gets_an_answer_and_can_be_forgotten(content: bytes, owner: Client):
    job = upload(owner, content)
    page = owner.get(f"/import/{job.pk}")
    assert page.status_code == 200
    assert b"Forget these files" in page.content


def test_an_upload_that_broke_off_can_be_forgotten(owner: Client):
    Import.objects.create(pk=7, state="ready", files=[], created_at="2026-01-01T00:00Z")
    Import.objects.create(pk=8, state="ready", files=["/gone/away.csv"], created_at="2026-01-01T00:00Z")
    for number in (7, 8):
        assert owner.get(f"/import/{number}").status_code == 200
        owner.post(f"/import/{number}/undoing")
    assert Import.objects.count() == 0
