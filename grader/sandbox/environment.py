"""The locked scientific environment that a sandbox shows as /env, made once with uv and then never changed.

It lives in <home>/environments/<digest>; the digest covers the lock file, Python's version and the platform. It is made
in a temporary folder and renamed into place, so a half-made one is never seen.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uv

from grader.errors import InfrastructureError
from grader.sandbox.assets import sandbox_asset

Report = Callable[[str], None]


@dataclass(frozen=True)
class BuiltEnvironment:
    """A finished environment: where it is, its digest, and the prefix of the Python it rests on."""

    path: Path
    digest: str
    base_prefix: Path


def lock_digest(python_version: str, platform_name: str) -> str:
    """Return SHA-256 over the lock file's bytes, a full Python version ("3.11.7") and a platform ("linux-x86_64")."""
    digest = hashlib.sha256(sandbox_asset("requirements.lock").read_bytes())
    digest.update(f"\0{python_version}\0{platform_name}".encode())
    return digest.hexdigest()


def environment_digest(home: Path) -> str:
    """Return the digest of the environment in `home`; raises InfrastructureError when it is not built."""
    return find_environment(home).digest


def find_environment(home: Path) -> BuiltEnvironment:
    """Return the finished environment; raises InfrastructureError("infrastructure.no_environment") without one."""
    digest = _own_digest()
    path = home / "environments" / digest
    base = _base_prefix(path)
    if base is None:
        raise InfrastructureError(
            "infrastructure.no_environment",
            f"The locked scientific environment is not built in {home}.",
            hint="Run: grader sandbox build",
        )
    return BuiltEnvironment(path, digest, base)


def build_environment(home: Path, *, wheels: Path | None = None, report: Report = lambda _: None) -> BuiltEnvironment:
    """Return the environment, made first if it is not there; `wheels` is a folder to install from without a network.

    Two that build at once make one. Raises InfrastructureError when the packages cannot be had.
    """
    folder = home / "environments"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / _own_digest()
    with _locked(folder / "build.lock"):
        if _base_prefix(target) is None:
            shutil.rmtree(target, ignore_errors=True)
            report("Making the scientific environment (once; about a minute) ...")
            _build(target, wheels)
    return find_environment(home)


def _own_digest() -> str:
    return lock_digest(platform.python_version(), sysconfig.get_platform())


def _base_prefix(environment: Path) -> Path | None:
    """Read which Python the environment rests on; None when either of the two is gone."""
    try:
        lines = (environment / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    settings = dict(line.split(" = ", 1) for line in lines if " = " in line)
    if not (environment / "bin" / "python").exists():
        return None
    return Path(settings["home"]).parent


def _build(target: Path, wheels: Path | None) -> None:
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=target.parent))
    try:
        tool = uv_binary()
        _run([tool, "venv", "--quiet", "--relocatable", "--allow-existing", "--python", sys.executable, str(part)])
        _run([tool, "pip", "install", "--quiet", "--python", str(part / "bin" / "python"), *install_options(wheels)])
        _run([str(part / "bin" / "python"), "-I", str(sandbox_asset("finish_environment.py"))])
        _make_readable(part)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def install_options(wheels: Path | None) -> list[str]:
    """Return the options under which nothing but the locked wheels, each with its hash, gets in."""
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--compile-bytecode"]
    offline = ["--no-index", "--find-links", str(wheels)] if wheels else []
    return [*options, *offline, "--requirement", str(sandbox_asset("requirements.lock"))]


def uv_binary() -> str:
    """Return the path of the uv that is installed with the grader, else of one on PATH."""
    try:
        return uv.find_uv_bin()
    except FileNotFoundError:
        found = shutil.which("uv")
    if found is None:
        raise InfrastructureError("infrastructure.no_environment", "uv was not found.", hint="Run: pip install uv")
    return found


def _run(command: Sequence[str]) -> None:
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "PYTHONDONTWRITEBYTECODE": "1"}
    environment.setdefault("UV_SYSTEM_CERTS", "1")  # a firm whose network inspects TLS adds its CA to the system's
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"):
        environment.pop(name, None)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, umask=0o022, check=False)
    if done.returncode:
        raise InfrastructureError(
            "infrastructure.no_environment",
            f"The scientific environment could not be made: {done.stderr.strip()[-2000:] or done.stdout[-2000:]}",
            hint="Check the connection to the package index, or pass a folder of wheels: grader sandbox build --wheels",
        )


def _make_readable(environment: Path) -> None:
    """Let every user read it: inside the sandbox it is not the builder who does."""
    environment.chmod(0o755)
    for folder, folders, files in os.walk(environment):
        for name in (*folders, *files):
            path = Path(folder, name)
            mode = path.lstat().st_mode
            wanted = mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444)
            if not path.is_symlink() and mode != wanted:
                path.chmod(wanted & 0o7777)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
