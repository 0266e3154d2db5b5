"""The documentation is complete, up to date, and its examples run."""

import ast
import functools
import importlib.util
import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import pytest

from regulars.cli.main import COMMANDS, cli
from regulars.environment import VARIABLES
from regulars.plays import folders, reading
from regulars.profiles.definitions import DEFINITIONS
from regulars.profiles.dictionary import COLUMNS
from regulars.sources import mapping
from regulars.sources.plan import FORMATS
from regulars.sources.source import TABLES

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
EXAMPLES = DOCS / "examples"
PAGES = sorted([*ROOT.glob("*.md"), *(page for page in DOCS.rglob("*.md") if EXAMPLES not in page.parents)])
PROJECT_TEXTS = {".md", ".py", ".toml", ".txt", ".sh", ".html", ".css", ".js", ".csv", ""}
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("registry", "npmjs"),
        ("anaconda", "org"),
    )
]
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|home|root|Users)/\w+|[A-Z]:\\\\?Users")


def _generator():
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _generator()
WITH_COMMANDS = [page for page in generate.PAGES if "```console\n" in page.read_text(encoding="utf-8")]


def name_of(path):
    return str(path.relative_to(ROOT))


@functools.cache
def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


@functools.cache
def all_text():
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


@pytest.mark.parametrize("page", generate.PAGES, ids=name_of)
def test_generated_parts_are_up_to_date(page):
    text = page.read_text(encoding="utf-8")
    assert generate.filled(text) == text, "run: .venv/bin/python docs/generate.py"


@pytest.fixture(scope="module")
def printed():
    """Every page with its commands run, several pages at once."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        texts = pool.map(generate.run, [page.read_text(encoding="utf-8") for page in WITH_COMMANDS])
        return dict(zip(WITH_COMMANDS, texts, strict=True))


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_the_commands_shown_print_what_is_shown(page, printed):
    assert printed[page] == page.read_text(encoding="utf-8"), "run: .venv/bin/python docs/generate.py"


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    (folder / "docs").symlink_to(DOCS)
    return json.loads(generate.output(f"{sys.executable} -m regulars report docs/examples/orders.csv --json", folder))


def test_the_readme_shows_the_figures_of_its_own_example(figures):
    readme = text_of("README.md")
    assert f"{figures['orders']} orders of {figures['customers']} customers" in readme
    assert f"gross {figures['gross_total']:,.2f} EUR" in readme
    assert f"net {figures['net_total']:,.2f} EUR" in readme


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_and_option_is_documented(name):
    command = cli.get_command(click.Context(cli), name)
    below = command.commands if isinstance(command, click.Group) else {}
    for path, one in {name: command, **{f"{name} {key}": each for key, each in below.items()}}.items():
        assert f"regulars {path}" in all_text()
        options = [flag for p in one.params if isinstance(p, click.Option) for flag in (*p.opts, *p.secondary_opts)]
        assert [flag for flag in options if flag not in all_text()] == []


def keys_in(value):
    if isinstance(value, dict):
        return set(value) | {key for item in value.values() for key in keys_in(item)}
    return set()


def test_every_key_of_the_json_is_documented(figures):
    printed = keys_in(figures)
    written = {
        key.value
        for node in ast.walk(ast.parse(text_of("src/regulars/cli/figures.py")))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant)
    }
    assert [key for key in sorted(printed | written) if f"`{key}`" not in text_of("docs/report.md")] == []


def test_every_environment_variable_is_documented():
    assert [v.name for v in VARIABLES if f"| `{v.name}` |" not in text_of("docs/settings.md")] == []
    known = {v.name for v in VARIABLES} | {"REGULARS_DATA"}
    assert set(re.findall(r"\bREGULARS_[A-Z_]+\b", all_text())) <= known


def test_every_profile_column_and_definition_has_its_place():
    assert [c.name for c in COLUMNS if f"| `{c.name}` |" not in text_of("docs/profile.md")] == []
    assert {c.source for c in COLUMNS} <= set(DEFINITIONS)
    assert [slug for slug in DEFINITIONS if f'<a id="{slug}"></a>' not in text_of("docs/numbers.md")] == []


def test_every_key_of_a_mapping_file_is_documented():
    page = text_of("docs/import.md")
    for section, keys in mapping.SECTIONS.items():
        assert f"`[{section}]`" in page or f"`[[{section}]]`" in page
        assert [key for key in keys if f"`{key}`" not in page] == []
    assert [column for columns in TABLES.values() for column in columns if f"`{column}`" not in page] == []


def test_every_format_is_documented():
    assert [known.name for known in FORMATS if f"`{known.name}`" not in text_of("docs/import.md")] == []


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=name_of)
def test_the_example_mappings_are_valid(path):
    assert mapping.load(path).columns


def test_every_key_of_a_play_is_documented():
    page = text_of("docs/plays.md")
    for part, keys in reading.KEYS.items():
        assert f"### `[[{part}]]`" in page or f"### `[{part}]`" in page
        assert [key for key in keys if f"| `{key}` |" not in page] == []


def test_every_shipped_play_is_documented_and_what_is_weighed_has_its_assumption():
    listed, assumed = text_of("docs/plays.md"), text_of("docs/decisions.md")
    for name, written in folders.shipped().items():
        assert f"| `{name}` |" in listed
        assert reading.read(written.text).owed or f"| `{name}` |" in assumed


@pytest.mark.parametrize("path", sorted(path.parent for path in EXAMPLES.glob("*/play.toml")), ids=name_of)
def test_the_example_plays_are_in_order(path):
    assert folders.check(folders.open_folder(path)).name == path.name


def test_the_anchors_that_the_code_names_are_there():
    for path in (ROOT / "src").rglob("*.py"):
        for page, anchor in re.findall(r"docs/(\w+\.md)(?:#([\w-]+))?", path.read_text(encoding="utf-8")):
            assert not anchor or anchor in anchors(DOCS / page), f"{name_of(path)}: {page}#{anchor}"


def anchors(page):
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)"', text))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page):
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        place = (page.parent / target).resolve() if target else page
        assert place.exists(), target
        if anchor:
            assert anchor in anchors(place), f"{target}#{anchor}"


def test_every_page_is_linked_from_the_readme():
    linked = {target for target, _anchor in LINK.findall(text_of("README.md"))}
    assert [name_of(page) for page in PAGES if name_of(page) not in linked | {"README.md"}] == []


def project_files():
    kept = ("src", "docs", "tests", "benchmarks", ".ci")
    inside = [path for folder in kept for path in (ROOT / folder).rglob("*")]
    for path in [*ROOT.glob("*"), *inside]:
        if path.is_file() and path.suffix in PROJECT_TEXTS and "__pycache__" not in path.parts:
            yield path


def test_no_file_names_a_package_registry_or_a_place_on_one_machine():
    found = []
    for path in project_files():
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [(name_of(path), host) for host in REGISTRIES if host in text]
        found += [(name_of(path), place) for place in MACHINE_PATHS.findall(text) if path != Path(__file__).resolve()]
    assert found == []
