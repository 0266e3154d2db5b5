"""The libraries we measure ourselves against, each in an environment of its own beside `.venv`: `make peers` makes them.

What they install is pinned in <name>.txt. They never become dependencies; a missing one is reported as missing.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
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
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(made.ROOT / "src") if name == "regulars" else ""}
        environment["PYTENSOR_FLAGS"] = f"base_compiledir={made.FOLDER / 'pytensor'}"
        self.errors = (made.FOLDER / f"{name}.log").open("w")
        self.process = subprocess.Popen(
            [str(python_of(name)), str(FOLDER / f"with_{name}.py")],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True, cwd=made.FOLDER,
        )  # fmt: skip
        self.python = self._answer()["python"]

    def ask(self, do: str, **rest: Any) -> dict[str, Any]:
        """Its answer to a question."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **rest}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} died: {Path(self.errors.name).read_text()[-1000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        self.errors.close()


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
            peer.__exit__(None, None, None)
