"""Workers are killed with kill -9, before, while and after they hand over: nothing is lost, nothing doubled, little unknown."""

from actions.messaging.killing import plan_and_kill, send_and_kill
from regulars.decisions.models import Reservation

LETTERS, ORDERS, LANES = 270, 30, 4


def test_killed_workers_lose_and_double_nothing(shop, tmp_path):
    found = send_and_kill(tmp_path, letters=LETTERS, orders=ORDERS, workers=2, lanes=LANES, kills=6)
    assert found["killed"] > 0
    assert (found["lost"], found["doubled"], found["untold"]) == (0, 0, 0)
    assert found["unknown"] <= found["killed"] * LANES
    assert sum(found["states"].values()) == found["rows"] == LETTERS + ORDERS
    assert set(found["states"]) <= {"sent", "unknown"}
    assert Reservation.objects.filter(state="used").count() == LETTERS


def test_a_fan_out_that_is_killed_and_begun_anew_plans_everybody_once(shop):
    found = plan_and_kill(people=400, at_once=20, kills=5, seconds=0.4)
    assert found["killed"] > 0
    assert (found["lost"], found["doubled"]) == (0, 0)
    assert (found["decisions"], found["slots"]) == (400, 400)
