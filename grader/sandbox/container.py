"""One container's life: started, waited for, killed, read and removed. Its output is never attached to."""

from __future__ import annotations

import contextlib
import secrets
import signal
import threading
import time
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from grader.errors import InfrastructureError
from grader.model import SandboxJob
from grader.model.run import Ended
from grader.sandbox.classify import STATUS_OF_KILLED
from grader.sandbox.confined_process import killed_from_outside
from grader.sandbox.container_options import create_container
from grader.sandbox.disk import MemoryFileSystems, Written
from grader.sandbox.engine import engine, told_as_ours
from grader.sandbox.group_meter import GroupMeter, meter_of
from grader.sandbox.inside import memory_file_systems
from grader.sandbox.result import Death
from grader.sandbox.streams import BoundedLog

if TYPE_CHECKING:
    from docker import APIClient

KILL_S = 30
AWAY_S, LOOK_EVERY_S = 5.0, 0.25  # how long an engine that has gone away is waited for
NOTICE_EVERY_S = 0.01


class Container:
    """A container created for one job; leaving the block kills and removes it.

    What an engine that has gone away does not remove may run on: it is added to `left`, with all that `held` was to let
    go, such as the user id that it runs as.
    """

    def __init__(
        self,
        client: APIClient,
        job: SandboxJob,
        image: str,
        uid: int,
        runtime: str | None,
        held: ExitStack,
        left: dict[str, ExitStack],
    ) -> None:
        self._client, self._job, self._held, self._left = client, job, held, left
        self._mark = f"sandbox-{secrets.token_hex(8)}"
        self.meter: GroupMeter | None = None
        self.memory: Written | None = None
        self.roots: tuple[int, ...] = ()
        self._ended = threading.Event()
        self._door: Any = None
        self.id = create_container(client, job, image, uid, runtime, self._mark)

    def start(self) -> None:
        """Start it, with the work waiting at the door; where the engine is this machine's, look at it from outside."""
        self._door = self._client.attach_socket(self.id, params={"stdin": 1, "stream": 1})
        self._client.start(self.id)
        threading.Thread(target=self._wait, name=f"wait-{self.id[:12]}", daemon=True).start()
        process = int(self._state()["Pid"])
        self.meter = meter_of(process, self.id) if process else None
        if self.meter is not None:
            self.roots = (process,)
            self.memory = MemoryFileSystems(process, (place.target for place in memory_file_systems(self._job)))

    def go(self, line: str) -> None:
        """Let the work begin."""
        with contextlib.suppress(BrokenPipeError):  # it is dead already; its ending says why
            self._door._sock.sendall(f"{line}\n".encode())
        self._close_door()

    def _close_door(self) -> None:
        """Close the connection; the library leaves that to chance."""
        if self._door is not None:
            self._door._sock.close()
            self._door._response.close()
            self._door = None

    def _wait(self) -> None:
        """Sleep until the engine says that it has ended, or has gone away; a connection of its own, for it blocks."""
        while True:
            with contextlib.suppress(InfrastructureError), engine(timeout_s=None) as client:
                client.wait(self.id)
                break
            if not self._runs_on():
                break
        self._ended.set()

    def _runs_on(self) -> bool:
        """Return whether the engine, once it answers again, says that it still runs; False when it stays away."""
        for _ in range(int(AWAY_S / LOOK_EVERY_S)):
            with contextlib.suppress(InfrastructureError), engine() as client:
                return bool(client.inspect_container(self.id)["State"]["Running"])
            time.sleep(LOOK_EVERY_S)
        return False

    def wait_a_tick(self, seconds: float) -> bool:
        """Return whether it has ended, after `seconds` at most.

        The engine removes the group at once when the container ends, and work that dies of a refused process, or of
        want of memory, does so within milliseconds: both are looked at meanwhile, or nobody would have seen them.
        """
        deadline = time.monotonic() + seconds
        while not self._ended.wait(max(0, min(NOTICE_EVERY_S, deadline - time.monotonic()))):
            if self.meter is not None:
                self.meter.notice()
            if time.monotonic() >= deadline:
                return False
        return True

    def end(self, killed_for: Ended | None, wall_s: float) -> Death:
        """Kill it if it is to be, and return what is known of its end.

        Raises InfrastructureError when it stays, and when somebody else has killed it: nothing is known of it then.
        """
        if killed_for is not None:
            self._kill()
        exit_code, oom_killed = self._ending()
        if killed_for is None and exit_code == STATUS_OF_KILLED and not oom_killed and self._was_told_to_die():
            raise killed_from_outside(-signal.SIGKILL)
        return Death(killed_for, exit_code, wall_s, self._log(stdout=True), self._log(stdout=False), None, oom_killed)

    def last_words(self) -> str:
        """Return the end of what was printed to standard error."""
        return self._log(stdout=False).text().strip()[-500:]

    def _kill(self) -> None:
        """Kill it and wait until nothing of it runs; raises InfrastructureError when it stays."""
        from docker.errors import APIError

        with contextlib.suppress(APIError):  # it may have ended by itself a moment ago
            self._client.kill(self.id)
        if not self._ended.wait(KILL_S) and self._state()["Running"]:
            raise InfrastructureError("infrastructure.sandbox", "A killed container did not go away.")

    def _ending(self) -> tuple[int, bool]:
        """Return the main process's status, and whether the kernel killed anything for want of memory.

        Raises InfrastructureError when the work never began, or its end could not be seen.
        """
        state = self._state()
        if state["Running"]:
            raise InfrastructureError(
                "infrastructure.sandbox", "The engine was away, and its container had to be left."
            )
        if state["Error"]:
            raise InfrastructureError("infrastructure.sandbox", f"The container could not be run: {state['Error']}")
        return int(state["ExitCode"]), bool(state["OOMKilled"])

    def _was_told_to_die(self) -> bool:
        """Return whether the engine was asked to kill it. We have not; a work that kills its own asks nobody."""
        only = {"container": self.id, "event": "kill"}
        return any(self._client.events(since=0, until=f"{time.time():.9f}", filters=only, decode=True))

    def _log(self, *, stdout: bool) -> BoundedLog:
        """Read one stream. It begins with our mark, unless the engine had to drop the beginning."""
        mark, log = f"{self._mark}\n".encode(), BoundedLog(self._job.limits.log_bytes)
        kept = self._client.logs(self.id, stdout=stdout, stderr=not stdout)  # the engine's own bound holds
        if not kept.startswith(mark):
            log.note_missing()
        log.add(kept.removeprefix(mark))
        return log

    def _state(self) -> dict[str, Any]:
        return dict(self._client.inspect_container(self.id)["State"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.memory is not None:
            self.memory.close()
        self._close_door()
        try:
            with told_as_ours():
                self._client.remove_container(self.id, force=True, v=True)
        except InfrastructureError:
            self._left[self.id] = self._held.pop_all()
