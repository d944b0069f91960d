"""Probes of the kernel's surface: rights, mounts, system calls, and that what notebooks need is still there."""

from __future__ import annotations

import platform

from grader.sandbox.inside import HOME
from grader.sandbox.probe import Probe, ProbeBench

# name -> number on x86_64 and on aarch64
REFUSED = {
    "ptrace": (101, 117), "keyctl": (250, 219), "add_key": (248, 217), "bpf": (321, 280), "unshare": (272, 97),
    "perf_event_open": (298, 241), "init_module": (175, 105), "finit_module": (313, 273), "mount": (165, 40),
    "pivot_root": (155, 41), "chroot": (161, 51), "userfaultfd": (323, 282), "process_vm_readv": (310, 270),
    "setns": (308, 268), "open_by_handle_at": (304, 265), "kexec_load": (246, 104), "settimeofday": (164, 170),
    "io_uring_setup": (425, 425), "open_tree": (428, 428), "fsopen": (430, 430), "pidfd_getfd": (438, 438),
}  # fmt: skip
CLONE = (56, 220)
FAMILIES = {"AF_PACKET": 17, "AF_ALG": 38, "AF_VSOCK": 40}
# /dev/mqueue is a container's own and bounded by the kernel (RLIMIT_MSGQUEUE).
KERNEL_FILES = (
    "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/vm/drop_caches",
    "/sys/kernel/uevent_helper", "/sys/fs/cgroup/cgroup.procs", "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda",
)  # fmt: skip
WRITABLE = ("/work", "/out", "/tmp", "/dev/shm", "/dev/mqueue", "/run", HOME)

_RIGHTS = """
status = dict(line.rstrip().split(':', 1) for line in open('/proc/self/status'))
if os.getuid() == 0 or os.geteuid() == 0 or 0 in os.getgroups():
    found.append('the work is root, or in its group')
for name in ('CapEff', 'CapPrm', 'CapInh', 'CapBnd', 'CapAmb'):
    if int(status[name], 16):
        found.append(f'the work has capabilities: {name} {status[name].strip()}')
if status.get('NoNewPrivs', '').strip() != '1':
    found.append('a setuid program could give the work new rights')
"""
# Nonsense as arguments: nothing could come of a call that gets through, but its error tells.
_CALLS = """
import ctypes, errno, socket
libc = ctypes.CDLL(None, use_errno=True)
refused = (errno.EPERM, errno.ENOSYS)
for name, number in FACTS['calls'].items():
    ctypes.set_errno(0)
    done = libc.syscall(number, 0x10000000 if name == 'unshare' else 0, 0, 0, 0, 0)
    if done != -1 or ctypes.get_errno() not in refused:
        found.append(f'the system call {name} gets through')
child = libc.syscall(FACTS['clone'], 0x10000000 | 17, 0, 0, 0, 0) if FACTS['clone'] else -1
if child == 0:
    os._exit(0)
if child != -1:
    os.waitpid(child, 0)
    found.append('a new user namespace can be made')
for name, number in FACTS['families'].items():
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
        try:
            socket.socket(number, kind, 0).close()
            found.append(f'a socket of the family {name} can be made')
            break
        except OSError:
            pass
"""
_MOUNTS = """
def can_be_written(folder):
    path = os.path.join(folder, CANARY)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except OSError:
        return False
    os.unlink(path)
    return True
deadline = time.monotonic() + 90
for folder, folders, names in os.walk('/'):
    if folder == '/':
        folders[:] = [name for name in folders if name not in ('proc', 'sys')]
    if folder in FACTS['writable']:
        folders[:] = []
    elif os.access(folder, os.W_OK) and can_be_written(folder):
        found.append(f'{folder} can be written')
    if time.monotonic() > deadline or len(found) > 20:
        break
for path in FACTS['kernel']:
    try:
        os.close(os.open(path, os.O_WRONLY))
        found.append(f'{path} can be opened for writing')
    except OSError:
        pass
shown = open('/proc/self/mountinfo').read()
found += [f'the mounts show the host path {path}' for path in FACTS['paths'] if path in shown]
"""
_NEEDED = """
import asyncio, mmap, multiprocessing, socket, subprocess, tempfile, threading
def attempt(name, act):
    try:
        act()
    except Exception as error:
        found.append(f'{name} does not work: {error}')
def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
def loopback():
    with socket.create_server(('127.0.0.1', 0)) as server, socket.create_connection(server.getsockname()):
        pass
def memory():
    with tempfile.NamedTemporaryFile() as file:
        file.truncate(4096)
        mmap.mmap(file.fileno(), 4096).close()
def thread():
    one = threading.Thread(target=int)
    one.start()
    one.join()
attempt('os.fork', fork)
attempt('a thread', thread)
attempt('a subprocess', lambda: subprocess.run(['/bin/true'], check=True))
attempt('a pair of sockets', lambda: [one.close() for one in socket.socketpair()])
attempt("a connection within the sandbox", loopback)
attempt('mapped memory', memory)
attempt('a semaphore of multiprocessing', lambda: multiprocessing.get_context('fork').Semaphore(1))
attempt('asyncio', lambda: asyncio.run(asyncio.sleep(0)))
attempt('numpy', lambda: __import__('numpy').linalg.svd(__import__('numpy').ones((50, 50))))
"""


def _calls(bench: ProbeBench) -> list[str]:
    column = {"x86_64": 0, "aarch64": 1}.get(platform.machine())
    numbers = {
        name: pair[column or 0] for name, pair in REFUSED.items() if column is not None or pair[0] == pair[1]
    }  # where the processor is another one, only what has the same number everywhere
    clone = CLONE[column] if column is not None else 0
    return bench.found(_CALLS, {"calls": numbers, "clone": clone, "families": FAMILIES})


def _rights(bench: ProbeBench) -> list[str]:
    return bench.found(_RIGHTS)


def _mounts(bench: ProbeBench) -> list[str]:
    hidden = sorted({str(path.parent) for path in bench.hidden})
    paths = [*hidden, str(bench.folder / "labels"), "docker.sock"]
    return bench.found(_MOUNTS, {"writable": WRITABLE, "kernel": KERNEL_FILES, "paths": paths})


def _needed(bench: ProbeBench) -> list[str]:
    return bench.found(_NEEDED)


KERNEL = (
    Probe(
        "rights",
        "The work is an ordinary user without capabilities",
        "Update bubblewrap or the Docker engine, and use an engine without changed defaults.",
        _rights,
    ),
    Probe(
        "mounts",
        "Nothing but the work's own folders can be written",
        "Look for folders that everybody may write to among the system's and the environment's: chmod o-w.",
        _mounts,
    ),
    Probe(
        "system_calls",
        "System calls that notebooks do not need are refused",
        "The system-call filter is not in force: reinstall the package, or update the engine's libseccomp.",
        _calls,
    ),
    Probe(
        "needed",
        "What notebooks need works",
        "Honest submissions would fail here: build the environment again, or use another sandbox.",
        _needed,
    ),
)
