"""B12 console pages under 16 connections, against a plain Django page of 50 rows in the same server.

The demo shop is used; its customers are as many as `simulator.demo` invents.
"""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from typing import Any

from benchmarks import made

CONNECTIONS = 16
SECONDS = 4.0
PAGES = ("/", "/customers", "/retention", "/value", "/products", "/segments")


def run(*, lines: int, runs: int) -> None:
    """Print the table."""
    home = made.FOLDER / "home-pages"
    cookie = made.child("benchmarks.b12_pages", "prepare", home=home)["cookie"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "REGULARS_HOME": str(home), "PYTHONPATH": f"{made.ROOT / 'src'}{os.pathsep}{made.ROOT}",
                   "DJANGO_SETTINGS_MODULE": "benchmarks.plain_settings"}  # fmt: skip
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "2", "--blocking-threads", "8",
               "--log-level", "error", "regulars.wsgi:application"]  # fmt: skip
    server = subprocess.Popen(command, env=environment, cwd=made.ROOT)
    try:
        _wait(port)
        plain = [_load(port, "/plain", cookie) for _run in range(runs)]
        base_rate, base_p95 = (statistics.median(values) for values in zip(*plain, strict=True))
        rows: list[list[Any]] = [
            ["page", "req/s", "of plain", "p95 ms", "of plain"],
            ["/plain (50 rows)", base_rate, 1.0, base_p95, 1.0],
        ]
        for page in PAGES:
            rate, p95 = (
                statistics.median(values)
                for values in zip(*[_load(port, page, cookie) for _run in range(runs)], strict=True)
            )
            rows.append([page, rate, rate / base_rate, p95, p95 / base_p95])
        made.table(
            "B12: pages, 16 connections (targets: >= 0.5 of the plain page's rate, p95 <= 2x and <= 150 ms)", rows
        )
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    for _attempt in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _load(port: int, page: str, cookie: str) -> tuple[float, float]:
    """(requests a second, 95th percentile in ms) over CONNECTIONS kept connections."""
    times: list[float] = []
    end = time.perf_counter() + SECONDS

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < end:
            began = time.perf_counter()
            connection.request("GET", page, headers={"Cookie": cookie, "Host": "127.0.0.1"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, f"{page}: {answer.status}"
            times.append(time.perf_counter() - began)

    threads = [threading.Thread(target=client) for _connection in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / SECONDS, statistics.quantiles(times, n=20)[-1] * 1000


def prepare() -> dict[str, str]:
    """The demo shop and a session."""
    import datetime as dt

    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    from regulars.console.static_files import collect
    from regulars.invented import demo

    demo.fill(now=dt.datetime.now(dt.UTC), say=lambda text: None)
    collect()
    user, _made = User.objects.get_or_create(username="benchmark")
    session = SessionStore()
    session.update({"_auth_user_id": str(user.pk), "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
                    "_auth_user_hash": user.get_session_auth_hash()})  # fmt: skip
    session.create()
    return {"cookie": f"sessionid={session.session_key}; shop=demo"}


if __name__ == "__main__":
    import json

    from regulars.cli.setting_up import ready

    ready()
    print(json.dumps(prepare()))
