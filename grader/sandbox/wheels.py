"""A folder of the locked wheels, so that environments and images can be built without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.errors import InfrastructureError
from grader.sandbox.assets import sandbox_asset
from grader.sandbox.environment import uv_binary


def download_wheels(target: Path, lock: Path | None = None, *, ca_bundle: Path | None = None) -> Path:
    """Fetch the wheels of a lock file for this Python and platform into `target`, each checked against its hash.

    `lock` is a file of requirements with hashes, by default the sandbox's. uv cannot download without installing, so
    pip does, from an environment that is thrown away. A folder that is there is complete. Raises InfrastructureError
    when something cannot be had.
    """
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".part-", dir=target.parent) as folder:
        tool, wheels = Path(folder, "pip"), Path(folder, "wheels")
        wheels.mkdir()
        trust = {"SSL_CERT_FILE": str(ca_bundle), "PIP_CERT": str(ca_bundle)} if ca_bundle else {}
        _run([uv_binary(), "venv", "--quiet", "--seed", "--python", sys.executable, str(tool)], trust)
        pip = [str(tool / "bin" / "python"), "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--dest", str(wheels)]
        _run([*pip, *options, "--requirement", str(lock or sandbox_asset("requirements.lock"))], trust)
        shutil.rmtree(target, ignore_errors=True)
        wheels.rename(target)
    return target


def _run(command: list[str], extra: dict[str, str]) -> None:
    environment = {**os.environ, **extra}
    environment.pop("VIRTUAL_ENV", None)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise InfrastructureError(
            "infrastructure.no_environment",
            f"The wheels could not be downloaded: {done.stderr.strip()[-1000:]}",
            hint="Pass a folder that holds them with --wheels, or the certificate of your network with --ca-bundle.",
        )
