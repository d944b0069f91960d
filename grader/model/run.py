"""What a run is given and what it leaves behind."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from grader.model.base import Failure, Record
from grader.model.environment import EnvironmentRef
from grader.model.submission import Limits

Enforcement = Literal["enforced", "cooperative"]
Ended = Literal["exited", "wall_time", "memory", "processes", "disk", "output", "cancelled"]


class Mount(Record):
    """A host folder or file shown read-only at `target` inside the sandbox."""

    source: Path
    target: str


class SandboxJob(Record):
    """One command for one fresh sandbox.

    `workspace` (a host folder that belongs to this job) is shown writable as /work, `output` writable as /out;
    both are the job's alone. `env` is the whole process environment besides what the backend itself sets. `argv[0]`
    "python" is the locked environment's interpreter.

    A command that `gets_ready` is started before there is anything to do: it makes /out/.ready once it is ready, and
    reads `line` from its standard input before it looks at /work. Every other command starts when all is laid out.

    `environment` is shown as /env in place of the locked one. `network` gives the host's network: only to the grader's
    own tool that fetches packages, never to anything of a submission's.
    """

    run_id: str
    argv: tuple[str, ...]
    workspace: Path
    output: Path
    mounts: tuple[Mount, ...] = ()
    env: dict[str, str] = {}
    limits: Limits = Limits()
    cpu_ids: tuple[int, ...] = ()
    environment: Path | None = None
    network: bool = False
    gets_ready: bool = False
    line: str = ""


class SandboxResult(Record):
    """How the sandbox ended, as the host saw it. Nothing in here was said by the submission, but for the log text.

    `exit_code` is None when the process was killed; `stdout`/`stderr` are bounded, decoded with replacement.
    `oom_killed` says that the kernel killed a process for want of memory, `killed_below_limit` that it was the
    machine's want and not the work's. `runtime` is the container runtime where one was chosen, such as runsc.
    """

    ended: Ended
    exit_code: int | None
    wall_s: float
    cpu_s: float | None
    peak_memory_bytes: int | None
    stdout: str
    stderr: str
    truncated: bool = False
    oom_killed: bool = False
    killed_below_limit: bool = False
    enforcement: Enforcement
    backend: str
    runtime: str = ""


class FailedTry(Record):
    """One try at a step of a grading in which our side failed: its number from 1, why, and what was observed."""

    number: int
    code: str
    message: str
    hint: str = ""
    observed: tuple[str, ...] = ()


class CellRun(Record):
    """What the runner says of one executed cell (self-reported): `index` is the 0-based cell of the notebook.

    `path` is the notebook's where several were run, "" where it was the entry point alone.
    """

    path: str = ""
    index: int
    status: Literal["ok", "error", "timeout", "not_run"]
    wall_s: float = 0
    error: str = ""
    message: str = ""
    traceback: str = ""
    line: int | None = None


NotebookEnd = Literal["ok", "failed", "limit", "not_run"]


class NotebookRun(Record):
    """How one notebook of several ended, in the order they were run. `cells` counts those that ended well of `of`.

    `why` says why it was not run. `executed` is the name of its stored copy with outputs, "" where there is none.
    """

    path: str
    ended: NotebookEnd
    why: str = ""
    failure: Failure | None = None
    wall_s: float | None = None
    peak_memory_bytes: int | None = None
    cells: int = 0
    of: int = 0
    executed: str = ""


class RunResult(Record):
    """The run stage's whole result. `collected` is the host folder of files taken out of the dead sandbox,
    `environment` what is known of one that the work asked for, `left` the working folder where it is still needed,
    `written` the first names in the output folder.

    Where several notebooks were run, `notebooks` tells of each; `sandbox` then has their times added up, the largest
    memory, and the text of the first that failed, else of the first; `failure` is the first one's.
    """

    sandbox: SandboxResult
    notebooks: tuple[NotebookRun, ...] = ()
    failure: Failure | None = None
    limit_exceeded: bool = False
    cells: tuple[CellRun, ...] = ()
    warnings: tuple[str, ...] = ()
    environment_digest: str = ""
    environment: EnvironmentRef | None = None
    written: tuple[str, ...] = Field(default=(), exclude=True)
    collected: Path = Field(default=Path(), exclude=True)
    left: Path | None = Field(default=None, exclude=True)
