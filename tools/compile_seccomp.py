"""Compile sandbox/seccomp/profile.json, which Docker reads as it is, to the filters that bubblewrap takes.

    python tools/compile_seccomp.py [--check]

One file of BPF instructions for each architecture, <machine>.bpf, committed beside the profile: a grader then needs no
libseccomp. And one more, <machine>-beside-the-host.bpf, for sandboxes that have no namespaces of their own: a work in
one could find the sockets of the machine's services, and files whose modes and times its user may set.

A system call that is newer than every one the profile knows gets ENOSYS and not EPERM, as runc does it for Docker: the
C library then takes an older one.
"""

from __future__ import annotations

import argparse
import json
import socket
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyseccomp  # type: ignore[import-untyped]

FOLDER = Path(__file__).resolve().parent.parent / "sandbox" / "seccomp"
MACHINES = {
    "SCMP_ARCH_X86_64": ("x86_64", pyseccomp.Arch.X86_64),
    "SCMP_ARCH_AARCH64": ("aarch64", pyseccomp.Arch.AARCH64),
}
OPERATORS = {"SCMP_CMP_EQ": pyseccomp.EQ, "SCMP_CMP_NE": pyseccomp.NE, "SCMP_CMP_MASKED_EQ": pyseccomp.MASKED_EQ}
NEWEST_KNOWN = 452  # fchmodat2; the numbers of newer calls are the same on every architecture
ENOSYS = 38
BPF_LD_W_ABS, BPF_JGT_K, BPF_RET_K = 0x20, 0x25, 0x06
RET_ERRNO = 0x00050000

# Beside the host, none of these: what is shared with every process of the same IPC namespace.
SHARED = {"shmat", "shmctl", "shmdt", "shmget", "semctl", "semget", "semop", "semtimedop"}
SHARED |= {"msgctl", "msgget", "msgrcv", "msgsnd", "mq_open", "mq_unlink"}
# Landlock does not hold these. They do nothing and say that they did: every copying of a file ends with some of them.
UNHELD = {"chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat"}
UNHELD |= {f"{kind}{act}xattr" for kind in ("", "l", "f") for act in ("set", "remove")}
# Nor these, which read: extended attributes, which are said not to be supported, and the names of what is made in a
# folder that may be closed, which are refused.
ATTRIBUTES = {f"{kind}{act}xattr" for kind in ("", "l", "f") for act in ("get", "list")}
EOPNOTSUPP = 95
WATCHES = {"inotify_add_watch"}
# Nor times: the calls do nothing and say so where times are given (which is in the argument of that number), or where a
# file is named by its descriptor alone. To set a named file's to now is refused: so touch finds out that it has to make
# the file, where a call that said it went well would leave it unmade.
TIMES = {"utime": 1, "utimes": 1, "utimensat": 2, "futimesat": 2}
PATH_OF = {"utimensat": 1, "futimesat": 1}
# Only for the caller, which is 0 in the argument of that number: others of the same user may be the host's. For others
# they do nothing and say that they did, as libraries set them for their threads; the limits of others are refused.
OF_ITSELF = {"prlimit64": 0, "sched_setaffinity": 0, "sched_setattr": 0, "sched_setparam": 0, "sched_setscheduler": 0}
OF_ITSELF |= {"setpriority": 1, "ioprio_set": 1}


def main() -> int:
    """Write the filters, or with --check say which of them does not belong to the profile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for name, filter_bytes in compiled(json.loads((FOLDER / "profile.json").read_text(encoding="utf-8"))).items():
        path = FOLDER / f"{name}.bpf"
        if check and path.read_bytes() != filter_bytes:
            stale.append(name)
        elif not check:
            path.write_bytes(filter_bytes)
            print(f"{path.name}: {len(filter_bytes) // 8} instructions")
    if stale:
        print(f"{', '.join(stale)}: not made from profile.json as it is. Run: python tools/compile_seccomp.py")
    return int(bool(stale))


def compiled(profile: dict[str, Any]) -> dict[str, bytes]:
    """Return machine name -> BPF program of `profile`, for every architecture that it names."""
    found = {}
    for entry in profile["archMap"]:
        machine, arch = MACHINES[entry["architecture"]]
        found[machine] = _program(profile, arch)
        found[f"{machine}-beside-the-host"] = _program(_beside_the_host(profile), arch)
    return found


def _beside_the_host(profile: dict[str, Any]) -> dict[str, Any]:
    """Return the profile without sockets that have a name in the file system, without what IPC namespaces part, with
    what Landlock does not hold refused or as calls that do nothing, and with no say over others. A pair of sockets can
    be made.
    """
    kept = [rule for rule in profile["syscalls"] if not _makes_unix_sockets(rule)]
    assert len(kept) == len(profile["syscalls"]) - 1
    gone = SHARED | UNHELD | ATTRIBUTES | WATCHES | TIMES.keys() | OF_ITSELF.keys()
    rules = [{**rule, "names": [name for name in rule["names"] if name not in gone]} for rule in kept]
    known = {name for rule in kept for name in rule["names"]}
    for name in sorted(known & OF_ITSELF.keys()):
        rules.append({"names": [name], "action": "SCMP_ACT_ALLOW", "args": [_compared(OF_ITSELF[name], "EQ")]})
        if name != "prlimit64":
            rules.append(_does_nothing({name}, _compared(OF_ITSELF[name], "NE")))
    for name in sorted(known & TIMES.keys()):
        rules.append(_does_nothing({name}, _compared(TIMES[name], "NE")))
        if name in PATH_OF:
            rules.append(_does_nothing({name}, _compared(PATH_OF[name], "EQ"), _compared(TIMES[name], "EQ")))
    rules.append({"names": sorted(ATTRIBUTES), "action": "SCMP_ACT_ERRNO", "errnoRet": EOPNOTSUPP})
    rules.append(_does_nothing(UNHELD))
    return {**profile, "syscalls": rules}


def _does_nothing(names: set[str], *only_where: dict[str, Any]) -> dict[str, Any]:
    return {"names": sorted(names), "action": "SCMP_ACT_ERRNO", "errnoRet": 0, "args": list(only_where)}


def _compared(argument: int, how: str) -> dict[str, Any]:
    """Return the comparison of an argument with nought, which is also NULL."""
    return {"index": argument, "value": 0, "op": f"SCMP_CMP_{how}"}


def _makes_unix_sockets(rule: dict[str, Any]) -> bool:
    return bool(rule["names"] == ["socket"] and rule["args"][0]["value"] == socket.AF_UNIX)


def _program(profile: dict[str, Any], arch: Any) -> bytes:
    made = pyseccomp.SyscallFilter(pyseccomp.ERRNO(profile["defaultErrnoRet"]))
    if pyseccomp.system_arch() != arch:
        made.remove_arch(pyseccomp.system_arch())
        made.add_arch(arch)
    made.set_attr(
        pyseccomp.Attr.CTL_OPTIMIZE, 2
    )  # a binary tree instead of a list: each call passes some ten instructions
    for rule in profile["syscalls"]:
        action = pyseccomp.ALLOW if rule["action"] == "SCMP_ACT_ALLOW" else pyseccomp.ERRNO(rule["errnoRet"])
        for name in rule["names"]:
            if _is_known(name, arch):
                made.add_rule_exactly(action, name, *[_argument(words) for words in rule.get("args", ())])
    with tempfile.TemporaryFile() as file:
        made.export_bpf(file)
        file.seek(0)
        return _newer_calls_are_not_there() + file.read()


def _is_known(name: str, arch: Any) -> bool:
    """Return whether `arch` has a call of that name: aarch64, being younger, lacks open, fork and others."""
    return int(pyseccomp.resolve_syscall(arch, name)) >= 0


def _argument(words: dict[str, Any]) -> Any:
    operator = OPERATORS[words["op"]]
    values = (words["value"], words["valueTwo"]) if words["op"] == "SCMP_CMP_MASKED_EQ" else (words["value"],)
    return pyseccomp.Arg(words["index"], operator, *values)


def _newer_calls_are_not_there() -> bytes:
    """Return three instructions: load the call's number; unless it is above the newest known, skip; say ENOSYS."""
    instructions = [(BPF_LD_W_ABS, 0, 0, 0), (BPF_JGT_K, 0, 1, NEWEST_KNOWN), (BPF_RET_K, 0, 0, RET_ERRNO | ENOSYS)]
    return b"".join(struct.pack("=HBBI", *words) for words in instructions)


if __name__ == "__main__":
    sys.exit(main())
