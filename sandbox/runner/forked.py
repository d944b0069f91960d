"""Processes for the work, forked from the runner while it has one thread and the scientific stack loaded.

The forked process must not go on with what the runner was doing: `fork` raises Child in it, and main.py, having left
everything else, lets it become the work.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib.machinery
import io
import os
import signal
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import stack
from tracing import hook, reached

STDERR = 2


class Child(BaseException):
    """Raised in a forked process; `become` runs the work there and returns its exit status."""

    def __init__(self, become: Callable[[], int]) -> None:
        super().__init__()
        self.become = become


class Process:
    """A forked process, with what jupyter_client and we need of subprocess.Popen."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status as Popen has it, None while it runs."""
        return self._reap(os.WNOHANG)

    def wait(self) -> int:
        """Wait for the end and return the exit status."""
        status = self._reap(0)
        assert status is not None
        return status

    def _reap(self, options: int) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal unless it is over."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


def fork(become: Callable[[], int], *, folder: str, stderr: int | None = None) -> Process:
    """Return the new process; in it, raise Child. `stderr` is a descriptor that its standard error goes to."""
    pid = os.fork()
    if pid:
        return Process(pid)
    if stderr is not None:
        os.dup2(stderr, 2)
    os.chdir(folder)
    raise Child(become)


def start(command: list[str], *, folder: str, stderr: int) -> Process | subprocess.Popen[bytes]:
    """Run `command` in `folder`: a Python script in a forked process when nothing speaks against it, else afresh.

    A script whose folder holds a module of a loaded one's name would find the loaded one instead of its own.
    """
    script = Path(folder, command[1]) if len(command) > 1 and command[0] == sys.executable else None
    if script is not None and script.suffix == ".py" and script.is_file() and not stack.is_shadowed_in(script.parent):
        return fork(lambda: become_script(script, command[1:]), folder=folder, stderr=stderr)
    return subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stderr=stderr, bufsize=0)


def leave_the_runner(first_path: str | None) -> None:
    """Take away what tells this process from a fresh interpreter; `first_path` goes where Python puts a script's."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - the folder's own descriptor is closed already
        if int(name) > STDERR:
            with contextlib.suppress(OSError):
                os.close(int(name))
    for name in stack.OWN:
        del sys.modules[name]
    sys.modules["__main__"] = types.ModuleType("__main__")  # there always is one
    sys.path[:1] = [] if first_path is None else [first_path]
    paths = os.environ.get("WORK_PATH", "").split(os.pathsep)
    sys.path += [path for path in paths if path and path not in sys.path]
    stack.grant_threads()
    reached.let_pass()
    is_whole = not os.environ.pop(stack.UNMARKED, "")
    if os.environ.pop(stack.TRACED, None):  # of what it starts, only the blocks it comes to are noted
        folder = os.getcwd()  # noqa: PTH109 - what follows takes text
        hook.start(folder)
        if is_whole:
            hook.mark(folder)
            os.environ[stack.REACHED] = folder


def become_script(script: Path, words: list[str]) -> int:
    """Run `script` as `python words...` would, in this process, and return its exit status.

    SystemExit passes: the interpreter deals with it as with any script's.
    """
    leave_the_runner(str(script.parent))
    sys.argv = words
    module = types.ModuleType("__main__")
    module.__dict__.update(__file__=str(script), __builtins__=builtins)
    module.__loader__ = importlib.machinery.SourceFileLoader("__main__", str(script))
    sys.modules["__main__"] = module
    try:
        with io.open_code(str(script)) as file:
            code = compile(reached.marked(file.read(), str(script)), str(script), "exec", dont_inherit=True)
        exec(code, module.__dict__)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - told as the interpreter tells it, without this frame
        trace = error.__traceback__.tb_next if error.__traceback__ else None
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        return 1
    return 0
