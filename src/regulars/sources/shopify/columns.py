"""How do Shopify's exports name things? Several columns may hold one; the first filled cell of a row is meant."""

from collections.abc import Mapping, Sequence

from regulars.sources.source import alias_mapping, canonical, cells_named, first_filled, quoted, several


def map_columns(
    header: Sequence[str], one: Mapping[str, Sequence[str]], any_of: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Our columns found in this header: of `one` the best of the names, of `any_of` all that are there, in their order."""
    found = alias_mapping(header, one)
    for column, names in any_of.items():
        cells = [cell for name in names for cell in header if canonical(cell) == canonical(name)]
        if cells:
            found[column] = several(cells)
    return found


def select_columns(mapping: Mapping[str, str]) -> list[str]:
    """A select expression for each of our columns: the cell, or the first filled one of several."""
    return [
        f"{first_filled(cells_named(cell)) if cell.startswith('=') else quoted(cell)} AS {quoted(column)}"
        for column, cell in mapping.items()
    ]
