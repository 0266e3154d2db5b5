"""Rows of thousands of people with one query: their numbers travel as a single value, whatever the database.

Django's own `__in` looks at every number several times and sends each for itself, which costs more than the search.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, CharField, ForeignKey, Lookup, Q


class Among(Lookup):
    """`field__among`: the field is one of the numbers (or quoted hashes) of this text."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        """The condition and its values."""
        column, values = self.process_lhs(compiler, connection)
        if not self.rhs:
            raise EmptyResultSet
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", (*values, f"{{{self.rhs}}}")
        return f"{column} IN (SELECT value FROM json_each(%s))", (*values, f"[{self.rhs}]")


for field in (BigIntegerField, CharField, ForeignKey):
    field.register_lookup(Among)


def among(**fields: Iterable[int]) -> Q:
    """`among(customer_id=numbers)`: as `Q(customer_id__in=numbers)`, for any number of whole numbers."""
    return Q(**{f"{name}__among": ",".join(map(str, numbers)) for name, numbers in fields.items()})


def among_hashes(**fields: Collection[str]) -> Q:
    """The same for hexadecimal hashes. Raises ValueError for a text that would need quoting."""
    for hashes in fields.values():
        if hashes and not "".join(hashes).isalnum():
            raise ValueError("only hashes, of letters and digits")
    return Q(**{f"{name}__among": ",".join(f'"{one}"' for one in hashes) for name, hashes in fields.items()})
