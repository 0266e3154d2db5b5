"""The customers that fulfil a condition, in the database of the shop at hand."""

from typing import Any

from django.db.models import QuerySet

from regulars.profiles.models import Profile
from regulars.profiles.segments import Condition
from regulars.shop import current


def matching(condition: Condition) -> "QuerySet[Any]":
    """The profiles that fulfil a condition; `.filter(pk=...)` asks it of one customer with the same result."""
    dialect = "postgresql" if current.connection().vendor == "postgresql" else "sqlite"
    # The SQL was written by us from a checked tree; a percent sign in a text would be taken for a placeholder.
    return Profile.objects.extra(where=[condition.sql(dialect).replace("%", "%%")])  # noqa: S610
