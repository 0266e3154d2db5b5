"""From order files to the whole answer, without a database: what `regulars report` prints.

Reads, cleans, resolves people, and asks insight. The clock (`now`) is given by the face.
"""

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from regulars import environment
from regulars.insight.came_back import History
from regulars.insight.facts import Engine, Facts, duckdb_engine, first_and_last_day
from regulars.insight.profile import Choices
from regulars.insight.summary import Dates, Summary, summarise
from regulars.sources import facts_of, plan
from regulars.sources.clean import Cleaned, clean
from regulars.sources.mapping import ColumnMapping
from regulars.sources.source import CannotRead


@dataclass(frozen=True)
class Question:
    """What is asked of the files. Empty values are found out from the files."""

    paths: tuple[Path, ...]
    family: str = "auto"
    mapping: ColumnMapping | None = None
    as_of: dt.date | None = None
    opened: dt.date | None = None
    zone: str = ""
    currency: str = ""
    choices: Choices = field(default_factory=Choices)


@dataclass(frozen=True)
class Answer:
    """The summary with what the import itself had to say."""

    summary: Summary
    engine: Engine
    cleaned: Cleaned
    parts: tuple[plan.Part, ...]
    zone: str

    @property
    def notes(self) -> tuple[dict[str, Any], ...]:
        """What the merchant should know about the files."""
        return self.cleaned.notes


@dataclass(frozen=True)
class Loaded:
    """The facts of some files, and the days they are asked for."""

    engine: Engine
    facts: Facts
    dates: Dates
    cleaned: Cleaned
    parts: tuple[plan.Part, ...]
    zone: str


@contextmanager
def loaded(question: Question, *, now: dt.datetime) -> Iterator[Loaded]:
    """The facts of the files of a question; their tables live until the block ends."""
    with tempfile.TemporaryDirectory(prefix="regulars-") as name:
        folder = Path(name)
        sheets = plan.read_sheets(question.paths, folder, question.mapping)
        parts = plan.make(sheets, family=question.family, given=question.mapping)
        zone = question.zone or next((part.rules.zone for part in parts if part.rules.zone), "UTC")
        cleaned = clean(parts, folder, now=now, currency=question.currency, zone=zone)
        engine = duckdb_engine(
            memory_mb=environment.megabytes(environment.MEMORY_MB), temp_directory=str(folder / "spill")
        )
        facts = facts_of.load(engine, cleaned, zone=zone)
        dates = _dates(question, first_and_last_day(facts), now.astimezone(ZoneInfo(zone)).date())
        yield Loaded(engine, facts, dates, cleaned, tuple(parts), zone)


@contextmanager
def answered(question: Question, *, now: dt.datetime) -> Iterator[Answer]:
    """The answer to a question about files; its tables live until the block ends."""
    with loaded(question, now=now) as found:
        summary = summarise(found.engine, found.facts, found.dates, question.choices)
        yield Answer(summary, found.engine, found.cleaned, found.parts, found.zone)


def _dates(question: Question, found: tuple[dt.date, dt.date] | None, today: dt.date) -> Dates:
    if found is None:
        raise CannotRead(
            "There is no order in these files. Name the file with the orders too; a customer list alone says nothing "
            "about who came back."
        )
    first, last = found
    history = History(question.opened or first, opened=question.opened is not None)
    if question.as_of is not None:
        return Dates(as_of=question.as_of, complete=question.as_of, history=history)
    # The day of the last order may not have been over when the file was written.
    complete = last - dt.timedelta(days=1) if last > first else last
    return Dates(as_of=last, complete=complete, history=history, known_by=max(today, last))
