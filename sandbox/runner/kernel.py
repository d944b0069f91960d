"""The notebook's kernel, forked from the runner that has the scientific stack loaded instead of started afresh."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import forked
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

MOST_BYTES = 1 << 16


class ForkedKernel:
    """A process that waits for a kernel's command line. Make it before there is an event loop or a thread."""

    def __init__(self, folder: str) -> None:
        reading, self._writing = os.pipe()
        self.process = forked.fork(lambda: _become(reading, self._writing), folder=folder)
        os.close(reading)

    def start(self, command: list[str]) -> forked.Process:
        """Let it become the kernel that `command` would have started."""
        os.write(self._writing, json.dumps(command).encode())
        self.close()
        return self.process

    def close(self) -> None:
        """Let it end, when it has not become a kernel."""
        if self._writing >= 0:
            os.close(self._writing)
            self._writing = -1


class ForkProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Gives jupyter_client the waiting process where it would start one; all else is as for a local kernel."""

    waiting: ForkedKernel

    async def launch_kernel(self, cmd: list[str], **_: Any) -> Any:
        """Hand the command line over and return where the kernel will listen."""
        self.process = self.waiting.start(cmd)
        self.pid = self.pgid = self.process.pid
        return self.connection_info


def _become(reading: int, writing: int) -> int:
    os.close(writing)
    said = os.read(reading, MOST_BYTES)
    if not said:
        return 0
    os.setsid()
    forked.leave_the_runner(None)
    words = json.loads(said)
    sys.argv = [words[2], *words[3:]]
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
    return 0
