"""Resolves and downloads packages with uv, in a sandbox that has a network and sees nothing but the list.

Nothing that a package brings is run with a network: only wheels are taken, no bytecode is made, and Python is asked
about itself while the environment is still empty. What has to start Python in it comes
afterwards, in a sandbox without one.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from grader.errors import GraderError, InfrastructureError, LimitError
from grader.model import Limits, Mount, SandboxJob, SandboxResult
from grader.ports import Sandbox
from grader.sandbox.assets import sandbox_asset
from grader.sandbox.classify import error_of, machines_failure, observed_of
from grader.sandbox.collect import collect_file
from grader.sandbox.environment import uv_binary
from grader.sandbox.ladder import OWN_NEEDS, Attempt, own_names
from grader.sandbox.package_index import PackageIndex
from grader.sandbox.settle import settle
from grader.sandbox.upload_dates import upload_dates
from grader.sandbox.uv_verdict import Unfit, verdict

MOST_LOCK_BYTES = 4 * 1024**2
LOCK = "requirements.lock"
_DATED = "pylock.toml"  # the same once more in the form that has times of upload
_NEVER = "2100-01-01T00:00:00Z"
_BASE = "import platform, sys; print(sys._base_executable, platform.python_version(), *platform.libc_ver())"
_COMMON = "--quiet --no-config --no-python-downloads --only-binary :all:"
_RESOLVE = (
    f'python -I -S -c "{_BASE}" >/out/base && /grader/uv pip compile {_COMMON} --no-header --no-annotate '
    f'--generate-hashes --python /env/bin/python --output-file /out/{LOCK} "$@" requirements.in && '
    f"exec /grader/uv pip compile {_COMMON} --no-deps --python /env/bin/python --output-file /out/{_DATED} /out/{LOCK}"
)
_INSTALL = (
    "umask 022 && /grader/uv venv --quiet --no-config --no-project --no-python-downloads --relocatable "
    "--python /env/bin/python /out/env && exec /grader/uv pip install --python /out/env/bin/python "
    f"{_COMMON} --require-hashes --no-deps --link-mode hardlink --no-compile-bytecode --requirement /work/{LOCK}"
)
# The cache lies beside the environment, so that files are linked into it and not written twice.
_VARIABLES = {"UV_CACHE_DIR": "/out/cache", "TMPDIR": "/work", "NO_COLOR": "1"}
_LOCK_LINE = re.compile(r"[A-Za-z0-9][\w.-]*==[\w.!+]+(?: \\)?|    --hash=sha256:[0-9a-f]{64}(?: \\)?|")


@dataclass(frozen=True)
class Lock:
    """A finished resolution: exact versions with hashes, and the Python (`base`) that they were chosen for.

    `uploaded` says when each version was published, as far as the index does.
    """

    text: str
    base: str
    uploaded: dict[str, datetime] = field(default_factory=dict)

    def digest(self, environment_digest: str) -> str:
        """Return SHA-256 over all that an environment made of it depends on."""
        parts = (self.text, self.base, environment_digest, sandbox_asset("finish_requested.py").read_text())
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Fetcher:
    """Fetches from `index` in `sandbox`: no environment larger than `most_bytes`, no step longer than `seconds`."""

    sandbox: Sandbox
    index: PackageIndex
    most_bytes: int
    seconds: float

    def resolve(self, attempt: Attempt, scratch: Path, cpu_ids: tuple[int, ...], cancel: threading.Event) -> Lock:
        """Return what `attempt` comes to. Raises Unfit when it cannot be had, and what `verdict` says else.

        What is not pinned gets the locked environment's version where that fits: uv prefers what the output has.
        """
        locked = sandbox_asset(LOCK).read_text()
        root = _folders(scratch)
        (root / "work" / "requirements.in").write_text("\n".join((*attempt.lines, *OWN_NEEDS, "")))
        (root / "out" / LOCK).write_text("\n".join(re.findall(r"^[\w.-]+==[\w.!+]+(?= \\$)", locked, re.MULTILINE)))
        dated: tuple[str, ...] = ()
        if attempt.as_of:
            exempt = (f"--exclude-newer-package={name}={_NEVER}" for name in sorted(own_names(locked)))
            dated = ("--exclude-newer", attempt.as_of, *exempt)
        result = self._run(root, _RESOLVE, dated, cpu_ids, cancel, network=True)
        if result.ended != "exited" or result.exit_code != 0:
            raise self._verdict(result, resolving=True)
        return Lock(_lock_text(root, LOCK), _said(root, "base"), upload_dates(_said(root, _DATED)))

    def install(self, lock: Lock, scratch: Path, cpu_ids: tuple[int, ...], cancel: threading.Event) -> Path:
        """Return a finished environment, made of `lock` below `scratch`. Raises as `resolve` does."""
        root = _folders(scratch)
        (root / "work" / LOCK).write_text(lock.text)
        result = self._run(root, _INSTALL, (), cpu_ids, cancel, network=True)
        if result.ended != "exited" or result.exit_code != 0:
            raise self._verdict(result, resolving=False)
        finished = _folders(scratch)
        (root / "out" / "env").rename(finished / "out" / "env")
        shutil.rmtree(root, ignore_errors=True)
        script = 'umask 022 && exec /out/env/bin/python -I "$@"'
        result = self._run(finished, script, ("/grader/finish.py",), cpu_ids, cancel, network=False)
        if result.ended == "cancelled":
            raise self._verdict(result, resolving=False)
        if result.ended != "exited" or result.exit_code != 0:
            last = (result.stderr.strip().splitlines() or ["it was stopped"])[-1]
            raise Unfit(f"Python does not start with these packages: {ascii(last)[1:-1][:300]}")
        return self._settled(finished / "out" / "env")

    def _settled(self, environment: Path) -> Path:
        if environment.is_symlink() or not environment.is_dir():
            raise Unfit("A package replaced the environment by something else.")
        size = settle(environment)
        if size > self.most_bytes:
            raise LimitError(
                "environment.too_large",
                f"The packages that the work asks for take more than {self.most_bytes / 1e6:,.0f} MB.",
                hint="Ask only for what the work imports.",
                observed=(f"it has {size:,} bytes, of {self.most_bytes:,} that it may have",),
            )
        return environment

    def _verdict(self, result: SandboxResult, *, resolving: bool) -> Exception:
        """Return what to raise for a run of uv that did not end well, with what the host saw of it."""
        found = verdict(result, resolving=resolving)
        if isinstance(found, GraderError):
            found.observed = observed_of(result, self._limits())
        return found

    def _run(
        self, root: Path, script: str, words: tuple[str, ...], cpu_ids: tuple[int, ...], cancel: threading.Event,
        *, network: bool,
    ) -> SandboxResult:  # fmt: skip
        finish = Mount(source=sandbox_asset("finish_requested.py"), target="/grader/finish.py")
        tool = Mount(source=Path(uv_binary()), target="/grader/uv")
        job = SandboxJob(
            run_id=root.name,
            argv=("/bin/sh", "-c", script, "sh", *words),
            workspace=root / "work",
            output=root / "out",
            mounts=(tool, *self.index.mounts()) if network else (finish,),
            env={**_VARIABLES, **self.index.variables()} if network else _VARIABLES,
            limits=self._limits(),
            cpu_ids=cpu_ids,
            network=network,
        )
        result = self.sandbox.run(job, cancel)
        if result.ended != "exited" or result.exit_code != 0:
            ours = machines_failure(result, job.limits)
            if ours is not None:
                raise error_of(ours)
        return result

    def _limits(self) -> Limits:
        """Twice the space: what is downloaded lies in a cache until it is installed."""
        return Limits(
            wall_s=self.seconds,
            memory_bytes=2 << 30,
            disk_bytes=2 * self.most_bytes,
            disk_files=500_000,
            log_bytes=1 << 17,
        )


def _folders(scratch: Path) -> Path:
    root = scratch / f"fetch-{secrets.token_hex(8)}"
    for name in ("work", "out"):
        (root / name).mkdir(parents=True, mode=0o755)
    return root


def _lock_text(root: Path, name: str) -> str:
    """Return the lock, once nothing but exact versions and hashes stand in it."""
    text = _said(root, name)
    if not text.strip() or not all(_LOCK_LINE.fullmatch(line) for line in text.splitlines()):
        raise InfrastructureError("infrastructure.index", "The resolution of the packages could not be read.")
    return text


def _said(root: Path, name: str) -> str:
    target = root / name
    if not collect_file(root / "out", name, target, MOST_LOCK_BYTES):
        raise InfrastructureError("infrastructure.sandbox", f"The resolution left no {name}.")
    return target.read_text(encoding="utf-8", errors="replace")
