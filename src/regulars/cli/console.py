"""How the terminal shows waiting and failing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click


def fail(message: str) -> NoReturn:
    """One clear message on standard error, and exit code 1."""
    click.echo(f"regulars: {message}", err=True)
    sys.exit(1)


@contextmanager
def status(text: str, *, quiet: bool = False) -> Iterator[None]:
    """A spinner on standard error while the block runs; nothing when it is not a terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield
        return
    with console.status(text):
        yield
