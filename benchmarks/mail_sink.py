"""A mail server on loopback that takes every letter and keeps none: Postfix's smtp-sink, or a small one of our own.

Both answer in another process, so that what is measured is the sender. Ours: `python -m benchmarks.mail_sink PORT`.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import made

CONNECTIONS_WAITING = 500


@contextmanager
def started() -> Iterator[tuple[int, str]]:
    """The port of a running sink, and its name."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin")
    command = [sys.executable, "-m", "benchmarks.mail_sink", str(port)]
    if program:
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        command = [program, *user, "-c", f"127.0.0.1:{port}", str(CONNECTIONS_WAITING)]
    process = subprocess.Popen(command, cwd=made.ROOT, stdout=subprocess.DEVNULL)
    try:
        _listening(port)
        yield port, "smtp-sink" if program else "our own sink"
    finally:
        process.terminate()
        process.wait()


def _listening(port: int) -> None:
    for _try in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the mail sink did not start")


class Session(asyncio.Protocol):
    """The least that a sender needs, with PIPELINING."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.out, self.rest, self.body = transport, b"", False
        self._say(b"220 sink")

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while self.rest:
            end, skip = (self.rest.find(b"\r\n.\r\n"), 5) if self.body else (self.rest.find(b"\r\n"), 2)
            if end < 0:
                return
            line, self.rest = self.rest[:end], self.rest[end + skip :]
            self._answer(b"." if self.body else line[:4].upper())

    def _answer(self, verb: bytes) -> None:
        self.body = verb == b"DATA"
        told = {b"DATA": b"354 go on", b"EHLO": b"250-sink\r\n250 PIPELINING", b"QUIT": b"221 bye"}
        self._say(told.get(verb, b"250 ok"))
        if verb == b"QUIT":
            self.out.close()

    def _say(self, line: bytes) -> None:
        self.out.write(line + b"\r\n")  # type: ignore[attr-defined]


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", port, backlog=CONNECTIONS_WAITING)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
