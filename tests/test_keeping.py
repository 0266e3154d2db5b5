"""A backup holds a shop whole, and puts it back whole."""

import shutil

import pytest

import facts
from regulars import keeping
from regulars.orders.models import Order
from regulars.profiles import refresh as refreshing
from regulars.profiles.models import Profile
from regulars.sources import undo
from regulars.sources.models import Import


def test_a_restored_shop_is_the_one_that_was_backed_up(shop, tmp_path, now):
    if shop == "postgresql" and not shutil.which("pg_dump"):
        pytest.fail("pg_dump is not installed: apt-get install postgresql")
    facts.load(facts.write(tmp_path / "a.csv", facts.shopify_rows(1)), now=now)
    refreshing.refresh(now=now)
    before, profiles = facts.dump(), list(Profile.objects.order_by("pk").values())
    keeping.backup(tmp_path / "shop.tar.gz", now=now)
    facts.load(facts.write(tmp_path / "b.csv", facts.shopify_rows(2, first_id=5000)), now=now)
    refreshing.refresh(now=now)
    assert facts.dump() != before
    keeping.restore(tmp_path / "shop.tar.gz")
    assert facts.dump() == before
    assert list(Profile.objects.order_by("pk").values()) == profiles
    assert refreshing.refresh(now=now).written == 0
    undo.undo(Import.objects.get(), now=now)
    assert not Order.objects.exists()


def test_a_backup_never_overwrites_and_a_wrong_file_is_refused(small_shop, tmp_path, now):
    (tmp_path / "there.tar.gz").write_bytes(b"not a backup")
    with pytest.raises(keeping.CannotKeep, match="exists already"):
        keeping.backup(tmp_path / "there.tar.gz", now=now)
    with pytest.raises(keeping.CannotKeep, match="not a backup"):
        keeping.restore(tmp_path / "there.tar.gz")
