"""A package index of a test's own over HTTP: wheels made by hand, and those that the sandbox itself needs."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import Distribution, distributions
from ipaddress import ip_network
from pathlib import Path

from grader.sandbox import find_environment
from grader.sandbox.assets import sandbox_asset
from grader.sandbox.engine import engine
from grader.sandbox.ladder import own_names
from grader.settings import read_settings

NOT_NEEDED = {"_vendored", "third_party", "tests", "test"}  # large, and loaded by nobody
LONG_AGO = "2020-01-01T00:00:00Z"
Files = Mapping[str, bytes | str]


@dataclass
class PackageIndex:
    """What is served: file name -> bytes; `log` holds the paths asked for. Delays are seconds a file takes."""

    files: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, bytes] = field(default_factory=dict)
    uploaded: dict[str, str] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    broken: bool = False
    log: list[str] = field(default_factory=list)
    url: str = ""

    def wheel(
        self,
        name: str,
        version: str,
        files: Files | None = None,
        *,
        requires: Sequence[str] = (),
        uploaded: str = LONG_AGO,
        delay: float = 0,
    ) -> None:
        """Add a wheel of pure Python; without `files` it holds one module, NAME.py, that knows its version."""
        module = name.replace("-", "_")
        data, metadata = packed(
            name, version, files or {f"{module}.py": f"__version__ = {version!r}\n"}, requires=requires
        )
        self._add(f"{module}-{version}-py3-none-any.whl", data, metadata, uploaded, delay)

    def sdist(self, name: str, version: str) -> None:
        """Add a source distribution, which nobody should ever unpack."""
        self._add(f"{name}-{version}.tar.gz", b"this is no archive", None, LONG_AGO, 0)

    def own_needs(self) -> None:
        """Add what the sandbox installs besides, packed again from the locked environment."""
        for filename, data, metadata in _own_wheels():
            self._add(filename, data, metadata, LONG_AGO, 0)

    def asked(self, ending: str) -> int:
        """Return how often a file whose name ends so was downloaded."""
        return sum(path.endswith(ending) for path in self.log)

    def _add(self, filename: str, data: bytes, metadata: bytes | None, uploaded: str, delay: float) -> None:
        self.files[filename], self.uploaded[filename] = data, uploaded
        if metadata is not None:
            self.metadata[f"{filename}.metadata"] = metadata
        if delay:
            self.delays[filename] = delay

    def project(self, name: str) -> bytes | None:
        """Return a project's page as JSON, None when there is no such project."""
        listed = [filename for filename in self.files if _project(filename) == name]
        files = [
            {
                "filename": filename,
                "url": f"/files/{filename}",
                "hashes": {"sha256": hashlib.sha256(self.files[filename]).hexdigest()},
                "upload-time": self.uploaded[filename],
                "size": len(self.files[filename]),
                "core-metadata": f"{filename}.metadata" in self.metadata,
            }
            for filename in listed
        ]
        page = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
        return json.dumps(page).encode() if listed else None


def packed(name: str, version: str, files: Files, *, requires: Sequence[str] = ()) -> tuple[bytes, bytes]:
    """Return a wheel's bytes and its metadata."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {each}\n" for each in requires)
    whole: dict[str, bytes | str] = {
        **files,
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    return _zipped(whole, f"{info}/RECORD"), metadata.encode()


def _zipped(files: Files, record: str) -> bytes:
    stream, rows = io.BytesIO(), []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            rows.append(f"{path},sha256={digest},{len(data)}")
            archive.writestr(path, data)
        archive.writestr(record, "\n".join([*rows, f"{record},,", ""]))
    return stream.getvalue()


@cache
def _own_wheels() -> tuple[tuple[str, bytes, bytes], ...]:
    root = find_environment(read_settings().home).path
    (site,) = root.glob("lib/python*/site-packages")
    names = own_names(sandbox_asset("requirements.lock").read_text())
    found = distributions(path=[str(site)])
    return tuple(_packed_again(each) for each in found if _normal(each.metadata["Name"]) in names)


def _packed_again(found: Distribution) -> tuple[str, bytes, bytes]:
    files = {
        str(path): Path(str(path.locate())).read_bytes()
        for path in found.files or ()
        if ".." not in path.parts
        and path.suffix not in (".pyc", ".pyi")
        and NOT_NEEDED.isdisjoint(path.parts)
        and path.name not in ("RECORD", "INSTALLER", "REQUESTED")
    }
    (wheel,) = (path for path in files if path.endswith(".dist-info/WHEEL"))
    tags = [line.removeprefix("Tag: ") for line in files[wheel].decode().splitlines() if line.startswith("Tag: ")]
    parts = (".".join(dict.fromkeys(part)) for part in zip(*(tag.split("-") for tag in tags), strict=True))
    filename = f"{found.metadata['Name'].replace('-', '_')}-{found.version}-{'-'.join(parts)}.whl"
    metadata = files[wheel.replace("WHEEL", "METADATA")]
    return filename, _zipped(files, wheel.replace("WHEEL", "RECORD")), metadata


def _project(filename: str) -> str:
    return _normal(filename.rsplit("-", 1)[0] if filename.endswith(".tar.gz") else filename.split("-")[0])


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


class Server(ThreadingHTTPServer):
    """Serves one index."""

    daemon_threads = True
    request_queue_size = 128  # uv asks for all at once
    index: PackageIndex

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is killed while it reads is no error."""


class Handler(BaseHTTPRequestHandler):
    """Answers with pages, metadata and files; slowly where it is told to."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        index = self.server.index
        index.log.append(self.path)
        name = self.path.rstrip("/").rpartition("/")[2]
        if index.broken:
            self.send_error(503)
        elif self.path.startswith("/simple/"):
            self._answer(index.project(name), "application/vnd.pypi.simple.v1+json", 0)
        else:
            data = index.metadata.get(name, index.files.get(name))
            self._answer(data, "application/octet-stream", index.delays.get(name, 0))

    def do_HEAD(self) -> None:
        self.send_error(404)

    def _answer(self, data: bytes | None, kind: str, seconds: float) -> None:
        if data is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        steps = int(seconds * 10) or 1
        size = len(data) // steps + 1
        for start in range(0, len(data), size):
            self.wfile.write(data[start : start + size])
            if seconds:
                time.sleep(0.1)

    def log_message(self, format: str, *words: object) -> None:
        """Stay silent."""


@contextmanager
def served(index: PackageIndex, address: str = "127.0.0.1") -> Iterator[PackageIndex]:
    """Serve the index on a free port of `address`; `index.url` is where."""
    with Server((address, 0), Handler) as server:
        server.index = index
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        index.url = f"http://{address}:{server.server_address[1]}/simple"
        yield index
        server.shutdown()


def bridge_address() -> str:
    """Return the address under which containers with a network reach this machine."""
    with engine() as client:
        (config,) = client.inspect_network("bridge")["IPAM"]["Config"]
    # An engine that has made the network since it was started says its range alone; the bridge has its first address.
    return str(config.get("Gateway") or next(ip_network(config["Subnet"]).hosts()))
