"""A mail server in its own process that appends each letter it took to a file before it answers.

`python keeper.py PORT FILE`: a line a letter, the address and the Message-ID. What stands there has been handed over.
"""

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

SLOW_SECONDS = 0.004


class Session(asyncio.Protocol):
    def connection_made(self, transport):
        self.out, self.rest, self.body, self.to = transport, b"", False, b""
        self.say(b"220 keeper")

    def data_received(self, data):
        self.rest += data
        while True:
            end = self.rest.find(b"\r\n.\r\n") if self.body else self.rest.find(b"\r\n")
            if end < 0:
                return
            said, self.rest = self.rest[:end], self.rest[end + (5 if self.body else 2) :]
            self.took(said) if self.body else self.told(said)

    def told(self, line):
        verb = line[:4].upper()
        if verb == b"RCPT":
            self.to = line[line.find(b"<") + 1 : line.find(b">")]
        self.body = verb == b"DATA"
        self.say({b"EHLO": b"250-keeper\r\n250 PIPELINING", b"DATA": b"354 go on"}.get(verb, b"250 ok"))

    def took(self, letter):
        self.body = False
        known = next(line for line in letter.split(b"\r\n") if line.startswith(b"Message-ID: "))
        os.write(FILE, self.to + b" " + known[12:] + b"\n")
        # Between the taking and the answer there is time to be killed.
        asyncio.get_running_loop().call_later(random.random() * SLOW_SECONDS, self.say, b"250 kept")

    def say(self, line):
        self.out.write(line + b"\r\n")


async def serve(port):
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", port, backlog=200)
    await server.serve_forever()


@contextmanager
def keeping(path):
    """The port of a running keeper that writes to this file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, __file__, str(port), str(path)])
    try:
        for _try in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    FILE = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    asyncio.run(serve(int(sys.argv[1])))
