"""The notebook's kernel, forked from the runner that has the scientific stack loaded instead of started afresh."""

from __future__ import annotations

import json
import os
import sys
import time
from queue import Empty
from typing import Any

import forked
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

MOST_BYTES = 1 << 16
ANSWER_S = 0.2
PORTS = ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")

_given_ports = os.environ.pop("KERNEL_PORTS", "").split()  # set where a sandbox may not use any others


def fresh_manager() -> AsyncKernelManager:
    """Return what nbclient starts a kernel with, in a new interpreter, on the ports given if any are."""
    specs = OwnInterpreter()
    made = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs, client_factory=QuickClient)
    if len(_given_ports) >= len(PORTS):
        made.cache_ports = False
        for name in PORTS:
            setattr(made, name, int(_given_ports.pop()))
    return made


def forked_manager(folder: str) -> AsyncKernelManager:
    """Return the same for a kernel that is forked from this process; call it before there is an event loop."""
    made = fresh_manager()
    waiting = ForkedKernel(folder)
    made.provisioner = ForkProvisioner(parent=made, kernel_spec=made.kernel_spec)
    made.provisioner.waiting = waiting
    return made


class OwnInterpreter(KernelSpecManager):  # type: ignore[misc]
    """Knows one kernel, this interpreter's own, whatever kernels are installed or named."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return it under any name."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


class QuickClient(AsyncKernelClient):  # type: ignore[misc]
    """Takes a kernel for ready once it has answered on both channels; the usual client then waits a while longer."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask until the kernel's answer and its being idle again have come in; raises RuntimeError without them."""
        deadline = time.monotonic() + (timeout or 60)
        while time.monotonic() < deadline and await self.is_alive():
            asked = self.kernel_info()
            try:
                while not _is_idle_after(asked, await self.get_iopub_msg(timeout=ANSWER_S)):
                    pass
                while (answer := await self.get_shell_msg(timeout=ANSWER_S))["parent_header"].get("msg_id") != asked:
                    pass
            except Empty:
                continue
            self._handle_kernel_info_reply(answer)
            return
        raise RuntimeError("The kernel did not answer.")


def _is_idle_after(asked: str, message: dict[str, Any]) -> bool:
    return bool(message["parent_header"].get("msg_id") == asked and message["content"].get("execution_state") == "idle")


class ForkedKernel:
    """A process that waits for a kernel's command line. Make it before there is an event loop or a thread."""

    def __init__(self, folder: str) -> None:
        reading, self._writing = os.pipe()
        self.process = forked.fork(lambda: _become(reading, self._writing), folder=folder)
        os.close(reading)

    def start(self, command: list[str]) -> forked.Process:
        """Let it become the kernel that `command` would have started."""
        os.write(self._writing, json.dumps(command).encode())
        os.close(self._writing)
        return self.process


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
    SilentApp.launch_instance()
    return 0


class SilentApp(IPKernelApp):  # type: ignore[misc]
    """The kernel's program, which does not tell on standard output how to connect to it: that is the work's."""

    def log_connection_info(self) -> None:
        """Say nothing."""
