"""The columns of files that cannot be understood yet, so that a person can name them."""

import tempfile
from pathlib import Path
from typing import Any

from regulars.sources import importing
from regulars.sources.delimited import generic
from regulars.sources.models import Import
from regulars.sources.source import CannotRead, Sheet


def as_far_as_known(job: Import) -> list[dict[str, Any]]:
    """How each file would be read, as `importing.preview` tells it; nothing for files that cannot be opened at all."""
    from regulars.sources import plan

    with tempfile.TemporaryDirectory() as folder:
        try:
            sheets = plan.read_sheets([Path(path) for path in job.files], Path(folder))
        except CannotRead:
            return []
    return [_told(sheet) for sheet in sheets if not any(known.recognises(sheet.header) for known in plan.FORMATS)]


def _told(sheet: Sheet) -> dict[str, Any]:
    from regulars.sources import plan

    number = plan.header_hash(sheet.header)
    saved = importing.remembered(number) or {}
    table = saved.get("table") or generic.guess_table(sheet.header)
    mapping = {column: cell for column, cell in saved.items() if column != "table"} or generic.guess(
        sheet.header, table
    )
    return {"file": sheet.file, "table": table, "mapping": mapping, "header": list(sheet.header), "format": "csv",
            "guessed": True, "hash": number}  # fmt: skip
