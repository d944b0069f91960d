"""Probes of the network: no address, no name, no door of the host can be reached."""

from __future__ import annotations

import contextlib
import secrets
import socket
from collections.abc import Sequence
from pathlib import Path

from grader.sandbox.probe import Probe, ProbeBench

METADATA = "169.254.169.254"
_PUBLIC = ("1.1.1.1", "8.8.8.8", "2606:4700:4700::1111")

# Connecting a UDP socket needs a route and sends nothing, so only the sandbox itself can refuse that. A refused TCP
# connection has arrived somewhere, unless it was refused in the same way.
_REACH = """
import errno, socket
def refusal(family, kind, address):
    try:
        with socket.socket(family, kind) as door:
            door.settimeout(2)
            door.connect(address)
    except OSError as error:
        return error.errno or -1
    return 0
for host, port in FACTS['addresses']:
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    by_tcp = refusal(family, socket.SOCK_STREAM, (host, port))
    by_udp = refusal(family, socket.SOCK_DGRAM, (host, port))
    arrived = by_tcp == errno.ECONNREFUSED != by_udp and not host.startswith('127.')
    if by_tcp == 0 or arrived:
        found.append(f'a connection to {host} port {port} was possible')
    elif by_udp == 0 and not host.startswith('127.'):
        found.append(f'there is a route to {host}')
for name in FACTS['names']:
    try:
        if socket.getaddrinfo(name, 80):
            found.append(f'the name {name} was resolved')
    except OSError:
        pass
"""
_ABSTRACT = """
import socket
try:
    with socket.socket(socket.AF_UNIX) as door:
        door.connect('\\0' + FACTS['socket'])
    found.append("the host's abstract socket could be reached")
except OSError:
    pass
"""


def _reach(bench: ProbeBench, *addresses: tuple[str, int], names: Sequence[str] = ()) -> list[str]:
    return bench.found(_REACH, {"addresses": addresses, "names": names})


def _public(bench: ProbeBench) -> list[str]:
    return _reach(bench, *((address, 53) for address in _PUBLIC), names=("example.com", "host.docker.internal"))


def _metadata(bench: ProbeBench) -> list[str]:
    return _reach(bench, (METADATA, 80), ("169.254.170.2", 80), ("fd00:ec2::254", 80))


def _host(bench: ProbeBench) -> list[str]:
    name = f"grader-{secrets.token_hex(8)}"
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0{name}")
        abstract.listen()
        port = listener.getsockname()[1]
        addresses = [(address, port) for address in ("127.0.0.1", *_own_addresses())]
        return _reach(bench, *addresses) + bench.found(_ABSTRACT, {"socket": name})


def _own_addresses() -> list[str]:
    """Return the host's gateway and the address that it would send from, as far as they are known."""
    found = {"172.17.0.1"}
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.connect((_PUBLIC[0], 53))
        found.add(door.getsockname()[0])
    with contextlib.suppress(OSError):
        for line in Path("/proc/net/route").read_text().splitlines()[1:]:
            words = line.split()
            if words[2] != "00000000":
                found.add(socket.inet_ntoa(bytes.fromhex(words[2])[::-1]))
    return sorted(found)


_ADVICE = "Grade nothing here: the sandbox is not cut off from the network. See docs/reference/doctor.md."
NETWORK = (
    Probe("network.public", "No public address and no name can be reached", _ADVICE, _public),
    Probe("network.metadata", "The cloud's metadata address cannot be reached", _ADVICE, _metadata),
    Probe("network.host", "The host's own doors and its gateway cannot be reached", _ADVICE, _host),
)
