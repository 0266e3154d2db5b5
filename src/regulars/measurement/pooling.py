"""What do similar plays say together? Each play's figures over its seasons, drawn towards those of its family.

Single plays of a small shop are mostly noise; their family is less so. Two steps of shrinkage (DerSimonian and Laird 1986):
the seasons of a play make its own estimate, and unsure where they differ; the plays of a family are drawn towards their mean, and one without relatives
towards that of all. To decide by, never a claim, and nothing is chosen by it.
"""

from collections.abc import Mapping
from typing import Any

from regulars.insight.lift.many import pooled
from regulars.insight.lift.sequence import always

POOLED = "pooled"
ALONE = "play:"
"""What stands before the name of a play that has no family, in place of one."""


def families(found: Mapping[str, tuple[str, Mapping[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """By family (or ALONE and the name), a row for each play with figures: play, n, seasons, value between low and high (people of one who came back
    because of it, at all looks together), and shrunk with its error, None while no other play has figures.

    found: by play, its family ("" for none) and what was found of it (effects.compared)."""
    plays: dict[str, list[dict[str, Any]]] = {}
    for name, (family, data) in sorted(found.items()):
        seasons = [each for each in data.get("seasons", ()) if each["error"] > 0]
        if seasons and data["came_back"]["state"] != "do_not_trust":
            plays.setdefault(family or f"{ALONE}{name}", []).append(_own(name, seasons, data["planned"]))
    everybody = [row for rows in plays.values() for row in rows]
    for rows in plays.values():
        relatives = rows if len(rows) > 1 else everybody
        if len(relatives) > 1:
            said = pooled([row["value"] for row in relatives], [row["error_of_own"] for row in relatives])
            for row, shrunk, error in zip(relatives, said.effects, said.errors, strict=True):
                if row["play"] in {each["play"] for each in rows}:
                    row.update(shrunk=shrunk, error=error)
    return plays


def _own(name: str, seasons: list[dict[str, Any]], planned: int) -> dict[str, Any]:
    """The play by itself, over its seasons."""
    own = pooled([each["estimate"] for each in seasons], [each["error"] for each in seasons])
    n = sum(each["n"] for each in seasons)
    interval = always(own.mean, own.error, n, planned)
    return {
        "play": name, "n": n, "seasons": len(seasons), "value": own.mean, "low": interval.low, "high": interval.high,
        "error_of_own": own.error, "shrunk": None, "error": None,
    }  # fmt: skip
