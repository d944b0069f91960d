"""The operator's package index: where it is, whom to trust for it, and how to get there."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from grader.model import Mount

INSIDE_CA = "/grader/certificates.pem"
_SYSTEM_CA = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


@dataclass(frozen=True)
class PackageIndex:
    """`url` of the index (uv's own default when empty), `ca` a file of certificates (PEM), `proxies` by variable."""

    url: str = ""
    ca: Path | None = None
    proxies: dict[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        """Return the variables that tell uv about it."""
        found = dict(self.proxies)
        if self.url:
            found["UV_DEFAULT_INDEX"] = self.url
        if self.ca:
            found["SSL_CERT_FILE"] = INSIDE_CA
        return found

    def mounts(self) -> tuple[Mount, ...]:
        """Return what has to be shown inside for it."""
        return (Mount(source=self.ca.resolve(), target=INSIDE_CA),) if self.ca else ()


def package_index(url: str, ca: Path | None) -> PackageIndex:
    """Return the index at `url`, reached as this machine reaches others: by the environment's proxies and certificates.

    Without `ca` those of SSL_CERT_FILE or of the system are trusted, as a firm whose network inspects TLS adds its own
    there.
    """
    named = os.environ.get("SSL_CERT_FILE")
    places = [Path(path) for path in (*([named] if named else []), *_SYSTEM_CA)]
    proxies = {name: os.environ.get(name) or os.environ.get(name.lower()) for name in _PROXIES}
    return PackageIndex(
        url=url,
        ca=ca or next((path for path in places if path.is_file()), None),
        proxies={name: value for name, value in proxies.items() if value},
    )
