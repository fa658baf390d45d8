"""Calls that the product makes to addresses that people typed in: to public places alone, and nowhere else on the way.

The name is looked up once, every address it has is judged, and the call goes to the very address that was judged: a
name that answers differently the second time leads nowhere else. Redirects are not followed. `PLM_WEBHOOK_PRIVATE=1`
lets calls into private networks, for intranets.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

TIMEOUT = 10
MOST_ADDRESSES = 8
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
TRANSLATED = ipaddress.ip_network("64:ff9b::/32")
"""Addresses of IPv6 behind which any of IPv4 may stand (RFC 6052, RFC 8215)."""


class CallFailed(Exception):
    """The call did not come through. `again` says whether it may later; the message is for people."""

    def __init__(self, message: str, *, again: bool) -> None:
        super().__init__(message)
        self.message, self.again = message, again


def address_problem(url: str) -> str:
    """What is wrong with an address as it is typed, empty for one that may be called. Looks nothing up."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "Give an address such as https://example.com/hook."
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "Give an address that begins with https:// or http:// and names a host."
    if parts.username is not None or parts.password is not None:
        return "Give an address without a name and a password in it."
    if port == 0 or any(ord(sign) < 33 or ord(sign) > 126 for sign in url):
        return "Give an address without spaces and special signs."
    return ""


def is_public(address: Address) -> bool:
    """Whether an address is of the public internet; one that stands for another is judged by that."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return is_public(inner)
        if address in TRANSLATED:
            return False
    return address.is_global and not address.is_multicast


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a body; the status of the answer, whose text is not read. Raises CallFailed where none comes."""
    problem = address_problem(url)
    if problem:
        raise CallFailed(problem, again=False)
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _judged(parts.hostname or "", port)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = _connected(parts, address, port)
        try:
            connection.request("POST", target, body, dict(headers))
            return connection.getresponse().status
        finally:
            connection.close()
    except ssl.SSLCertVerificationError as error:
        raise CallFailed("The certificate of the server is not valid.", again=True) from error
    except (OSError, http.client.HTTPException) as error:
        raise CallFailed("The server does not answer.", again=True) from error


def _judged(host: str, port: int) -> str:
    """The address to call. Raises CallFailed where any that the name has is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[:MOST_ADDRESSES]
    except (OSError, UnicodeError):
        raise CallFailed(f"There is no host {host}.", again=True) from None
    addresses = [str(row[4][0]).partition("%")[0] for row in found]
    if not addresses:
        raise CallFailed(f"There is no host {host}.", again=True)
    if not settings.WEBHOOK_PRIVATE and not all(
        is_public(ipaddress.ip_address(address)) for address in addresses
    ):
        raise CallFailed(f"{host} is in a private network, and none is called.", again=False)
    return addresses[0]


def _connected(parts: SplitResult, address: str, port: int) -> http.client.HTTPConnection:
    """A connection to the judged address that speaks as if to the name."""
    host = parts.hostname or ""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    plain = socket.create_connection((address, port), timeout=TIMEOUT)
    connection.sock = plain
    if parts.scheme == "https":
        try:
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
        connection.default_port = 443
    return connection
