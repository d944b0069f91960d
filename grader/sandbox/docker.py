"""The Docker backend: one container a run, of the grader's own image, on runc or another runtime such as gVisor's."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import InfrastructureError
from grader.model import SandboxJob, SandboxResult
from grader.sandbox.container import Container
from grader.sandbox.container_options import HOST_LABEL, OWNER_LABEL
from grader.sandbox.engine import engine, told_as_ours
from grader.sandbox.gauges import GroupGauge
from grader.sandbox.image import DIGEST_LABEL, image_labels, image_tag
from grader.sandbox.owner import host_id, is_alive
from grader.sandbox.pool import Pool
from grader.sandbox.result import RanOn
from grader.sandbox.slots import own_user
from grader.sandbox.standing import Standing
from grader.sandbox.tame import tame
from grader.sandbox.watchdog import written

if TYPE_CHECKING:
    from docker import APIClient


class DockerSandbox:
    """Runs jobs in containers of `image` (default: the one `grader sandbox build --docker` makes), under `runtime`.

    As root each run has a user id of its own; as an ordinary user it has that user's, for the folders are theirs.
    """

    name = "docker"

    def __init__(self, home: Path, image: str | None = None, runtime: str | None = None) -> None:
        self._home, self._image, self._runtime = home, image or image_tag(), runtime
        self._pool = Pool()
        # Containers that could not be removed, the engine being away, with what is to be let go once they are.
        self._left: dict[str, ExitStack] = {}

    def why_unavailable(self) -> str | None:
        """Return None when the engine answers and has the image and the runtime, else what to do."""
        try:
            with engine() as client:
                if image_labels(client, self._image) is None:
                    return f"The image {self._image} is not built. Run: grader sandbox build --docker"
                if self._runtime and self._runtime not in client.info().get("Runtimes", {}):
                    return f"The engine has no runtime {self._runtime!r}: install it, or choose another."
        except InfrastructureError as error:
            return f"{error.message} {error.hint}"
        return None

    def environment_digest(self) -> str:
        """Return the digest that the image was labelled with when it was built."""
        with engine() as client:
            labels = image_labels(client, self._image)
        if not labels or DIGEST_LABEL not in labels:
            raise InfrastructureError(
                "infrastructure.no_environment",
                f"The image {self._image} is not built, or not by the grader.",
                hint="Run: grader sandbox build --docker",
            )
        return labels[DIGEST_LABEL]

    def sweep(self) -> None:
        """Remove containers of graders on this machine that are no longer alive."""
        from docker.errors import NotFound

        with engine() as client:
            for found in client.containers(all=True, filters={"label": [OWNER_LABEL, f"{HOST_LABEL}={host_id()}"]}):
                if not is_alive(found["Labels"][OWNER_LABEL]):
                    try:
                        client.remove_container(found["Id"], force=True, v=True)
                    except NotFound:
                        continue  # another grader was sweeping too

    def prepare(self, job: SandboxJob, *, alone: bool = False) -> None:  # noqa: ARG002 - nothing is shared here
        """Begin to start a container for a later job like this one."""
        self._pool.prepare(job, self._start)

    def wait_until_ready(self) -> None:
        """Wait for what is being started ahead."""
        self._pool.wait_until_ready()

    def close(self) -> None:
        """Remove the containers that wait, and what an engine that went away has left; if it still is, a sweep will."""
        with told_as_ours():
            self._pool.close()
        if self._left:
            with suppress(InfrastructureError), engine() as client:
                self._remove_left(client)

    def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
        """Run `job` to its end, its limit or `cancel`; raises InfrastructureError when the engine fails."""
        with told_as_ours():
            return (self._pool.take(job) or self._start(job)).run(job, cancel)

    def _start(self, job: SandboxJob) -> Standing:
        with told_as_ours(), ExitStack() as stack:
            held = stack.enter_context(ExitStack())
            held.callback(tame, job.workspace, job.output)
            slot_uid = held.enter_context(own_user(self._home, (job.workspace, job.output)))
            uid = os.getuid() if slot_uid is None else slot_uid
            client = stack.enter_context(engine())
            self._remove_left(client)
            before = written(job)
            made = Container(client, job, self._image, uid, self._runtime, held, self._left)
            container = stack.enter_context(made)
            container.start()
            ran_on = RanOn("enforced", self.name, self._runtime or "")
            standing = Standing(job, container, GroupGauge(container.meter), uid, ran_on, before)
            standing.wait_until_ready()
            return standing.hold(stack.pop_all())

    def _remove_left(self, client: APIClient) -> None:
        from docker.errors import NotFound

        while self._left:
            found, held = self._left.popitem()
            try:
                with suppress(NotFound):
                    client.remove_container(found, force=True, v=True)
            except BaseException:
                self._left[found] = held
                raise
            held.close()
