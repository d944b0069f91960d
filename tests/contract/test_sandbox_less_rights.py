"""Graders that are less than the machine's root or its ordinary user: what works there works, and the rest is said."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import sandbox_named

from grader.sandbox.image import image_tag
from grader.settings import read_settings

pytestmark = pytest.mark.sandbox

# What Docker gives to root in a container, less what sandboxes with namespaces need.
_IN_A_CONTAINER = ("chown", "dac_override", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap", "sys_chroot")
_OF_A_NAMESPACE = ("unshare", "--user", "--map-root-user")
_OF_A_CONTAINER = ("setpriv", f"--bounding-set=-all,+{',+'.join(_IN_A_CONTAINER)}")
_WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-all")
_WITHOUT_USERS = ("setpriv", "--bounding-set=-chown")

_TRY = """
import sys, tempfile
from pathlib import Path
sys.path.insert(0, {tests!r})
from conftest import MAKERS
from sandbox_bench import Bench
from grader.settings import read_settings
sandbox = MAKERS[sys.argv[1]](read_settings().home)
sys.exit(sandbox.why_unavailable()) if sandbox.why_unavailable() else None
with tempfile.TemporaryDirectory() as folder:
    bench = Bench(sandbox, Path(folder))
    print(bench.says("import os; print([l.split()[1] for l in open('/proc/self/status') if l.startswith('CapEff')])"))
"""


def _tried(backend: str, *rights: str, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    if shutil.which(rights[0]) is None:
        pytest.skip(f"{rights[0]} is not here")
    code = _TRY.format(tests=str(Path(__file__).parent))
    return subprocess.run(
        [*prefix, *rights, sys.executable, "-c", code, backend], capture_output=True, text=True, check=False
    )


def _may_make_namespaces() -> bool:
    return subprocess.run([*_OF_A_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("backend", ["bubblewrap", "sandlock"])
def test_root_of_a_namespace_that_has_no_other_users_can_grade(backend: str) -> None:
    sandbox_named(backend)
    if not _may_make_namespaces():
        pytest.skip("no user namespace can be made here")
    tried = _tried(backend, *_OF_A_NAMESPACE)
    assert (tried.stdout, tried.stderr) == ("['0000000000000000']\n", "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to do without")
@pytest.mark.parametrize("rights", [_OF_A_CONTAINER, _WITHOUT_RIGHTS, _WITHOUT_USERS], ids=["container", "none", "few"])
def test_root_with_few_rights_can_grade_with_sandlock(rights: tuple[str, ...]) -> None:
    sandbox_named("sandlock")
    tried = _tried("sandlock", *rights)
    assert (tried.stdout, tried.stderr) == ("['0000000000000000']\n", "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to do without")
def test_root_who_cannot_take_its_rights_from_a_work_is_told_so() -> None:
    sandbox_named("sandlock")
    tried = _tried("sandlock", "setpriv", "--bounding-set=-setpcap,-chown")
    assert tried.returncode == 1
    assert "this is root without CAP_SETPCAP" in tried.stderr


@pytest.mark.parametrize("words", [("doctor", "--quick"), ("grade", "work.py")], ids=["doctor", "grade"])
def test_where_no_namespace_and_no_engine_can_be_had_sandlock_is_offered(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    sandbox_named("sandlock")
    if not _may_make_namespaces():
        pytest.skip("no user namespace can be made here")
    (tmp_path / "work.py").write_text("print(1)\n")
    forbid = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"'
    grader = str(Path(sys.executable).with_name("grader"))
    tried = subprocess.run(
        [*_OF_A_NAMESPACE, "sh", "-c", forbid, "sh", grader, *words],
        env={**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/nowhere", "COLUMNS": "1000"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    said = tried.stdout + tried.stderr
    assert tried.returncode == 3
    assert "User namespaces are switched off" in said
    assert "sandlock needs neither, holds less, and works here. To use it, name it: --sandbox sandlock." in said
    assert "docs/reference/sandbox.md#sandlock" in said


def test_a_filter_of_system_calls_that_allows_namespaces_is_not_taken_for_a_container() -> None:
    sandbox_named("bubblewrap")
    home = read_settings().home
    code = f"from pathlib import Path; from grader.sandbox import host_facts; print(host_facts(Path({str(home)!r})))"
    assert "HostFact(name='namespaces', good=True" in _under_a_filter(code)


def _under_a_filter(code: str) -> str:
    """Run code under a filter that allows every call, which the status of a process does not tell from any other."""
    allow = struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF0000)
    install = f"""
import ctypes, os, struct, sys
room = ctypes.create_string_buffer({allow!r}, 8)
given = ctypes.create_string_buffer(struct.pack('@HP', 1, ctypes.addressof(room)))
assert ctypes.CDLL(None).prctl(38, 1, 0, 0, 0) == 0 and ctypes.CDLL(None).prctl(22, 2, given, 0, 0) == 0
assert 'Seccomp:\t2' in open('/proc/self/status').read()
os.execv(sys.executable, [sys.executable, '-c', sys.argv[1]])
"""
    return subprocess.run([sys.executable, "-c", install, code], capture_output=True, text=True, check=True).stdout


@pytest.mark.docker
@pytest.mark.parametrize("more", [(), ("--cap-add=SYS_PTRACE",)], ids=["as Docker starts it", "with the right named"])
def test_sandlock_in_an_ordinary_container_works_or_says_what_the_container_needs(more: tuple[str, ...]) -> None:
    sandbox_named("docker")
    if shutil.which("docker") is None:
        pytest.skip("Docker's command is not here")
    shown = {sys.base_prefix, sys.prefix, str(Path(__file__).resolve().parents[2]), str(read_settings().home)}
    mounts = [f"--volume={place}:{place}" for place in shown]
    started = ("docker", "run", "--rm", "--user=0", "--entrypoint=", "--network=none", *mounts, *more, image_tag())
    tried = _tried("sandlock", "env", f"GRADER_HOME={read_settings().home}", prefix=started)
    if more or tried.returncode == 0:
        assert (tried.stdout, tried.stderr) == ("['0000000000000000']\n", "")
    assert tried.returncode == 0 or "start it with --cap-add SYS_PTRACE" in tried.stderr
