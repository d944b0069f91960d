"""Write deploy/seccomp.json: the system calls that a worker in a container may make.

    python tools/worker_seccomp.py [--check]

They are those of sandbox/seccomp/profile.json, which works may make, and those that making a sandbox takes: namespaces
and mounts. Docker's own profile forbids these to a container without the right SYS_ADMIN, which the worker has no need
of: as an ordinary user it makes a user namespace, and has rights in there alone. Works are held by the stricter
profile too.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORKS, WORKER = ROOT / "sandbox" / "seccomp" / "profile.json", ROOT / "deploy" / "seccomp.json"
TO_MAKE_A_SANDBOX = ("chroot", "clone", "mount", "pivot_root", "seccomp", "sethostname", "setns", "umount2", "unshare")
TO_ASK_FOR_LANDLOCK = ("landlock_add_rule", "landlock_create_ruleset", "landlock_restrict_self")


def main() -> int:
    """Write the profile, or with --check say whether it belongs to the one of works."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    text = json.dumps(worker_profile(json.loads(WORKS.read_text(encoding="utf-8"))), indent=1) + "\n"
    if not parser.parse_args().check:
        WORKER.write_text(text, encoding="utf-8")
    elif WORKER.read_text(encoding="utf-8") != text:
        print("deploy/seccomp.json is not made from the profile as it is. Run: python tools/worker_seccomp.py")
        return 1
    return 0


def worker_profile(profile: dict[str, Any]) -> dict[str, Any]:
    """Return the profile of works with the calls added that make a sandbox, as Docker takes it."""
    rules = [dict(rule) for rule in profile["syscalls"] if rule["names"] != ["clone"]]
    for rule in rules:
        rule.pop("comment", None)
    added = {"names": [*TO_MAKE_A_SANDBOX, *TO_ASK_FOR_LANDLOCK], "action": "SCMP_ACT_ALLOW"}
    return profile | {"syscalls": [*rules, added]}


if __name__ == "__main__":
    sys.exit(main())
