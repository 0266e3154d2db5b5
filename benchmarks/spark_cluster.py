"""A standalone Spark cluster on this machine, for as long as a benchmark runs: a master and two workers on loopback.

The commands are those of docs/spark.md. Only the processes started here are ended.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MASTER_PORT, MASTER_PAGE = 7977, 8977
WORKER_PAGES = (8981, 8982)
MASTER = f"spark://127.0.0.1:{MASTER_PORT}"
ENVIRONMENT = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "512m"}
START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 20
SETTINGS = {
    "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false",
    "spark.executor.cores": "1", "spark.executor.memory": "2g", "spark.sql.shuffle.partitions": "8",
    "spark.sql.session.timeZone": "UTC",
}  # fmt: skip


@contextmanager
def cluster(folder: Path) -> Iterator[Any]:
    """A session on a cluster of its own, which keeps tables and logs below `folder`."""
    import pyspark
    from pyspark.sql import SparkSession

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    home = str(Path(pyspark.__file__).parent)
    os.environ |= {**ENVIRONMENT, "SPARK_HOME": home, "PYSPARK_PYTHON": sys.executable}
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.append(_started(master_command(home), folder))
        _wait_for(running, workers=0)
        running += [_started(worker_command(home, page, str(folder / "work")), folder) for page in WORKER_PAGES]
        _wait_for(running, workers=len(WORKER_PAGES))
        builder = SparkSession.builder.master(MASTER).config("spark.sql.warehouse.dir", str(folder / "tables"))
        for name, value in SETTINGS.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()
    finally:
        _end(running)


def master_command(home: str) -> list[str]:
    """Starts the master; `home` is the folder of pyspark."""
    named = [f"{home}/bin/spark-class", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1"]
    return [*named, "--port", str(MASTER_PORT), "--webui-port", str(MASTER_PAGE)]


def worker_command(home: str, page: int, work: str) -> list[str]:
    """Starts a worker of one core that shows itself on the port `page` and keeps its files in the folder `work`."""
    named = [f"{home}/bin/spark-class", "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1"]
    return [*named, "--webui-port", str(page), "--cores", "1", "--memory", "3g", "--work-dir", work, MASTER]


def _started(command: list[str], folder: Path) -> "subprocess.Popen[bytes]":
    """spark-class becomes the Java machine itself, so its process id is the one to end."""
    with (folder / "cluster.log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def _wait_for(running: "list[subprocess.Popen[bytes]]", *, workers: int) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until:
        if any(process.poll() is not None for process in running):
            raise RuntimeError("a part of the cluster ended: see cluster.log; is one of its ports taken?")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{MASTER_PAGE}/json/", timeout=5) as answer:
                if json.load(answer)["aliveworkers"] >= workers:
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"the cluster had no {workers} workers after {START_SECONDS_MAX} seconds")


def _end(running: "list[subprocess.Popen[bytes]]") -> None:
    for process in reversed(running):
        process.terminate()
    for process in running:
        try:
            process.wait(timeout=STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
