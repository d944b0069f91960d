"""Make the project's environment in .venv with nothing but Python 3.11 and its standard library.

    python3 tools/bootstrap.py [OPTION...]    options are for `uv sync`, such as --no-dev

uv does the work. Where none is installed, the very wheel that uv.lock names is downloaded and checked against the
hash there, so this needs neither pip nor ensurepip, which Debian's plain python3 lacks.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN_UV = ROOT / ".cache" / "bin" / "uv"


def main() -> int:
    """Set up .venv from uv.lock and return an exit status; every refusal is one sentence."""
    if sys.version_info < (3, 11):
        return refuse(
            f"Python 3.11 or later is needed, this is {platform.python_version()}: try make PYTHON=python3.12"
        )
    try:
        uv = find_uv()
    except (OSError, LookupError, ValueError) as error:
        return refuse(f"uv is not installed and could not be downloaded ({error}): install uv, then try again")
    command = [uv, "sync", "--locked", "--quiet", "--python", sys.executable, *sys.argv[1:]]
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_PROJECT_ENVIRONMENT": str(ROOT / ".venv")}
    environment.setdefault("UV_SYSTEM_CERTS", "1")  # a firm whose network inspects TLS adds its CA to the system's
    environment.pop("VIRTUAL_ENV", None)
    print("Setting up .venv from uv.lock ...", flush=True)
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def refuse(sentence: str) -> int:
    """Say why it cannot go on and return exit status 2."""
    print(f"setup: {sentence}", file=sys.stderr)
    return 2


def find_uv() -> str:
    """Return the path of a uv: the one on PATH, the one made here before, or a fresh download."""
    found = shutil.which("uv")
    if found:
        return found
    if not OWN_UV.exists():
        url, digest = locked_wheel()
        print("Downloading uv ...", flush=True)
        with urllib.request.urlopen(url, timeout=120) as answer:
            data = answer.read()
        if hashlib.sha256(data).hexdigest() != digest:
            raise ValueError("its hash is not the one in uv.lock")
        unpack(data)
    return str(OWN_UV)


def locked_wheel() -> tuple[str, str]:
    """Return address and SHA-256 of uv's wheel for this machine, as locked. Raises LookupError when there is none."""
    import tomllib  # not at the top: on a Python without it, main() says in a sentence that it is too old

    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    package = next(entry for entry in lock["package"] if entry["name"] == "uv")
    libc = "musllinux" if Path("/etc/alpine-release").exists() else "manylinux"
    for wheel in package["wheels"]:
        name = wheel["url"].rsplit("/", 1)[-1]
        if libc in name and platform.machine() in name and wheel["url"].startswith("https://"):
            return wheel["url"], wheel["hash"].removeprefix("sha256:")
    raise LookupError(f"there is no uv for {platform.machine()}")


def unpack(wheel: bytes) -> None:
    """Put the uv program from the wheel where it is looked for."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        member = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        OWN_UV.parent.mkdir(parents=True, exist_ok=True)
        part = OWN_UV.with_suffix(".part")
        part.write_bytes(archive.read(member))
        part.chmod(0o755)
        part.replace(OWN_UV)


if __name__ == "__main__":
    raise SystemExit(main())
