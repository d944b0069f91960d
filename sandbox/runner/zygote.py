"""Loads the scientific stack once, and forks a runner into each sandbox that stands and waits for one.

This process never meets a work. It takes orders from the host alone, over the socket that is its standard input: what
to be, and the descriptors to be it with. What it forks enters the sandbox, gives up every right, checks that it has
none, and only then waits for a work as any runner does.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import multiprocessing
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import forked
import stack

HOST, STDERR = 0, 2
MOST_BYTES = 1 << 16
MOST_DESCRIPTORS = 64
SIGNALLED = 128
CAP_LAST = 63
CAP_VERSION = 0x20080522
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 4, 22, 24, 38
SECCOMP_MODE_FILTER = 2
BPF_INSTRUCTION = 8
NOTHING_LEFT = {
    **dict.fromkeys(("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"), "0" * 16),
    "NoNewPrivs": "1",
    "Seccomp": "2",
}
LIBC = ctypes.CDLL(None, use_errno=True)


def serve(become: Callable[[], int]) -> int:
    """Load the stack, say so, and fork for each order a process that goes on with `become`, until the host is gone."""
    stack.load()
    host = socket.socket(fileno=HOST)
    host.send(b"ready")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how those ended
    while True:
        said, descriptors, _, _ = socket.recv_fds(host, MOST_BYTES, MOST_DESCRIPTORS)
        if not said:
            return 0
        if not os.fork():
            host.detach()
            raise forked.Child(partial(_enter, Order(json.loads(said), descriptors), become))
        for descriptor in descriptors:
            os.close(descriptor)


class Order:
    """What to be, and the descriptors to be it with, in the order in which the host sends them."""

    def __init__(self, words: dict[str, Any], descriptors: Sequence[int]) -> None:
        self.uid: int | None = words["uid"]
        self.env: dict[str, str] = words["env"]
        self.cpu_ids: list[int] = words["cpu_ids"]
        self.bounds: dict[str, int] = words["bounds"]
        self.standard = descriptors[:3]
        self.verdict, self.filter = descriptors[3:5]
        self.groups = descriptors[5 : 5 + words["groups"]]
        self.processes, *self.namespaces = descriptors[5 + words["groups"] :]


def _enter(order: Order, become: Callable[[], int]) -> int:
    """Fork once more, among the sandbox's processes: that namespace can only be entered by being born in it.

    The one in between stays outside, tells the host the new one's number, and the sandbox's first process how it ended.
    """
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _call("setns", order.processes, 0)
        child = os.fork()
        if child:
            _watch(child, order.verdict)
    except BaseException as error:  # noqa: BLE001 - nothing may go on with rights that it should not have
        with contextlib.suppress(OSError):
            os.write(HOST, b"failed")
        _give_up(error, STDERR)
    try:
        _confine(order)
    except BaseException as error:  # noqa: BLE001
        _give_up(error, order.standard[STDERR], STDERR)
    return become()


def _watch(child: int, verdict: int) -> NoReturn:
    os.write(HOST, str(child).encode())
    _keep_only([verdict])
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    with contextlib.suppress(OSError):  # the sandbox is gone
        os.write(0, f"{code if code >= 0 else SIGNALLED - code}\n".encode())
    os._exit(0)


def _confine(order: Order) -> None:
    """Be what a sandbox's first command would be: its limits, user, variables and descriptors, and no right to more."""
    for door in order.groups:
        os.write(door, b"0")
    for namespace in order.namespaces:
        _call("setns", namespace, 0)
    os.setsid()
    os.chdir("/work")
    program = os.read(order.filter, MOST_BYTES)
    _keep_only(order.standard)
    if order.cpu_ids:
        os.sched_setaffinity(0, order.cpu_ids)
    for name, bound in order.bounds.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name.upper()}"), (bound, bound))
    os.environ.update(order.env | {"PWD": "/work"})
    _drop_rights(order.uid)
    _filter_calls(program)
    _check(order.uid)
    _forget()


def _forget() -> None:
    """Draw anew what the others that are forked here would else have drawn alike."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    multiprocessing.current_process().authkey = os.urandom(32)


def _keep_only(descriptors: Sequence[int]) -> None:
    """Make `descriptors` 0, 1, 2, ... and close all others."""
    above = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, MOST_DESCRIPTORS * 2) for descriptor in descriptors]
    for number, descriptor in enumerate(above):
        os.dup2(descriptor, number, inheritable=True)
    os.closerange(len(descriptors), MOST_DESCRIPTORS * 4)


def _drop_rights(uid: int | None) -> None:
    """Become the slot's user if there is one, and give up every capability for good."""
    for capability in range(CAP_LAST + 1):
        LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # there are fewer than that
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    _call("capset", (ctypes.c_uint32 * 2)(CAP_VERSION, 0), (ctypes.c_uint32 * 6)())
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # else its own /proc/self would be closed to it


def _filter_calls(program: bytes) -> None:
    """Let only the system calls be made that `program`, BPF instructions, allows."""
    held = ctypes.create_string_buffer(program, len(program))
    filter_program = _FilterProgram(len(program) // BPF_INSTRUCTION, ctypes.addressof(held))
    _call("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter_program), 0, 0)


class _FilterProgram(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def _check(uid: int | None) -> None:
    """Raise RuntimeError unless the kernel itself says that nothing is left, and no user but `uid` if that is known."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    found = {name: fields[name].strip() for name in NOTHING_LEFT}
    if found != NOTHING_LEFT:
        raise RuntimeError(f"rights are left: {found}")
    users = {word for name in ("Uid", "Gid", "Groups") for word in fields[name].split()}
    if uid is not None and users != {str(uid)}:
        raise RuntimeError(f"other users or groups are left: {users}")


def _call(name: str, *arguments: Any) -> None:
    """Make a system call by the C library's function; raises OSError when it fails."""
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _give_up(error: BaseException, *places: int) -> NoReturn:
    """Say why on the first descriptor of `places` that is open, and end."""
    for descriptor in places:
        with contextlib.suppress(OSError):
            os.write(descriptor, f"The runner could not enter the sandbox: {error!r}\n".encode())
            break
    os._exit(1)
