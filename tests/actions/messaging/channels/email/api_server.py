"""A provider's API on loopback: it answers what it is told to, and keeps what it was asked."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Api:
    """say: status, body and headers of the next answers; "cut" closes the connection instead, "silence" says nothing."""

    port: int = 0
    say: Callable[[int], object] = lambda _number: (200, "{}", {})
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/v1/"


@contextmanager
def api() -> Iterator[Api]:
    """A server on a free port."""
    found = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            found.asked.append((self.path, dict(self.headers), body))
            said = found.say(len(found.asked))
            if said in ("cut", "silence"):
                if said == "silence":
                    self.rfile.read(1)  # until the other side gives up
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, text, headers = said
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(text)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
