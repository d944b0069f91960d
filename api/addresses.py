"""From where a request comes, as bounds and logs have it."""

from __future__ import annotations

import ipaddress

from starlette.requests import HTTPConnection


def address_of(request: HTTPConnection) -> str:
    """Return the asker's address; of IPv6 the network of a customer (/64), who has them all.

    Behind a proxy it is the proxy's, unless uvicorn is told to trust its headers.
    """
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
