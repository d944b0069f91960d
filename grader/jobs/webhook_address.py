"""Where a webhook may lie: on the public web by https, or on a host inside the network that the operator named."""

from __future__ import annotations

import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from grader.errors import GraderError, UsageError
from grader.intake.git import HOST, public_addresses

PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Place:
    """Where a message goes: to one of `addresses`, which were checked, and to no other by whatever name."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def authority(self) -> str:
        """The host as the `Host` header names it."""
        return self.host if self.port == PORTS[self.scheme] else f"{self.host}:{self.port}"

    def at(self, address: str) -> str:
        """Return the URL with this address in place of the name."""
        return f"{self.scheme}://{address}:{self.port}{self.path}"


def place_of(url: str, private_hosts: Collection[str]) -> Place:
    """Look the host of `url` up and return the place. Raises UsageError where nothing may be sent there."""
    if any(not " " < char < "\x7f" for char in url):
        raise UsageError("the address holds blanks, or characters other than ASCII")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise UsageError("it is no well-formed address") from None
    private = host in private_hosts
    if parts.scheme not in (("https", "http") if private else ("https",)):
        raise UsageError("only https addresses are taken")
    if "@" in parts.netloc or parts.fragment:
        raise UsageError("the address holds credentials or a fragment")
    if not HOST.fullmatch(host):
        raise UsageError("its host is no name")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = _looked_up(host) if private else _public(host)
    return Place(parts.scheme, host, PORTS[parts.scheme] if port is None else port, path, tuple(found))


def _public(host: str) -> list[str]:
    try:
        return public_addresses(host)
    except GraderError as error:
        if error.code == "git.url_forbidden":
            raise UsageError(
                "its host has an address inside a private network",
                hint="Whoever runs the service can allow it in GRADER_WEBHOOK_PRIVATE_HOSTS.",
            ) from error
        raise UsageError(error.message) from error


def _looked_up(host: str) -> list[str]:
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)}
    except (OSError, UnicodeError) as error:
        raise UsageError(f"The host {host[:80]} was not found.") from error
    return sorted(f"[{address}]" if ":" in address else address for address in found)
