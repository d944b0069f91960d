"""The folders of one run, the work with its data and the outputs, and the job that runs it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import host_shortage
from grader.model import AnyAssignment, Deal, Limits, Mount, RunPlan, SandboxJob, Submission
from grader.sandbox.assets import sandbox_asset

PREDICTIONS = "predictions.csv"
EMPTIED_SHARE = 3  # of the time: for tests that took less, the same time again, on the work with its functions emptied
VARIABLES = {
    "OUTPUT_DIR": "/out",
    "MPLBACKEND": "Agg",
    "OMP_WAIT_POLICY": "PASSIVE",  # a thread that waits would take the processor from the one it waits for
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
    "IPYTHONDIR": "/tmp/ipython",
    "JUPYTER_RUNTIME_DIR": "/tmp/jupyter",
    "JUPYTER_PLATFORM_DIRS": "1",
}


@dataclass(frozen=True)
class Workspace:
    """Where one run lies on the host."""

    root: Path
    notes: tuple[str, ...]

    @property
    def work(self) -> Path:
        """The writable copy of the submission."""
        return self.root / "work"

    @property
    def output(self) -> Path:
        """What the work writes on purpose."""
        return self.root / "out"

    @property
    def collected(self) -> Path:
        """What was taken out of the dead sandbox."""
        return self.root / "collected"


def root_of(scratch: Path, run_id: str) -> Path:
    """Return where a run of this name lies below `scratch`."""
    return scratch / run_id / "run"


def lay_out(
    root: Path, submission: Submission, plan: RunPlan, deal: Deal | None, written: Collection[str] = (PREDICTIONS,)
) -> Workspace:
    """Copy the submission and deal its data in. Data files of the same names are replaced, folders of data as a whole;
    files of the names that are to be `written` are set aside.
    """
    notes: list[str] = []
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    space = Workspace(root, ())
    shutil.copytree(submission.root, space.work, copy_function=_copied)
    for folder in (space.output, space.collected):
        folder.mkdir(mode=0o755)
    for path in [found for name in written for found in space.work.rglob(name) if found.is_file()]:
        path.unlink()
        what = "predictions are" if path.name == PREDICTIONS else "it is"
        notes.append(f"{path.relative_to(space.work)} that came with the work was set aside: {what} made anew.")
    if deal is not None:
        data = space.work / "data"
        if data.is_file():
            data.unlink()
        data.mkdir(exist_ok=True)
        names = {name: below_data(name) for name in deal.files}  # all of them, before anything is removed
        # a folder of data is dealt whole: what came with the work in its place is none of it
        for top in dict.fromkeys(path.parts[0] for path in names.values()):
            _remove(data / top)
        for name, content in deal.files.items():
            (data / names[name]).parent.mkdir(parents=True, exist_ok=True)
            (data / names[name]).write_bytes(content)
        notes += _data_beside(space.work, plan)
    return Workspace(root, tuple(notes))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def below_data(name: str) -> PurePosixPath:
    """Return a dealt file's name as a path. Raises ValueError for one that leads elsewhere: folders of that name are
    removed with all they hold.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts:
        raise ValueError(f"{name!r} is no name below data/")
    return path


def _copied(source: str, target: str) -> None:
    """Copy one file; of a want of space the library, which collects the reasons as text, would only tell a defect."""
    with host_shortage():
        shutil.copy2(source, target)


def _data_beside(work: Path, plan: RunPlan) -> list[str]:
    """Let a notebook in a subfolder find data/ beside it, as it would where its author ran it from the root."""
    if plan.entry_point.kind != "notebook":
        return []
    folder = (work / plan.entry_point.path).parent
    if folder == work or (folder / "data").exists():
        return []
    (folder / "data").symlink_to(os.path.relpath(work / "data", folder))
    return [f"data/ was also shown in {folder.relative_to(work)}/, where the notebook lies."]


def empty_job(root: Path, limits: Limits, cpu_ids: tuple[int, ...]) -> SandboxJob:
    """Return a job for a sandbox that is started before there is a work; its folders, below `root`, are made."""
    work, output = root / "work", root / "out"
    for folder in (work, output):
        folder.mkdir(parents=True, mode=0o755)
    return _runner_job(root.name, work, output, limits, cpu_ids)


def sandbox_job(
    space: Workspace, plan: RunPlan, assignment: AnyAssignment | None, run_id: str, cpu_ids: tuple[int, ...]
) -> SandboxJob:
    """Return the job that runs `plan` in `space`."""
    job = _runner_job(run_id, space.work, space.output, plan.limits, cpu_ids)
    return job.model_copy(update={"line": json.dumps(_told(plan, assignment))})


def _runner_job(run_id: str, workspace: Path, output: Path, limits: Limits, cpu_ids: tuple[int, ...]) -> SandboxJob:
    return SandboxJob(
        run_id=run_id,
        argv=("python", "/grader/runner/main.py"),
        workspace=workspace,
        output=output,
        mounts=(Mount(source=sandbox_asset("runner"), target="/grader/runner"),),
        env={**VARIABLES, "PYTHONPATH": "/grader/runner/path"},
        limits=limits,
        cpu_ids=cpu_ids,
        gets_ready=True,
    )


def take_over(root: Path, left: Path) -> Workspace:
    """Lay out what is to run in the working folder that an earlier run of the same work has `left`; it is moved."""
    space = Workspace(root, ())
    root.mkdir(parents=True, mode=0o700)
    left.rename(space.work)
    for folder in (space.output, space.collected):
        folder.mkdir(mode=0o755)
    return space


def tests_job(space: Workspace, plan: RunPlan, run_id: str, cpu_ids: tuple[int, ...]) -> SandboxJob:
    """Return the job that runs the work's own tests in `space`."""
    job = _runner_job(run_id, space.work, space.output, plan.limits, cpu_ids)
    folder = PurePosixPath(plan.tests_folder)
    told = {
        "kind": "tests",
        "path": "",
        "argv": ["pytest"],
        "tests": list(plan.tests),
        "folder": str(folder),
        "emptied_s": plan.limits.wall_s / EMPTIED_SHARE,
        "paths": list(dict.fromkeys(map(str, (folder, folder / "src", ".", "src")))),
    }
    return job.model_copy(update={"line": json.dumps(told)})


def _told(plan: RunPlan, assignment: AnyAssignment | None) -> dict[str, object]:
    """Return what the runner is told of the work."""
    entry = plan.entry_point
    folder = str(Path(entry.path).parent) if entry.path else "."
    told: dict[str, object] = {
        "kind": entry.kind,
        "path": entry.path,
        "argv": list(entry.argv),
        "function": entry.function,
        "paths": [".", "src", *([folder] if folder != "." else [])],
        "cell_s": plan.limits.cell_s,
        "input": "data/test.csv",
    }
    if assignment is not None:
        spec = assignment.data
        told |= {"input": f"data/{spec.input}", "train": f"data/{spec.train}", "id": spec.id, "target": spec.target}
        told["names_classes"] = assignment.metric.names_classes
        told["column"] = assignment.contract.prediction_column
    return told
