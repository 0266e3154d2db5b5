"""What an import linter cannot see: purity of time and I/O, names that say nothing, sizes, and heavy imports."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "regulars"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
PURE = [path for path in FILES if path.relative_to(SOURCE).parts[0] in ("insight", "policy", "simulator")]
LINES_PER_FILE_MAX = 500
LINES_PER_FUNCTION_MAX = 70
PARAMETERS_MAX = 5
HEAVY = ("pandas", "scipy", "ibis", "pyarrow", "sklearn", "pyspark", "altair", "vl_convert", "duckdb", "numpy")


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


# `insight.open` takes an analyst's files.
OPENS_FILES = {"insight/__init__.py", "insight/notebook/opening.py"}


@pytest.mark.parametrize("path", PURE, ids=lambda p: str(p.relative_to(SOURCE)))
def test_pure_rooms_know_no_clock_and_no_file(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\b(datetime|dt)\.(datetime\.)?(now|utcnow)\(|date\.today\(|time\.time\(", text)
    if str(path.relative_to(SOURCE)) in OPENS_FILES:
        return
    assert not re.search(r"\bopen\(|\bPath\(|\brequests\b|\bsocket\b|os\.environ", text)


def test_no_clock_below_the_faces_and_the_import():
    allowed = {"cli", "console", "club", "api"}
    asking = re.compile(r"dt\.datetime\.now\(|timezone\.now\(|date\.today\(")
    found = {
        str(p.relative_to(SOURCE))
        for p in FILES
        if asking.search(p.read_text()) and p.relative_to(SOURCE).parts[0] not in allowed
    }
    # An import's own progress and finish are stamped as they happen.
    assert found <= {"sources/importing.py"}


def test_no_file_name_says_nothing():
    names = {"utils.py", "helpers.py", "common.py", "services.py", "managers.py", "misc.py"}
    assert [p for p in FILES if p.name in names] == []


def test_no_signals_no_admin_no_reverse_relations_across_rooms():
    text = "\n".join(p.read_text() for p in FILES)
    assert not re.search(r"django\.db\.models\.signals|django\.dispatch|django\.contrib\.admin|@receiver", text)
    for path in FILES:
        for related in re.findall(r"ForeignKey\(\s*['\"](\w+)\.", path.read_text()):
            assert related == path.parent.name, f"{path} reaches into {related}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_sizes_stay_readable(path):
    assert len(path.read_text().splitlines()) <= LINES_PER_FILE_MAX
    for function in functions(path):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= LINES_PER_FUNCTION_MAX, f"{function.name} has {length} lines"
        arguments = function.args
        count = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
        own = 1 if arguments.args and arguments.args[0].arg in ("self", "cls") else 0
        limit = (
            PARAMETERS_MAX if path.relative_to(SOURCE).parts[0] != "cli" else 8
        )  # a command's options are its parameters
        assert count - own <= limit, f"{function.name} has {count - own} parameters"


@pytest.mark.parametrize("command", [["-m", "regulars", "--help"], ["-c", "import django, os; os.environ['DJANGO_SETTINGS_MODULE'] = "
                         "'regulars.settings'; django.setup(); import regulars.urls"]])  # fmt: skip
def test_help_and_pages_never_pay_for_models(command, tmp_path):
    probe = (
        "import sys, runpy, atexit; atexit.register(lambda: print('LOADED', *[m for m in %r if m in sys.modules], file=sys.stderr)); "
        % (HEAVY,)
    )
    code = probe + (
        "sys.argv = ['regulars', '--help']; runpy.run_module('regulars', run_name='__main__')"
        if command[0] == "-m"
        else command[1]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={"REGULARS_HOME": str(tmp_path), "PATH": "", "PYTHONPATH": str(ROOT / "src")})  # fmt: skip
    assert done.stderr.strip().splitlines()[-1] == "LOADED"


def test_lock_files_name_no_host():
    for path in ROOT.glob("requirements*.txt"):
        assert not re.search(r"https?:|--index|find-links", path.read_text())


def test_every_migration_is_committed(tmp_path):
    command = [
        sys.executable,
        "-m",
        "django",
        "makemigrations",
        "--check",
        "--dry-run",
        "--settings",
        "regulars.settings",
    ]
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        env={"REGULARS_HOME": str(tmp_path), "PATH": "", "PYTHONPATH": str(ROOT / "src")},
    )


def test_each_test_file_has_a_name_of_its_own():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []
