"""Processes that can be killed: Django is set up once in a process of its own, from which each is forked at once.

`Hatchery` is the tests' side. The other side is this file as a script: it imports the module it is told, and forks a
child for each line it reads, which calls one function of it with the values of that line.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connections

TESTS = Path(__file__).resolve().parent


class Hatchery:
    """Forks of a process that has imported `module`, on the shop of this test."""

    def __init__(self, module):
        config = connections["default"].settings_dict
        url = ""
        if config["ENGINE"].endswith("postgresql"):
            url = f"postgresql://{config['USER']}@{config['HOST']}:{config['PORT']}/{config['NAME']}"
        environment = {
            **os.environ, "REGULARS_HOME": str(settings.HOME), "DATABASE_URL": url,
            "PYTHONPATH": f"{TESTS.parent / 'src'}{os.pathsep}{TESTS}",
        }  # fmt: skip
        key = getattr(settings, "SECRET_KEY", "")
        environment["REGULARS_SECRET_KEY"] = key
        self.process = subprocess.Popen(
            [sys.executable, __file__, module],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "ready\n"

    def start(self, verb, **values):
        """The number of a new process that does this."""
        self.process.stdin.write(json.dumps([verb, values]) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kill(pid):
    """Whether it was still at work; it is gone when this returns."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    while alive(pid):
        time.sleep(0.002)
    return True


def ended(pids, *, seconds=120.0):
    """Wait until all are done."""
    until = time.monotonic() + seconds
    while any(map(alive, pids)):
        if time.monotonic() > until:
            raise TimeoutError("a worker does not end")
        time.sleep(0.005)


def _hatch(module):
    import django

    django.setup()
    found = importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    while line := sys.stdin.readline():
        verb, values = json.loads(line)
        connections.close_all()
        child = os.fork()
        if child:
            print(child, flush=True)
            continue
        status = 1
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            getattr(found, verb)(**values)
            status = 0
        finally:
            sys.stderr.flush()
            os._exit(status)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    _hatch(sys.argv[1])
