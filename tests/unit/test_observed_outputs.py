"""A failure of what a run left behind is told with what the host saw of it, as a failure of the run itself is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from answering import AnsweringSandbox, SameProcessReader, Silent
from plain_churn import plain_churn

from grader.model import SandboxJob, SandboxResult
from grader.pipeline import Parts, defect_of_ours, failed_on_our_side, grade

CHURN = plain_churn()


class LeavingSandbox(AnsweringSandbox):
    """Answers, and then does something else to the predictions."""

    def __init__(self, leave: Callable[[Path], object]) -> None:
        self.leave = leave

    def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
        result = super().run(job, cancel)
        (job.output / "predictions.csv").unlink()
        self.leave(job.output / "predictions.csv")
        return result


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


@pytest.mark.parametrize(
    ("leave", "code", "seen"),
    [
        (lambda path: None, "predictions.missing", "it ended by itself with exit status 0 after "),
        (lambda path: path.mkdir(), "output.invalid", "it is a folder"),
        (lambda path: path.symlink_to("/etc/passwd"), "output.invalid", "it is a symbolic link"),
        (sparse, "output.too_large", f"it has {1 << 40:,} bytes, of "),
        (lambda path: path.write_text("a,b\n1,2\n"), "predictions.columns", "8 bytes of predictions were taken out"),
    ],
)
def test_what_was_seen_of_an_output_is_told(
    tmp_path: Path, leave: Callable[[Path], object], code: str, seen: str
) -> None:
    (tmp_path / "main.py").write_text("print(1)\n")
    parts = Parts(LeavingSandbox(leave), SameProcessReader(), (), tmp_path / "scratch", Silent())
    failure = grade(str(tmp_path / "main.py"), "work", CHURN, parts, (0,), threading.Event()).report.failure
    assert failure is not None
    assert failure.code == code
    assert failure.observed[0].startswith(seen)
    if code.startswith("output."):
        assert any("exit status 0" in text for text in failure.observed), "how the run ended is told too"


def test_a_defect_of_ours_is_told_with_its_place_and_nothing_of_the_hosts_folders(tmp_path: Path) -> None:
    parts = Parts(AnsweringSandbox(), SameProcessReader(), (), tmp_path, Silent())
    trace = 'Traceback:\n  File "/secret/a/b.py", line 1, in main\n  File "/secret/grader/x/y.py", line 7, in _do\n'
    defect = defect_of_ours("It stopped.", trace)
    failure = failed_on_our_side("work.py", "work", None, parts, defect, trace).report.failure
    assert failure is not None
    assert failure.observed == ("it was raised in x/y.py, line 7",)
