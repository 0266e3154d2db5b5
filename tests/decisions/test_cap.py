"""Several processes contact the same people at once, by three plays and two channels: nobody gets more than is right."""

from decisions.crowding import crowded


def test_nobody_is_contacted_more_often_than_the_budget_allows(shop, tmp_path):
    found = crowded(tmp_path, processes=6, people=60, seconds=2.5)
    assert found["errors"] == []
    assert found["contacts"] > 0
    wrongs = ("twice", "over budget", "in quiet hours", "suppressed", "paused")
    assert {name: found[name] for name in wrongs} == dict.fromkeys(wrongs, 0)
    assert found["decided"] == found["asked"] == sum(found["arms"].values())
    assert found["slots used"] == found["contacts"]
