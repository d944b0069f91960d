"""Limits where no control group can be made: a watchdog over all of a sandbox's processes holds them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import sandbox_named
from sandbox_bench import Bench, leavings_of

from grader.ports import Sandbox

pytestmark = pytest.mark.sandbox

_HOLD = {
    "heap": "held = [b'x' * 50_000_000 for _ in range(12)]",
    "children": ("if not all(os.fork() for _ in range(12)):\n    held = b'x' * 50_000_000"),
    "files without a name": (
        "held = [os.memfd_create('x') for _ in range(12)]\nfor file in held:\n    os.write(file, b'x' * 50_000_000)"
    ),
    "shared mappings": (
        "held = [mmap.mmap(-1, 50_000_000) for _ in range(12)]\nfor room in held:\n    room.write(b'x' * 50_000_000)"
    ),
}


@pytest.fixture(params=["bubblewrap", "sandlock"])
def sandbox(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Bubblewrap on a machine that lets nobody make control groups, and sandlock, which never has any."""
    monkeypatch.setattr("grader.sandbox.bubblewrap.usable_hierarchy", lambda: None)
    found = sandbox_named(request.param)
    yield found
    found.close()


@pytest.mark.parametrize("how", _HOLD)
def test_memory_of_every_kind_counts(bench: Bench, how: str) -> None:
    code = f"import mmap, os, time\n{_HOLD[how]}\ntime.sleep(60)\n"
    result = bench.run(code, memory_bytes=1 << 28)
    assert (result.ended, result.enforcement) == ("memory", "cooperative")
    assert leavings_of(bench.work.parent.name) == []


def test_what_a_parent_and_its_children_share_counts_once(bench: Bench) -> None:
    code = """
import os, time
held = b'x' * 100_000_000
children = []
for _ in range(4):
    children.append(os.fork())
    if not children[-1]:
        time.sleep(1)
        os._exit(0)
for child in children:
    os.waitpid(child, 0)
"""
    assert bench.run(code, memory_bytes=1 << 28).ended == "exited"


def test_processes_count(bench: Bench) -> None:
    code = "import os, time\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        time.sleep(0.1)\n"
    result = bench.run(code, processes=32, wall_s=8)
    assert (result.ended, result.enforcement) == ("processes", "cooperative")
    assert leavings_of(bench.work.parent.name) == []
