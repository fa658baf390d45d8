"""Calls to addresses that people typed in go to public places alone."""

from __future__ import annotations

import http.server
import ipaddress
import socket
import threading

import pytest

from plm.outgoing import CallFailed, address_problem, is_public, post

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "url",
    ["", "example.com", "ftp://example.com", "file:///etc/passwd", "https://", "https://a:b@example.com/", "https://exa mple.com",
     "https://example.com/\r\nHost: x", "http://[::1", "http://example.com:99999/", "gopher://127.0.0.1", "http://example.com:0/"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(url):
    assert address_problem(url)
    with pytest.raises(CallFailed) as failed:
        post(url, b"", {})
    assert not failed.value.again


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False),
        ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.1", False), ("224.0.0.1", False),
        ("::1", False), ("fe80::1", False), ("fc00::1", False), ("::ffff:127.0.0.1", False), ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False), ("64:ff9b::7f00:1", False), ("::", False), ("255.255.255.255", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(text, public):
    assert is_public(ipaddress.ip_address(text)) is public


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "169.254.169.254"]
)
def test_no_private_place_is_called_however_it_is_spelled(host, settings, monkeypatch):
    settings.WEBHOOK_PRIVATE = False
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("It called."))
    with pytest.raises(CallFailed):
        post(f"http://{host}:8/", b"", {})


def test_one_private_address_among_public_ones_is_enough_to_refuse(settings, monkeypatch):
    settings.WEBHOOK_PRIVATE = False
    rows = [(socket.AF_INET, 1, 6, "", (ip, 80)) for ip in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("It called."))
    with pytest.raises(CallFailed) as failed:
        post("http://example.com/", b"", {})
    assert "private network" in failed.value.message


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, dict(self.headers), body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def hook():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.calls, server.statuses = [], []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{server.server_address[1]}/hook?a=1"
    yield server
    server.shutdown()
    server.server_close()


def test_an_intranet_is_called_where_it_is_allowed_and_redirects_lead_nowhere(hook, settings):
    settings.WEBHOOK_PRIVATE = True
    hook.statuses[:] = [204, 307]
    assert post(hook.url, b"{}", {"Content-Type": "application/json"}) == 204
    assert post(hook.url, b"{}", {}) == 307
    assert [(path, body) for path, _, body in hook.calls] == [("/hook?a=1", b"{}")] * 2


def test_the_call_goes_to_the_address_that_was_judged(hook, settings, monkeypatch):
    """A name that leads elsewhere the second time it is looked up is looked up once."""
    settings.WEBHOOK_PRIVATE = True
    port = hook.server_address[1]
    asked = []
    real = socket.getaddrinfo

    def once(host, *rest, **more):
        if host == "rebind.example":
            asked.append(host)
            return real("127.0.0.1", *rest, **more)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    assert post(f"http://rebind.example:{port}/x", b"", {}) == 200
    assert asked == ["rebind.example"]
    assert hook.calls[0][1]["Host"] == f"rebind.example:{port}"


def test_a_server_that_is_not_there_may_be_later(settings):
    settings.WEBHOOK_PRIVATE = True
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(CallFailed) as failed:
            post(f"http://127.0.0.1:{port}/", b"", {})
    assert failed.value.again
