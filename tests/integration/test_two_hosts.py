"""Two workers as separate hosts: networks and file systems of their own, PostgreSQL and S3 between them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from grading import SLOW, Service, service, wait_for
from leavings import NAMED_NETWORKS, OF_TESTS
from ports import free_port
from postgres import Server

from grader.settings import Settings
from grader.store.tables_of_operation import Job

GRADER = str(Path(sys.executable).parent / "grader")
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces are made as root")


@dataclass(frozen=True)
class Host:
    """A network namespace with one cable to the bridge; `number` is the last part of its address."""

    name: str
    cable: str
    home: Path

    def run(self, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        """Run a command on this host."""
        return subprocess.Popen(["ip", "netns", "exec", self.name, *command], env=os.environ | environment)

    def cut_off(self) -> None:
        """Pull the cable."""
        ip("link", "set", self.cable, "down")

    def connect(self) -> None:
        """Put it back."""
        ip("link", "set", self.cable, "up")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def network(tmp_path: Path) -> Iterator[tuple[str, Host, Host]]:
    """Yield the address of this machine on a bridge, and two hosts on it."""
    tag = os.urandom(2).hex()
    bridge, subnet = f"gr{tag}", f"10.{200 + os.urandom(1)[0] % 50}.{os.urandom(1)[0]}"
    with ExitStack() as undo:
        if not NAMED_NETWORKS.is_mount():  # it is by the first namespace with a name, and left so
            undo.callback(subprocess.run, ["umount", str(NAMED_NETWORKS)], check=False)
        ip("link", "add", bridge, "type", "bridge")
        undo.callback(ip, "link", "del", bridge)
        ip("addr", "add", f"{subnet}.1/24", "dev", bridge)
        ip("link", "set", bridge, "up")
        hosts = []
        for number in (2, 3):
            name, cable = f"{OF_TESTS}{os.getpid()}-{tag}-{number}", f"gr{tag}c{number}"
            ip("netns", "add", name)
            undo.callback(ip, "netns", "del", name)
            ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", cable, "master", bridge, "up")
            ip("-n", name, "addr", "add", f"{subnet}.{number}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
            home = tmp_path / name
            home.mkdir()
            (home / "environments").symlink_to(Settings().home / "environments")
            hosts.append(Host(name, cable, home))
        yield f"{subnet}.1", hosts[0], hosts[1]


@contextmanager
def s3_at(address: str) -> Iterator[str]:
    """Yield the address of an S3 server with one bucket."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", address, "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(lambda: makes_bucket(f"http://{address}:{port}/files"))
            yield f"http://{address}:{port}"
        finally:
            server.kill()


def makes_bucket(url: str) -> bool:
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="PUT"), timeout=5).close()
    except OSError:
        return False
    return True


def at_work(running: Service, submissions: list[str]) -> list[Job]:
    """Return the jobs whose works are run now."""
    return [running.jobs(each)[0] for each in submissions if running.state(each)[1] == "sandbox"]


def test_both_grade_and_the_late_result_of_one_that_was_cut_off_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None
) -> None:
    with network(tmp_path) as (here, one, two), Server.started(here) as server, s3_at(here) as s3:
        given = {"ENDPOINT": s3, "REGION": "us-east-1", "ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}
        for name, value in (*given.items(), ("ALLOW_HTTP", "true")):
            monkeypatch.setenv(f"AWS_{name}", value)
        with service(server.new_database(), "s3://files", tmp_path, monkeypatch) as running:
            submissions = [running.hand_in(SLOW) for _ in range(4)]
            workers = [
                host.run([GRADER, "worker"], running.environment | {"GRADER_HOME": str(host.home)})
                for host in (one, two)
            ]
            try:
                wait_for(lambda: len({job.worker_id for job in at_work(running, submissions)}) == 2)
                one.cut_off()
                time.sleep(30)  # longer than a silence that is noticed, and than the work takes
                wait_for(lambda: max(running.jobs(each)[0].turn for each in submissions) == 2)
                one.connect()
                wait_for(lambda: running.reports() == dict.fromkeys(submissions, 1))
            finally:
                for worker in workers:
                    worker.terminate()
                assert [worker.wait(300) for worker in workers] == [0, 0]
            turns = [running.jobs(each)[0].turn for each in submissions]
            assert sorted(turns)[-1] == 2, "one was taken over"
            assert running.reports() == dict.fromkeys(submissions, 1)
