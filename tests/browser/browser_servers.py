"""A real Regulars for browser tests: a home of its own, a granian process on a free port, commands beside it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

START_SECONDS_MAX = 20
COMMAND_SECONDS_MAX = 400
INSTALL = """
from regulars.cli.setting_up import ready
ready()
from regulars.console.static_files import collect
collect()
"""
LINK = """
from regulars.cli.setting_up import ready
ready(migrate=False)
from regulars.console.entrance import link
print(link("owner", shop={shop!r}))
"""


@dataclass(frozen=True)
class Home:
    """The folder that one installation lives in."""

    folder: Path

    def python(self, code: str) -> str:
        """What a program prints that runs in this installation."""
        return self._run(["-c", code])

    def regulars(self, *words: str) -> str:
        """What a command of the terminal prints."""
        return self._run(["-m", "regulars", *words])

    def environment(self) -> dict[str, str]:
        """The environment of this installation: SQLite, nothing of the tests' own shop."""
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REGULARS_HOME")}
        return kept | {"REGULARS_HOME": str(self.folder), "DJANGO_SETTINGS_MODULE": "regulars.settings"}

    def _run(self, words: Sequence[str]) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS_MAX,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


@dataclass(frozen=True)
class Server:
    """A running console."""

    home: Home
    address: str
    log: Path

    def link(self, shop: str) -> str:
        """An address that logs the owner in, as the terminal prints it."""
        return self.address + self.home.python(LINK.format(shop=shop)).strip()


def install(folder: Path) -> Home:
    """An empty installation: both databases migrated, pages collected."""
    home = Home(folder)
    folder.mkdir(parents=True)
    home.python(INSTALL)
    return home


def copy_of(home: Home, folder: Path) -> Home:
    """The same installation in another folder."""
    shutil.copytree(home.folder, folder)
    return Home(folder)


def said_by(home: Home, code: str) -> dict[str, Any]:
    """The last line that a program prints, as JSON."""
    found: dict[str, Any] = json.loads(home.python(code).strip().splitlines()[-1])
    return found


def logged_in(browser: Browser, link: str) -> Any:
    """The cookies of somebody who opened this address."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    state = context.storage_state()
    context.close()
    return state


@contextmanager
def serving(home: Home) -> Iterator[Server]:
    """The console of this installation on a free port; ended on leaving."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home.folder / "server.log"
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "4",
        "--log-level", "warning", "regulars.wsgi:application",
    ]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=home.environment(), stdout=out, stderr=out)
    try:
        _wait_for(port, process, log)
        yield Server(home, f"http://127.0.0.1:{port}", log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"the server did not answer within {START_SECONDS_MAX} s: {log.read_text()}")
