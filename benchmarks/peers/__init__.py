"""The libraries we measure ourselves against, each in an environment of its own beside `.venv`: `make peers` makes them.

What they install is pinned in <name>.txt. They never become dependencies; a missing one is reported as missing.
"""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import made

FOLDER = Path(__file__).parent
NAMES = ("lifetimes", "pymc")
ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "NUMBA", "VECLIB_MAXIMUM", "NUMEXPR")
}


class Peer:
    """A library in its own process, waiting to be asked. Raises RuntimeError when it dies."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.process: subprocess.Popen[str]
        self.python = ""
        self._start()

    def ask(self, do: str, *, seconds: float | None = None, **rest: Any) -> dict[str, Any]:
        """Its answer to a question; TimeoutError, and a fresh start, when it takes longer than so many seconds."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **rest}) + "\n")
        self.process.stdin.flush()
        return self._answer(seconds)

    def stop(self) -> None:
        """Let it go, whatever it does."""
        self.process.kill()
        self.process.wait()
        self.errors.close()

    def _start(self) -> None:
        environment = {
            **os.environ,
            **ONE_THREAD,
            "PYTHONPATH": str(made.ROOT / "src") if self.name == "regulars" else "",
        }
        environment["PYTENSOR_FLAGS"] = f"base_compiledir={made.FOLDER / 'pytensor'}"
        self.errors = (made.FOLDER / f"{self.name}.log").open("w")
        self.process = subprocess.Popen(
            [str(python_of(self.name)), str(FOLDER / f"with_{self.name}.py")], env=environment, cwd=made.FOLDER,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
        )  # fmt: skip
        self.python = self._answer(None)["python"]

    def _answer(self, seconds: float | None) -> dict[str, Any]:
        assert self.process.stdout is not None
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            self.stop()
            self._start()
            raise TimeoutError(f"no answer in {seconds:.0f} s")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} died: {Path(self.errors.name).read_text()[-1000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def python_of(name: str) -> Path:
    """The interpreter of a peer's environment; ours for ourselves."""
    return Path(sys.executable) if name == "regulars" else made.ROOT / f".venv-peers-{name}" / "bin" / "python"


def missing() -> list[str]:
    """The peers whose environment has not been made."""
    return [name for name in NAMES if not python_of(name).exists()]


@contextmanager
def started(*names: str) -> Iterator[Mapping[str, Peer]]:
    """Those of the peers that are there, each started."""
    made.FOLDER.mkdir(exist_ok=True)
    peers = {name: Peer(name) for name in names if python_of(name).exists()}
    try:
        yield peers
    finally:
        for peer in peers.values():
            peer.stop()
