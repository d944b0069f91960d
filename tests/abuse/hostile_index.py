"""The index that hostile works take their packages from, and what those bring along."""

from __future__ import annotations

import os
from pathlib import Path

from package_index import PackageIndex

MEGABYTE = b"\0" * 1_000_000
MOST_BYTES = str(250 * 10**6)  # of all environments together, and half of it of one
PAYLOAD = """
import os, urllib.request
seen = []
try:
    urllib.request.urlopen("URL/pwned", timeout=3)
    seen.append("network")
except OSError:
    pass
for place in ("HOST", "/env/pwned", "/etc/pwned"):
    try:
        open(place, "w").close()
        seen.append(place)
    except OSError:
        pass
seen += [name for name in os.environ if "GRADER" in name or "UV_" in name]
"""
EVIL = ("/evil", "/pwned", ".tar.gz")  # what nobody may ever ask the index for


def hostile_index() -> PackageIndex:
    """Return the index with all but what has to know its address."""
    made = PackageIndex()
    made.own_needs()
    made.sdist("only-source", "1.0")
    made.wheel("huge", "1.0", {f"huge/{number}.bin": MEGABYTE for number in range(300)})
    made.wheel("slow", "1.0", {"slow.py": os.urandom(100_000)}, delay=600)
    return made


def add_payload(index: PackageIndex, host_file: Path) -> None:
    """Add the package that several works ask for, whose code starts with Python; the index is served by now."""
    payload = PAYLOAD.replace("URL", index.url.removesuffix("/simple")).replace("HOST", str(host_file))
    files = {"alpha.pth": "import alpha\n", "alpha.py": payload, "sitecustomize.py": "import alpha\n"}
    index.wheel("alpha", "1.0", files)
