"""What cannot be reached from inside any backend: the network, the host's files, its secrets, its kernel's settings."""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path

import pytest
from sandbox_bench import Bench
from warm_bench import WarmBench

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary-5d1f4c"


def test_no_address_can_be_reached(cold_or_warm: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        code = f"""
import socket
for address in [('1.1.1.1', 53), ('169.254.169.254', 80), ('172.17.0.1', {port}), ('127.0.0.1', {port})]:
    try:
        socket.create_connection(address, timeout=2)
    except OSError:
        continue
    print('reached', address)
try:
    print(socket.getaddrinfo('example.com', 80))
except OSError:
    pass
"""
        assert cold_or_warm.says(code) == ""


def test_the_hosts_files_are_not_there(cold_or_warm: Bench, tmp_path: Path) -> None:
    (tmp_path / CANARY).write_text("hidden labels")
    hidden = [
        str(tmp_path),
        str(ROOT),
        str(Path.home() / ".cache"),
        "/etc/shadow",
        "/var/run/docker.sock",
        "/boot/grub",
    ]
    code = f"""
import os
print([name for name in {hidden} if os.access(name, os.R_OK)])
for folder, folders, files in os.walk('/'):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ('/proc', '/sys', '/usr', '/env')]
    print(*[os.path.join(folder, name) for name in files if {CANARY!r} in name])
"""
    said = cold_or_warm.says(code)
    assert said.splitlines()[0] == "[]"
    assert CANARY not in said


def test_no_secret_of_the_worker_is_in_any_process(cold_or_warm: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_DATABASE_URL", CANARY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    code = """
import glob
for name in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):
    try:
        print(open(name, 'rb').read())
    except OSError:
        pass
"""
    assert CANARY not in cold_or_warm.says(code)


def test_no_descriptor_is_inherited(cold_or_warm: Bench) -> None:
    with Path(__file__).open() as inheritable:
        os.set_inheritable(inheritable.fileno(), True)
        said = cold_or_warm.says("import os; print([name for name in os.listdir('/proc/self/fd') if int(name) > 2])")
    assert said in ("['3']", "[]")


def test_the_work_is_an_ordinary_user_without_capabilities(cold_or_warm: Bench) -> None:
    code = """
import os
print(os.getuid() != 0, os.getgid() != 0, 0 in os.getgroups())
status = dict(line.split(':', 1) for line in open('/proc/self/status'))
print([int(status[name], 16) for name in ('CapEff', 'CapPrm', 'CapInh', 'CapBnd', 'CapAmb')])
print(status['NoNewPrivs'].strip())
"""
    assert cold_or_warm.says(code).splitlines() == ["True True False", "[0, 0, 0, 0, 0]", "1"]


def test_only_the_sandboxs_own_processes_are_seen(cold_or_warm: Bench) -> None:
    said = cold_or_warm.says("import os; print(sum(name.isdigit() for name in os.listdir('/proc')))")
    assert int(said) <= 6  # among them, for a moment, the two that had waited for a notebook


def test_tampering_with_the_first_process_does_not_move_the_deadline(cold_or_warm: Bench) -> None:
    code = """
import os, signal, time
try:
    with open('/proc/1/mem', 'r+b') as memory:
        memory.seek(int(open('/proc/1/maps').readline().split('-')[0], 16))
        memory.write(b'\\0' * 64)
except (OSError, ValueError):
    pass
for number in (signal.SIGSTOP, signal.SIGKILL):
    try:
        os.kill(1, number)
    except OSError:
        pass
time.sleep(1000)
"""
    assert cold_or_warm.run(code, wall_s=2).ended == "wall_time"


@pytest.mark.parametrize(
    "act",
    [
        "open('/proc/sys/kernel/hostname', 'w').write('x')",
        "open('/proc/sys/kernel/core_pattern', 'w').write('x')",
        "open('/proc/sysrq-trigger', 'w').write('b')",
        "import time; time.clock_settime(time.CLOCK_REALTIME, 0)",
        "import os; os.setuid(0)",
        "import os; os.chroot('/tmp')",
        "import os; os.mknod('/tmp/disk', 0o60660, os.makedev(8, 0))",
        "import os; os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)",
    ],
)
def test_the_kernel_refuses(cold_or_warm: Bench, act: str) -> None:
    result = cold_or_warm.run(act)
    assert (result.ended, result.exit_code) == ("exited", 1)
    assert any(name in result.stderr for name in ("PermissionError", "OSError", "FileNotFoundError")), result.stderr


def test_setuid_programs_have_no_effect(cold_or_warm: Bench) -> None:
    code = """
import os, subprocess
for name in ('su', 'mount', 'sudo', 'newuidmap'):
    path = f'/usr/bin/{name}'
    if os.path.exists(path):
        done = subprocess.run([path, '-c', 'id -u'] if name == 'su' else [path, '/tmp', '/mnt'], capture_output=True)
        assert done.returncode != 0, name
print('ok')
"""
    assert cold_or_warm.says(code) == "ok"


def test_a_link_in_the_output_is_not_followed(cold_or_warm: Bench, tmp_path: Path) -> None:
    target = tmp_path / "host-file"
    target.write_text("untouched")
    before = target.stat()
    code = f"import os; os.symlink({str(target)!r}, '/out/predictions.csv'); os.symlink('/', '/out/everything')"
    cold_or_warm.says(code)
    assert (cold_or_warm.out / "predictions.csv").is_symlink()
    after = target.stat()
    assert (after.st_uid, after.st_mode, after.st_mtime_ns) == (before.st_uid, before.st_mode, before.st_mtime_ns)


def test_two_sandboxes_at_once_do_not_see_each_other(cold_or_warm: Bench) -> None:
    cancel = threading.Event()
    waiting = cold_or_warm.job("import pathlib, time; pathlib.Path('/work/up').touch(); time.sleep(250)")
    first = threading.Thread(target=cold_or_warm.sandbox.run, args=(waiting, cancel))
    place = cold_or_warm.prepared.workspace if isinstance(cold_or_warm, WarmBench) else waiting.workspace
    first.start()
    try:
        while not (place / "up").exists():
            assert first.is_alive()
            time.sleep(0.01)
        code = f"""
import glob, os
def words(name):
    try:
        return open(name).read()
    except OSError:  # it has ended meanwhile
        return ''
other = {waiting.run_id[::-1]!r}[::-1]
print(os.getuid(), [name for name in glob.glob('/proc/[0-9]*/cmdline') if other in words(name)])
"""
        user, seen = cold_or_warm.says(code).split(" ", 1)
    finally:
        cancel.set()
        first.join()
    assert seen == "[]"
    if os.geteuid() == 0:
        assert int(user) != waiting.workspace.stat().st_uid, "each slot has a user of its own"
