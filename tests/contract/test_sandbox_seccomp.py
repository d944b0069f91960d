"""The system calls that every backend refuses, and what must go on working without them."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest
from sandbox_bench import Bench

ROOT = Path(__file__).resolve().parents[2]

# Numbers of x86_64; those above 400 are the same everywhere.
REFUSED = {
    "ptrace": 101, "syslog": 103, "pivot_root": 155, "chroot": 161, "acct": 163, "settimeofday": 164, "mount": 165,
    "swapon": 167, "reboot": 169, "init_module": 175, "quotactl": 179, "kexec_load": 246, "add_key": 248, "keyctl": 250,
    "shmget": 29, "semget": 64, "msgget": 68, "mq_open": 240, "unshare": 272, "perf_event_open": 298,
    "fanotify_init": 300, "open_by_handle_at": 304, "setns": 308,
    "process_vm_readv": 310, "finit_module": 313, "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425,
    "open_tree": 428, "fsopen": 430, "clone3": 435, "pidfd_getfd": 438, "memfd_secret": 447,
    "a call of the future": 999,
}  # fmt: skip
CALL = """
import ctypes, errno, json
libc, refused = ctypes.CDLL(None, use_errno=True), {}
for name, number in NUMBERS.items():
    ctypes.set_errno(0)
    # flags of a new user namespace where the call takes some, nonsense everywhere: nothing could come of it
    done = libc.syscall(number, 0x10000000 if name == "unshare" else 0, 0, 0, 0, 0)
    refused[name] = errno.errorcode.get(ctypes.get_errno()) if done == -1 else "done"
print(json.dumps(refused))
"""
FAMILIES = {
    "AF_PACKET": 17,
    "AF_RDS": 21,
    "AF_TIPC": 30,
    "AF_BLUETOOTH": 31,
    "AF_ALG": 38,
    "AF_VSOCK": 40,
    "AF_XDP": 44,
}


def test_what_a_notebook_does_not_need_is_refused(bench: Bench) -> None:
    said = json.loads(bench.says(CALL.replace("NUMBERS", repr(REFUSED))))
    assert {name: code for name, code in said.items() if code not in ("EPERM", "ENOSYS")} == {}


def test_no_namespace_can_be_made(bench: Bench) -> None:
    code = """
import ctypes, os
flags = [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]
libc = ctypes.CDLL(None, use_errno=True)
for flag in flags:
    child = libc.syscall(56, flag | 17, 0, 0, 0, 0)  # clone
    if child == 0:
        os._exit(0)
    assert (child, ctypes.get_errno()) == (-1, 1), (hex(flag), child)
print(sorted(os.listdir('/proc/self/ns')) != [])
"""
    assert bench.says(code) == "True"


def test_only_local_and_internet_sockets_can_be_made(bench: Bench) -> None:
    code = f"""
import socket
for name, number in {FAMILIES}.items():
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
        for make in (socket.socket, socket.socketpair):
            try:
                make(number, kind, 0)
            except OSError as error:
                assert error.errno == {errno.EPERM}, (name, make, error)
                continue
            print('made', name, kind, make)
for family in (socket.AF_INET, socket.AF_INET6):
    for kind, protocol in ((socket.SOCK_STREAM, 262), (socket.SOCK_DGRAM, 136), (socket.SOCK_STREAM, 132)):
        try:  # MPTCP, UDP-Lite, SCTP
            socket.socket(family, kind, protocol)
        except PermissionError:
            continue
        print('made', family, protocol)
socket.socket(16, socket.SOCK_RAW, 0).close()  # the names of the network devices
for protocol in (4, 9, 15):  # netlink's socket diagnosis, audit and device events
    try:
        socket.socket(16, socket.SOCK_RAW, protocol)
    except PermissionError:
        continue
    print('made netlink', protocol)
"""
    assert bench.says(code) == ""


def test_what_notebooks_need_works(bench: Bench) -> None:
    code = """
import asyncio, ctypes, mmap, multiprocessing, os, select, signal, socket, subprocess, tempfile, threading
import joblib, numpy

for family in (socket.AF_INET, socket.AF_INET6):
    for kind, protocol in ((socket.SOCK_STREAM, 0), (socket.SOCK_STREAM, 6), (socket.SOCK_DGRAM, 17)):
        socket.socket(family, kind, protocol).close()

def square(number):
    return number * number

async def two():
    process = await asyncio.create_subprocess_exec('echo', 'hi', stdout=subprocess.PIPE)
    return (await process.communicate())[0], await asyncio.gather(asyncio.sleep(0, 1), asyncio.to_thread(square, 2))

if __name__ == '__main__':
    print(asyncio.run(two()))
    for method in ('fork', 'spawn', 'forkserver'):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(pool.map(abs, [-9]))
    print(joblib.Parallel(2)(joblib.delayed(square)(n) for n in [4]))
    thread = threading.Thread(target=square, args=[5]); thread.start(); thread.join()
    numpy.linalg.svd(numpy.ones((300, 300)))
    with tempfile.NamedTemporaryFile() as file:
        os.utime(file.name)
        os.posix_fallocate(file.fileno(), 0, 4096)
        mmap.mmap(file.fileno(), 4096).close()
    with socket.create_server(('127.0.0.1', 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b'x')
    signal.setitimer(signal.ITIMER_REAL, 0); select.epoll().close(); os.memfd_create('x'); os.getrandom(1)
    print(os.mkfifo('/tmp/fifo'), os.sched_getaffinity(0) != set(), socket.if_nameindex() != [])
"""
    said = bench.says(code, cpus=2, processes=128)
    assert said.splitlines() == ["(b'hi\\n', [1, 4])", "[9]", "[9]", "[9]", "[16]", "None True True"]


def test_the_filters_are_made_from_the_profile() -> None:
    pyseccomp = pytest.importorskip("pyseccomp", reason="libseccomp: not here, so filters cannot be compared")
    if pyseccomp.resolve_syscall(pyseccomp.Arch.X86_64, "fchmodat2") < 0:
        pytest.skip("libseccomp: older than 2.5.5, which compiles another program")
    command = [sys.executable, str(ROOT / "tools" / "compile_seccomp.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_every_process_of_a_run_is_filtered(bench: Bench) -> None:
    code = """
import glob
files = glob.glob('/proc/[0-9]*/status')
print({line.split()[1] for name in files for line in open(name) if line.startswith('Seccomp:')})
"""
    assert bench.says(code) == "{'2'}"
