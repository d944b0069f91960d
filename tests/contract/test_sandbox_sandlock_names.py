"""What the conformance suite asks by fixed names, asked of sandlock by the names that it has for them."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from conftest import sandbox_named
from sandbox_bench import Bench

from grader.model import Mount
from grader.ports import Sandbox

pytestmark = pytest.mark.sandbox

MB = 1024**2
OUTPUT = {"OUTPUT_DIR": "/out"}  # a value that begins with a fixed place is set to where that is
PLACES = ["PWD", "OUTPUT_DIR", "TMPDIR", "HOME"]
_WHERE = "import os, pathlib\nos.environ['PWD'] = os.getcwd()\nplace = pathlib.Path(os.environ[{!r}])\n"


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    """The only backend of these tests."""
    return sandbox_named("sandlock")


def test_what_is_there_before_is_read_and_what_is_written_is_kept(bench: Bench) -> None:
    bench.says(_WHERE.format("OUTPUT_DIR") + "(place / 'copy').write_text(open('given').read())", **_given())
    assert (bench.out / "copy").read_text() == "x"


def _given() -> dict[str, dict[str, str]]:
    return {"files": {"given": "x"}, "env": OUTPUT}


@pytest.mark.parametrize("name", PLACES)
def test_every_run_is_fresh(bench: Bench, name: str) -> None:
    code = _WHERE.format(name) + "print((place / 'mark').exists())\n(place / 'mark').write_text('')"
    assert [bench.says(code, env=OUTPUT) for _ in range(2)] == ["False", "False"]


@pytest.mark.parametrize("name", PLACES)
def test_too_many_bytes(bench: Bench, name: str) -> None:
    fill = "with open(place / 'big', 'wb') as file:\n    while True:\n        file.write(b'x' * 1_000_000)"
    assert bench.run(_WHERE.format(name) + fill, env=OUTPUT, disk_bytes=50 * MB).ended == "disk"


@pytest.mark.parametrize("name", ["PWD", "TMPDIR"])
def test_too_many_files(bench: Bench, name: str) -> None:
    fill = "import time\nfor number in range(5000):\n    (place / str(number)).write_text('')\ntime.sleep(30)"
    assert bench.run(_WHERE.format(name) + fill, env=OUTPUT, disk_files=500).ended == "disk"


def test_a_mount_is_readable_and_nothing_else_can_be_written(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o777)
    (tmp_path / "shared" / "file").write_text("given")
    code = """
import os, sys, tempfile
given = os.environ['GIVEN']
print(open(given + '/file').read())
above = os.path.dirname(os.getcwd())
for place in (given, above, sys.prefix, '/usr', '/', '/etc', '/tmp', '/dev/shm', '/run', '/var/tmp'):
    try:
        open(place + '/new', 'w')
    except OSError:
        continue
    print('wrote', place)
"""
    mounts = (Mount(source=tmp_path / "shared", target="/given/deep"),)
    assert bench.says(code, mounts=mounts, env={"GIVEN": "/given/deep"}) == "given"


def test_two_sandboxes_at_once_do_not_see_each_other(bench: Bench) -> None:
    cancel = threading.Event()
    waiting = bench.job("import time; open('up', 'w').write('secret'); time.sleep(250)")
    first = threading.Thread(target=bench.sandbox.run, args=(waiting, cancel))
    first.start()
    try:
        while not (waiting.workspace / "up").exists():
            assert first.is_alive()
            time.sleep(0.01)
        owner = waiting.workspace.stat().st_uid
        code = """
import glob, os
def words(name):
    try:
        return open(name).read()
    except OSError:  # it has ended meanwhile
        return ''
other, place = open('told').read().split()
print(os.getuid(), [name for name in glob.glob('/proc/[0-9]*/cmdline') if other in words(name)])
try:
    print(os.listdir(place), open(place + '/up').read())
except OSError:
    pass
"""
        user, seen = bench.says(code, files={"told": f"{waiting.run_id} {waiting.workspace}"}).split(" ", 1)
    finally:
        cancel.set()
        first.join()
    assert seen == "[]"
    assert int(user) != owner or os.geteuid() != 0, "each has a user of its own"


def test_the_work_has_no_right_but_to_walk(bench: Bench) -> None:
    code = """
status = dict(line.split(':', 1) for line in open('/proc/self/status'))
print(status['NoNewPrivs'].strip(), [int(status[name], 16) for name in ('CapEff', 'CapPrm', 'CapInh', 'CapAmb')])
"""
    assert bench.says(code) == f"1 {[(1 << 2) * (os.geteuid() == 0)] * 4}"
