"""The network is for fetching packages alone: nothing that runs a submission ever has it."""

from __future__ import annotations

import ast
import threading
from pathlib import Path

import pytest
from conftest import sandbox_named
from package_index import PackageIndex, served

from grader.model import EntryPoint, EnvironmentRef, Limits, RunPlan, SandboxJob, SandboxResult, Submission, Wanted
from grader.model.submission import EntryKind
from grader.ports import Sandbox
from grader.sandbox import GivenEnvironment, RequestedEnvironments, execute
from grader.sandbox import PackageIndex as Index
from grader.sandbox.fetch import Fetcher
from grader.sandbox.ladder import Attempt
from grader.settings import read_settings

GRADER = Path(__file__).resolve().parents[2] / "grader"
KINDS: tuple[EntryKind, ...] = ("notebook", "script", "command", "predict_function", "pipeline_function")


class Recorder:
    """Notes every job and what lies in its workspace, then lets `inner` run it, or nobody."""

    name = "recorder"

    def __init__(self, inner: Sandbox | None = None) -> None:
        self.inner = inner
        self.jobs: list[SandboxJob] = []
        self.seen: list[set[str]] = []

    def why_unavailable(self) -> str | None:
        return None

    def environment_digest(self) -> str:
        return "0" * 64

    def prepare(self, job: SandboxJob, *, alone: bool = False) -> None:
        self.jobs.append(job)

    def wait_until_ready(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing waits."""

    def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
        self.jobs.append(job)
        self.seen.append({path.name for path in job.workspace.iterdir()})
        if self.inner is not None:
            return self.inner.run(job, cancel)
        known = {"ended": "exited", "exit_code": 1, "wall_s": 1, "cpu_s": 1, "peak_memory_bytes": 1}
        return SandboxResult.model_validate(
            {**known, "stdout": "", "stderr": "", "enforcement": "enforced", "backend": "recorder"}
        )


def run(folder: Path, kind: EntryKind, environment: GivenEnvironment | None) -> SandboxJob:
    """Execute a work of that kind, and return the job that it came to."""
    root = folder / "snapshot"
    root.mkdir(parents=True)
    (root / "main.py").write_text("print(1)")
    work = Submission(name="work", digest="0", kind="folder", files=(), bytes=0, root=root)
    entry = EntryPoint(kind=kind, path="main.py", argv=("python", "main.py"), function="predict", reason="a test")
    recorder = Recorder()
    execute(
        work,
        RunPlan(entry_point=entry, limits=Limits(), environment="requirements" if environment else "fixed"),
        assignment=None,
        deal=None,
        environment=environment,
        sandbox=recorder,
        run_id="run",
        scratch=folder / "scratch",
        cpu_ids=(),
        cancel=threading.Event(),
    )
    (job,) = recorder.jobs
    return job


@pytest.mark.parametrize("kind", KINDS)
def test_no_work_of_any_kind_is_given_a_network(tmp_path: Path, kind: EntryKind) -> None:
    ref = EnvironmentRef(name="requirements", digest="1" * 64, rung="exact")
    bought = GivenEnvironment(ref, tmp_path / "env")
    for name, environment in (("fixed", None), ("requested", bought)):
        job = run(tmp_path / name, kind, environment)
        assert not job.network
        assert job.environment == (environment.path if environment else None)


def test_only_the_fetcher_ever_asks_for_a_network() -> None:
    asking = {
        path.name
        for path in GRADER.rglob("*.py")
        if path.parent.name != "evidence"  # whose networks are neural
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.keyword | ast.Constant) and _asks(node)
    }
    assert asking == {"fetch.py"}


def _asks(node: ast.keyword | ast.Constant) -> bool:
    """Whether a call hands on `network` other than by reading a job's, or its name is written as a key."""
    if isinstance(node, ast.Constant):
        return node.value == "network"
    reads = isinstance(node.value, ast.Attribute) and node.value.attr == "network"
    off = isinstance(node.value, ast.Constant) and node.value.value is False
    return node.arg == "network" and not reads and not off


@pytest.mark.sandbox
def test_what_has_a_network_sees_the_list_and_nothing_else(tmp_path: Path) -> None:
    recorder, index = Recorder(sandbox_named("bubblewrap")), PackageIndex()
    index.own_needs()
    index.wheel("alpha", "1.0")
    with served(index):
        fetcher = Fetcher(recorder, Index(url=index.url), 1 << 29, 120)
        lock = fetcher.resolve(Attempt("exact", ("alpha==1.0",)), tmp_path, (), threading.Event())
        fetcher.install(lock, tmp_path, (), threading.Event())
    assert [job.network for job in recorder.jobs] == [True, True, False]
    assert recorder.seen == [{"requirements.in"}, {"requirements.lock"}, set()]
    assert [[mount.target for mount in job.mounts] for job in recorder.jobs] == [
        ["/grader/uv"],
        ["/grader/uv"],
        ["/grader/finish.py"],
    ]
    assert all(job.environment is None for job in recorder.jobs)
    home = str(read_settings().home)
    assert not any(home in value for job in recorder.jobs for value in job.env.values())


def test_requested_environments_need_a_sandbox_only_when_something_is_asked_for(tmp_path: Path) -> None:
    recorder = Recorder()
    environments = RequestedEnvironments(recorder, tmp_path, Index(), most_bytes=1 << 29, seconds=60)
    with environments.given(Wanted(), tmp_path, (), threading.Event()) as given:
        assert (given.path, given.ref.rung) == (None, "base")
    assert recorder.jobs == []
