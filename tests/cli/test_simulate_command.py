"""`regulars simulate` says what policies earn, and in one line what is wrong with what was asked."""

import json

import pytest
from click.testing import CliRunner

from regulars.cli import simulate
from regulars.cli.main import cli
from regulars.simulator.reacting.policies.known import POLICIES

SHOP = "burn_in = 60\nbase_spread = 60\nhorizon = 60\nrun_off = 30\ncustomers = 200\n"


@pytest.fixture
def shop(tmp_path):
    path = tmp_path / "shop.toml"
    path.write_text(SHOP)
    return path


def ran(*asked):
    return CliRunner().invoke(cli, ["simulate", *map(str, asked)])


def test_the_policies_offered_are_those_there_are():
    assert tuple(POLICIES) == simulate.POLICIES


def test_figures_for_programs_name_seeds_world_and_each_policy(shop):
    done = ran(
        "--policy", "rules", "--policy", "blast", "--seeds", "1,3-4", "--config", shop, "--customers", 150, "--json"
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["seeds"] == [1, 3, 4]
    assert (found["world"]["customers"], found["world"]["horizon"]) == (150, 60)
    rules, blast = found["policies"]
    assert (rules["policy"], rules["breaches"], blast["policy"]) == ("rules", 0, "blast")
    assert blast["breaches"] > 0
    assert len(rules["profits"]) == 3
    assert json.loads(ran("--seeds", "7", "--config", shop, "--json").stdout)["policies"][0]["profit"]["error"] is None


def test_a_table_says_what_was_run_and_who_broke_the_limits(shop):
    done = ran("--policy", "nothing", "--policy", "blast", "--seeds", "1-2", "--config", shop)
    assert done.exit_code == 0, done.output
    assert "200 customers, 60 days with plays, 2 seeds" in done.stdout
    assert "+0.00 ±0.00" in done.stdout
    assert "times beyond a hard limit" in done.stdout


@pytest.mark.parametrize(
    ("said", "asked", "message"),
    [
        ("custmers = 5", (), "shop.toml: there is no 'custmers' in a world; did you mean 'customers'?"),
        ("pull = 2", (), "shop.toml: pull must lie between 0 and 1, not 2"),
        ("pull = ", (), "shop.toml is not valid TOML: Invalid value (at end of document)"),
        (None, (), "shop.toml cannot be read: No such file or directory"),
        ("", ("--seeds", "ten"), "--seeds: write seeds as 1-20, 7 or 1-5,9, not 'ten'"),
        ("", ("--seeds", "5-1"), "--seeds: 5-1 is no range of seeds"),
        ("", ("--seeds", "1-3,2"), "--seeds: a seed is named twice in '1-3,2'"),
        ("", ("--seeds", "1-9999999"), "--seeds: at most 1,000 seeds at once"),
        ("", ("--seeds", ""), "--seeds: write seeds as 1-20, 7 or 1-5,9, not ''"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(tmp_path, said, asked, message):
    path = tmp_path / "shop.toml"
    if said is not None:
        path.write_text(said)
    done = ran("--config", path, *asked)
    assert done.exit_code == 1
    assert done.stderr.strip().endswith(message)
    assert done.stderr.strip().count("\n") == 0
