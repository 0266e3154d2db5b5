"""How many is each play meant for today, and how many of them could it reach? For the pages, before anything is planned."""

from collections.abc import Sequence

from regulars.plays.form import Form
from regulars.profiles import people
from regulars.profiles.models import Profile
from regulars.profiles.segments import ConditionMistake, parse
from regulars.shop import current


def sizes(forms: Sequence[Form]) -> dict[str, int]:
    """Customers who fulfil each play's condition now, by name, counted in one pass; -1 for a condition that fits no more."""
    conditions: dict[str, str] = {}
    dialect = "postgresql" if current.connection().vendor == "postgresql" else "sqlite"
    unit = people.minor_per_major()
    for form in forms:
        try:
            parsed = parse(form.audience, minor_per_major=unit) if form.audience.strip() else None
            conditions[form.name] = parsed.sql(dialect) if parsed else "1=1"
        except ConditionMistake:
            continue
    if not conditions:
        return {form.name: -1 for form in forms}
    columns = ", ".join(f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)" for condition in conditions.values())
    with current.connection().cursor() as cursor:
        # The conditions were written by us from checked trees (profiles/segments.py).
        cursor.execute(f'SELECT {columns} FROM "{Profile._meta.db_table}"')
        counted = cursor.fetchone() or ()
    found = {name: int(count or 0) for name, count in zip(conditions, counted, strict=True)}
    return {form.name: found.get(form.name, -1) for form in forms}
