"""B14 cold start: `regulars --help`, and the first page of a started server, as whole processes."""

import subprocess
import sys
import time

from benchmarks import made

SET_UP = (
    "from regulars.cli.setting_up import ready; ready(); from regulars.console.static_files import collect; collect()"
)


def run(*, lines: int, runs: int) -> None:
    """Print the table."""
    _seconds([sys.executable, "-c", SET_UP])
    help_times = [_seconds([sys.executable, "-m", "regulars", "--help"]) for _run in range(max(5, runs))]
    python = [_seconds([sys.executable, "-c", "pass"]) for _run in range(max(5, runs))]
    page = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'regulars.settings'; django.setup(); "
        "from django.test import Client; Client(headers={'host': 'localhost'}).get('/log-in')"
    )
    pages = [_seconds([sys.executable, "-c", page]) for _run in range(max(5, runs))]
    made.table("B14: cold start (targets: help <= 0.5 s, first page <= 1.5 s)", [
        ["", "median s"], ["python -c pass", made.median(python)], ["regulars --help", made.median(help_times)], ["first page", made.median(pages)],
    ])  # fmt: skip


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    home = made.FOLDER / "home-start"
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        env={"PYTHONPATH": str(made.ROOT / "src"), "REGULARS_HOME": str(home), "PATH": ""},
    )
    return time.perf_counter() - began
