"""Keep the documentation true: fill in what follows from the code, and run the commands that are shown.

    .venv/bin/python docs/generate.py            rewrite the pages that changed
    .venv/bin/python docs/generate.py --check    say which would change, and end with 1

In README.md and docs/*.md, the text between `<!-- generated NAME -->` and `<!-- end -->` is made by the function of
that name in BLOCKS, and in a block fenced as ```console every line that begins with `$ ` is run by a shell, in the
order of the page, in a folder and a home of its own; what it prints is put below it.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click


ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
GENERATED = re.compile(r"(<!-- generated ([\w-]+) -->\n).*?(\n<!-- end -->)", re.DOTALL)
CONSOLE = re.compile(r"(```console\n)(.*?)(```)", re.DOTALL)
SECONDS_PER_COMMAND_MAX = 120


def settings() -> str:
    """Every environment variable."""
    from regulars.environment import VARIABLES

    rows = [(f"`{v.name}`", f"`{v.default}`" if v.default else "empty", v.meaning) for v in VARIABLES]
    return table(("variable", "default", "meaning"), rows)


def profile() -> str:
    """Every column of a profile."""
    from regulars.profiles.dictionary import COLUMNS

    rows = []
    for c in COLUMNS:
        values = f" One of: {', '.join(f'`{value}`' for value in c.values)}." if c.values else ""
        kind = f"{c.type}, {c.unit}" if c.unit else c.type
        rows.append((f"`{c.name}`", kind, c.meaning + values, f"[{c.source}](numbers.md#{c.source})"))
    return table(("column", "type", "meaning", "explained in"), rows)


def numbers() -> str:
    """Every definition, with an anchor for its name and the columns that follow from it."""
    from regulars.profiles.definitions import DEFINITIONS
    from regulars.profiles.dictionary import COLUMNS

    parts = []
    for slug, definition in DEFINITIONS.items():
        columns = ", ".join(f"`{c.name}`" for c in COLUMNS if c.source == slug)
        below = [f"In the [profile](profile.md): {columns}."] if columns else []
        parts += [f'<a id="{slug}"></a>', f"## {definition.title}", *definition.paragraphs, *below]
    return "\n\n".join(parts)


def rejects() -> str:
    """Why a row is left out, and what to do."""
    from regulars.sources.explain import REJECTS

    return table(("reason", "what to do"), list(REJECTS.values()))


def notes() -> str:
    """What an import may have to say about files: the notes that some step of cleaning really writes."""
    from regulars.sources.explain import NOTES

    steps = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/regulars/sources").rglob("*.py"))
    said = set(re.findall(r'note\(\s*"(\w+)"', steps))
    return "\n".join(f"- {text}" for code, text in NOTES.items() if code in said)


def world() -> str:
    """Every parameter of an invented shop."""
    from dataclasses import fields

    from regulars.simulator.reacting.world import World

    rows = [(f"`{key.name}`", f"`{_default(key.default)}`", str(key.metadata["means"])) for key in fields(World)]
    return table(("key", "default", "meaning"), rows)


def _default(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else "[]" if value == () else str(value)


def commands() -> str:
    """Every command with its arguments and options; those of a group below it."""
    import click

    from regulars.cli.main import COMMANDS, cli

    parts = []
    for name in COMMANDS:
        context = click.Context(cli)
        command = cli.get_command(context, name)
        if command is None:
            raise LookupError(name)
        parts += _command(command, (name,))
        if isinstance(command, click.Group):
            for below, one in command.commands.items():
                parts += _command(one, (name, below))
    return "\n\n".join(parts)


def _command(command: "click.Command", path: tuple[str, ...]) -> list[str]:
    import click

    context = click.Context(command, info_name=path[-1])
    usage = " ".join([*path, *command.collect_usage_pieces(context)])
    parts = [f"{'#' * (1 + len(path))} {' '.join(path)}\n\n    regulars {usage}\n\n{cleandoc(command.help or '')}"]
    rows = [p.get_help_record(context) for p in command.params if isinstance(p, click.Option)]
    shown = [(f"`{record[0]}`", record[1] or "") for record in rows if record]
    return [*parts, table(("option", "meaning"), shown)] if shown else parts


def of_plays(name: str) -> str:
    """What follows from plays and from how they are valued (docs/about_plays.py)."""
    spec = spec_from_file_location("about_plays", ROOT / "docs" / "about_plays.py")
    if spec is None or spec.loader is None:
        raise LookupError(name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return "\n\n".join(f"{heading}{table(head, rows)}" for heading, head, rows in module.TABLES[name]())


BLOCKS: Mapping[str, Callable[[], str]] = {
    "settings": settings,
    "profile": profile,
    "numbers": numbers,
    "rejects": rejects,
    "notes": notes,
    "world": world,
    "commands": commands,
    **{name: partial(of_plays, name) for name in ("plays", "play-keys", "formula", "assumptions")},
}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def filled(text: str) -> str:
    """The page with every generated block made anew."""
    return GENERATED.sub(lambda found: f"{found[1]}\n{BLOCKS[found[2]]()}\n{found[3]}", text)


def run(text: str) -> str:
    """The page with every command of its console blocks run and its output put below it."""
    if "```console\n" not in text:
        return text
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "docs").symlink_to(ROOT / "docs")
        shim = folder / "bin" / "regulars"
        shim.parent.mkdir()
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m regulars "$@"\n')
        shim.chmod(0o755)
        return CONSOLE.sub(lambda found: found[1] + _block(found[2], folder) + found[3], text)


def _block(text: str, folder: Path) -> str:
    asked = [line for line in text.splitlines() if line.startswith("$ ")]
    return "\n".join(f"{line}\n{output(line[2:], folder)}" for line in asked)


def output(command: str, folder: Path) -> str:
    """What a shell command prints, both streams, without blanks at line ends."""
    ours = ("REGULARS_", "DATABASE_URL", "DJANGO_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(ROOT / "src"),
        "REGULARS_HOME": str(folder / "var"),
        "COLUMNS": "80",
    }
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, env=environment, text=True, encoding="utf-8", check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=SECONDS_PER_COMMAND_MAX,
    )  # fmt: skip
    if "Traceback (most recent call last)" in done.stdout:
        raise RuntimeError(f"{command} ends in a traceback:\n{done.stdout}")
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    return "".join(line + "\n" for line in "\n".join(lines).strip("\n").splitlines())


def main() -> int:
    """Bring every page up to date, or only say which are not."""
    stale = []
    for page in PAGES:
        before = page.read_text(encoding="utf-8")
        after = run(filled(before))
        if after != before:
            stale.append(page.relative_to(ROOT))
            if "--check" not in sys.argv:
                page.write_text(after, encoding="utf-8")
    for path in stale:
        sys.stdout.write(f"{path}\n")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    os.environ.setdefault("REGULARS_HOME", tempfile.mkdtemp(prefix="regulars-docs-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    import django

    django.setup()
    sys.exit(main())
