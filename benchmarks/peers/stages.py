"""A peer answers questions, one JSON line each way, and says what each stage of its work cost.

Runs in the Python of any peer (3.9 or newer), so it asks for nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any


class Stages:
    """What each stage cost, by its name: wall seconds `s`, processor seconds `cpu`, and peak memory `mb` of the process
    while it ran (Linux; elsewhere the peak so far)."""

    def __init__(self) -> None:
        self.costs: dict[str, dict[str, float]] = {}

    def run(self, name: str, work: Callable[[], Any]) -> Any:
        """The result of the work, measured."""
        forget_peak()
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        self.costs[name] = {
            "s": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
            "mb": peak_mb(),
        }
        return result


def forget_peak() -> None:
    """Let the peak of resident memory begin anew."""
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def peak_mb() -> float:
    """The peak of resident memory since `forget_peak`."""
    with contextlib.suppress(OSError), open("/proc/self/status") as file:
        for line in file:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def serve(verbs: dict[str, Callable[[dict[str, Any]], dict[str, Any]]]) -> None:
    """Answer each line of standard input, {"do": verb, ...}, until it ends. What libraries print goes to the errors."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    answers.write(json.dumps({"python": sys.version.split()[0]}) + "\n")
    answers.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        answers.write(json.dumps(verbs[asked["do"]](asked)) + "\n")
        answers.flush()
