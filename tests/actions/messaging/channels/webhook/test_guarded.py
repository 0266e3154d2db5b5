import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from regulars.actions.messaging.channels.webhook import guarded
from regulars.actions.messaging.channels.webhook.addresses import is_outside
from regulars.actions.messaging.channels.webhook.guarded import NoAnswer, NotConnected, Refused, post

CERTIFICATE = Path(__file__).with_name("certificate.pem")


class Hook(BaseHTTPRequestHandler):
    """Remembers what it was sent, and answers as the path says."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), body))
        {"/huge": self.huge, "/silent": self.silent, "/drops": self.drops, "/garbage": self.garbage, "/chunks": self.chunks}.get(
            self.path, self.plain)()  # fmt: skip

    def plain(self):
        status = int(self.path.removeprefix("/")) if self.path[1:].isdigit() else 200
        self.send_response(status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def huge(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 200_000)
        self.close_connection = True

    def chunks(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"2\r\nok\r\n3\r\n...\r\n0\r\n\r\n")

    def garbage(self):
        self.wfile.write(b"not http at all\r\n\r\n")
        self.close_connection = True

    def silent(self):
        time.sleep(0.5)
        self.close_connection = True

    def drops(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(30):
            self.wfile.write(b".")
            time.sleep(0.02)

    def log_message(self, *_):
        pass


@pytest.fixture()
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.heard = []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def sent(server, path="/", **more):
    return post(
        f"http://127.0.0.1:{server.server_port}{path}",
        b'{"a": 1}',
        {"Content-Type": "application/json"},
        allow_private=True,
        **more,
    )


def resolving(*addresses, port=443):
    """A resolver that gives these addresses, one answer a call, and counts the calls."""
    answers = list(addresses)

    def resolve(host, _port, **_):
        resolve.asked += 1
        found = answers[min(resolve.asked, len(answers)) - 1]
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in found.split()
        ]

    resolve.asked = 0
    return resolve


def test_what_is_posted_arrives_whole_and_the_answer_comes_back(server):
    reply = sent(server, "/a?b=1")
    assert (reply.status, reply.body, reply.stage) == (200, b"ok", "answered")
    path, headers, body = server.heard[0]
    assert (path, body, headers["Content-Type"]) == ("/a?b=1", b'{"a": 1}', "application/json")
    assert headers["Host"] == f"127.0.0.1:{server.server_port}"


def test_a_redirect_is_not_followed(server):
    assert sent(server, "/302").status == 302
    assert len(server.heard) == 1


def test_a_long_answer_is_cut_and_a_chunked_one_joined(server):
    reply = sent(server, "/huge")
    assert (reply.stage, len(reply.body)) == ("cut", guarded.ANSWER_SIZE_MAX)
    assert sent(server, "/chunks") == guarded.Reply(200, b"ok...", "answered")


def test_sent_without_an_answer_is_unknown(server, monkeypatch):
    with pytest.raises(NoAnswer):
        sent(server, "/garbage")
    monkeypatch.setattr(guarded, "TOTAL_SECONDS", 0.15)
    with pytest.raises(NoAnswer):
        sent(server, "/silent")
    assert len(server.heard) == 2


def test_the_time_is_total_even_for_an_answer_that_drips(server, monkeypatch):
    monkeypatch.setattr(guarded, "TOTAL_SECONDS", 0.2)
    began = time.monotonic()
    reply = sent(server, "/drops")
    assert (reply.status, reply.stage) == (200, "cut")
    assert time.monotonic() - began < 0.5


def test_nobody_listening_or_an_unknown_name_means_nothing_was_sent(monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(NotConnected):
            post(f"http://127.0.0.1:{unused.getsockname()[1]}/", b"", {}, allow_private=True)

    def unknown(*_, **__):
        raise socket.gaierror(-2, "unknown")

    with pytest.raises(NotConnected, match="unknown"):
        post("https://shop.example/", b"", {}, resolve=unknown)
    monkeypatch.setattr(guarded, "TOTAL_SECONDS", 0.1)
    with pytest.raises(NotConnected, match="no answer about the name"):
        post("https://shop.example/", b"", {}, resolve=lambda *_, **__: time.sleep(0.3))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0", "100.100.100.200", "224.0.0.1", "255.255.255.255",
        "240.0.0.1", "192.0.0.192", "198.18.0.1", "168.63.129.16", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1",
        "::ffff:8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "", "example",
    ],
)  # fmt: skip
def test_the_inside_is_refused(address):
    assert not is_outside(address)
    with pytest.raises(Refused) as refused:
        post("https://hooks.shop.example/", b"", {}, resolve=resolving(address or "-"))
    assert refused.value.reason == "inside"


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::8.8.8.8", "172.32.0.1", "100.128.0.1"]
)
def test_the_outside_is_allowed(address):
    assert is_outside(address)


def test_one_inside_address_among_others_refuses_all():
    with pytest.raises(Refused, match="inside"):
        post("https://hooks.shop.example/", b"", {}, resolve=resolving("93.184.216.34 127.0.0.1"))


def test_numbers_that_hide_an_address_are_refused():
    for host in ("2130706433", "0x7f.1", "127.1", "localhost", "[::ffff:127.0.0.1]"):
        with pytest.raises(Refused, match="inside"):
            post(f"https://{host}/", b"", {})


def test_the_connection_goes_to_the_checked_address_though_the_name_changes_its_mind(monkeypatch):
    reached = []

    class Recording(socket.socket):
        def connect(self, address):
            reached.append(address[0])
            raise OSError("stopped by the test")

    monkeypatch.setattr(guarded.socket, "socket", Recording)
    resolve = resolving("93.184.216.34", "127.0.0.1")
    with pytest.raises(NotConnected):
        post("https://hooks.shop.example/", b"", {}, resolve=resolve)
    assert (reached, resolve.asked) == (["93.184.216.34"], 1)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://shop.example/", "scheme"), ("ftp://shop.example/", "scheme"), ("file:///etc/passwd", "scheme"), ("//shop.example", "scheme"),
        ("https://user:pass@shop.example/", "credentials"), ("https:///x", "address"), ("https://shop.example:99999/", "address"),
        ("https://shop.example/a b", "address"), ("https://shop.example/\r\nX: 1", "address"), ("https://shöp.example/", "address"),
        ("https://a\\@b/", "address"), ("https://[::1/", "address"), ("https://" + "a" * 3_000, "address"),
    ],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused(url, reason):
    with pytest.raises(Refused) as refused:
        post(url, b"", {}, resolve=resolving("93.184.216.34"))
    assert refused.value.reason == reason


def test_headers_cannot_be_smuggled(server):
    with pytest.raises(Refused, match="headers"):
        post("https://shop.example/", b"", {"X-A": "1\r\nX-B: 2"}, resolve=resolving("93.184.216.34"))
    post(
        f"http://127.0.0.1:{server.server_port}/", b"ab", {"host": "inside", "Content-length": "9"}, allow_private=True
    )
    assert server.heard[0][2] == b"ab"


def test_the_certificate_must_be_that_of_the_name(server, monkeypatch, request):
    request.addfinalizer(guarded.trust.cache_clear)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    resolve = resolving("127.0.0.1", port=server.server_port)
    port = server.server_port
    with pytest.raises(NotConnected, match=r"(?i)certificate"):
        post(f"https://hooks.shop.example:{port}/", b"", {}, resolve=resolve, allow_private=True)
    guarded.trust.cache_clear()
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    assert post(f"https://hooks.shop.example:{port}/", b"x", {}, resolve=resolve, allow_private=True).status == 200
    with pytest.raises(NotConnected, match=r"(?i)hostname"):
        post(f"https://other.shop.example:{port}/", b"", {}, resolve=resolve, allow_private=True)
