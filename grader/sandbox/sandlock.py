"""The sandlock backend: Landlock and seccomp instead of namespaces, for places where bwrap and Docker cannot be had.

It is never chosen unasked: it stands less than the others, and docs/reference/sandbox.md says what it does not.
"""

from __future__ import annotations

import ctypes
import errno
import importlib.util
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

from grader.errors import GraderError, InfrastructureError
from grader.model import SandboxJob, SandboxResult
from grader.model.run import Enforcement
from grader.sandbox.environment import environment_digest, find_environment
from grader.sandbox.gauges import TreeGauge
from grader.sandbox.host import landlock_abi
from grader.sandbox.pool import Pool
from grader.sandbox.result import RanOn
from grader.sandbox.rights import holds
from grader.sandbox.sandlock_process import TO_WALK, Places, SandlockProcess
from grader.sandbox.slots import own_user
from grader.sandbox.standing import Standing
from grader.sandbox.tame import tame
from grader.sandbox.trial import trial_run
from grader.sandbox.watchdog import written

_PIDFD_GETFD = 438


class SandlockSandbox:
    """Runs jobs under sandlock with the environment found in `home`; where we may give users, each has one of its own.

    Limits are always "cooperative". A job that needs a network is refused.
    """

    name = "sandlock"

    def __init__(self, home: Path) -> None:
        self._home = home
        self._works = False
        self._pool = Pool()

    def why_unavailable(self) -> str | None:
        """Return None when a trial run worked, else one sentence with what to install or change."""
        if self._works:
            return None
        if importlib.util.find_spec("sandlock") is None:
            return "sandlock was not found: install `takehome-grader[sandlock]`."
        try:
            find_environment(self._home)
        except InfrastructureError as error:
            return f"{error.message} {error.hint}"
        try:
            result = trial_run(self.run)
        except (GraderError, OSError) as error:
            return _why_the_kernel_refuses() or f"sandlock does not work here: {error}"
        self._works = result.exit_code == 0
        return None if self._works else f"A trial run failed: {result.stderr.strip()[-500:]}"

    def enforcement(self) -> Enforcement:
        """Return "cooperative": there is no control group here."""
        return "cooperative"

    def environment_digest(self) -> str:
        """Return the digest of the environment in `home`."""
        return environment_digest(self._home)

    def sweep(self) -> None:
        """Nothing outlives its grader: each sandbox has a keeper that ends with it."""

    def prepare(self, job: SandboxJob, *, alone: bool = False) -> None:  # noqa: ARG002 - nothing is shared here
        """Begin to start a sandbox for a later job like this one."""
        self._pool.prepare(job, self._start)

    def wait_until_ready(self) -> None:
        """Wait for what is being started ahead."""
        self._pool.wait_until_ready()

    def close(self) -> None:
        """Remove the sandboxes that wait."""
        self._pool.close()

    def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
        """Run `job` to its end, its limit or `cancel`; raises InfrastructureError when no sandbox could be made, and
        for a job with a network.
        """
        if job.network:
            raise InfrastructureError(
                "infrastructure.no_sandbox",
                "sandlock gives no sandbox a network, and packages that works ask for are fetched in one that has it.",
                hint='Use --sandbox bubblewrap or docker, or an assignment with environment = "fixed".',
            )
        return (self._pool.take(job) or self._start(job)).run(job, cancel)

    def _start(self, job: SandboxJob) -> Standing:
        environment = find_environment(self._home)
        with ExitStack() as stack:
            stack.callback(tame, job.workspace, job.output)
            # Another user than ours could not walk to the environment, nor to its own folders.
            own = own_user(self._home, (job.workspace, job.output)) if holds(TO_WALK) else nullcontext()
            uid = stack.enter_context(own)
            folder = stack.enter_context(_private_folder(job.workspace.parent))
            places = Places(folder, job, job.environment or environment.path, uid)
            before = written(job)
            process = stack.enter_context(SandlockProcess(job, environment, uid, places))
            gauge = TreeGauge(process.roots, job.limits)
            standing = Standing(job, process, gauge, uid, RanOn(self.enforcement(), self.name), before)
            standing.wait_until_ready()
            return standing.hold(stack.pop_all())


def _why_the_kernel_refuses() -> str | None:
    """Return which thing that sandlock cannot do without is missing here, None when nothing is known to be."""
    import sandlock  # type: ignore[import-untyped]

    needed, here = sandlock.min_landlock_abi(), landlock_abi()
    if here < needed:
        return f"sandlock needs version {needed} of Landlock, which Linux 6.12 brought, and this kernel has {here}."
    if _is_refused(_PIDFD_GETFD):
        return (
            "A filter of system calls forbids pidfd_getfd, which sandlock needs: if this is a container, start it with "
            "--cap-add SYS_PTRACE, which reaches no further than the container."
        )
    return None


def _is_refused(number: int) -> bool:
    """Return whether a system call without rights of its own is refused to us before it looks at what it is given."""
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.syscall(number, -1, -1, 0) == -1 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS)


@contextmanager
def _private_folder(parent: Path) -> Iterator[Path]:
    """Make a folder that nobody else sees into beside the job's own, where a grader that is killed has its scratch."""
    folder = Path(tempfile.mkdtemp(prefix="places-", dir=parent))
    try:
        yield folder
    finally:
        tame(folder)
        shutil.rmtree(folder, ignore_errors=True)
