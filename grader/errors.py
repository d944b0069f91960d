"""Every exception the grader raises on purpose, and the catalogue of failure codes.

    GraderError                    base; carries code, message, hint and where it happened
    ├── SubmissionError            the submission's own fault     -> outcome "submission_failed"
    │   └── LimitError             it used more than it may       -> outcome "limit_exceeded"
    ├── AssignmentError            an assignment is wrong         -> exit status 2
    ├── UsageError                 the call is wrong              -> exit status 2
    └── InfrastructureError        our side failed                -> outcome "infrastructure_failed", exit status 3

A `SubmissionError` or `InfrastructureError` never reaches a user as a traceback: the pipeline turns it into the
`failure` of a report. Codes are stable and dotted; the catalogue says what each means.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

HOST_IS_SHORT = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.EIO, errno.EROFS}
)

FAILURE_CODES: dict[str, str] = {
    # intake: archives
    "archive.path": "A file name in the archive leaves the archive, is absolute, too long or too deep.",
    "archive.link": "The archive holds a symbolic or hard link; links are refused.",
    "archive.too_large": "The archive, or what it unpacks to, is larger than allowed.",
    "archive.corrupt": "The archive is truncated or contradicts itself.",
    "archive.too_many_files": "There are more files than allowed.",
    "archive.duplicate": "The same file name stands in the archive twice.",
    "archive.collision": "Two names are the same on another file system (case, Unicode form, file against folder).",
    "archive.special": "The archive holds a FIFO, device, socket or another special file.",
    "archive.name": "A file name holds a NUL byte or is not UTF-8.",
    "archive.type": "The file is encrypted, or is no archive of a kind that is read.",
    "source.not_found": "There is nothing at the given path.",
    "source.unreadable": "A file of the submission may not be read by the grader's user.",
    "source.empty": "The submission holds no file.",
    # intake: git
    "git.url_forbidden": "The git address is of a kind that is not allowed.",
    "git.too_large": "The commit holds more bytes or files than allowed.",
    "git.timeout": "The commit did not come in whole in the time allowed.",
    "git.commit": "The archive does not hold what the commit does.",
    "git.failed": "The commit could not be fetched.",
    # intake: notebooks
    "notebook.invalid": "The notebook file is not a readable notebook.",
    "notebook.version": "The notebook's format version is not supported.",
    "notebook.too_large": "The notebook is larger than allowed.",
    "notebook.language": "The notebook is written for another language than Python.",
    # plan
    "plan.no_entry_point": "Nothing was found that could be run.",
    "plan.invalid": "The submission's own run settings are wrong.",
    # run
    "notebook.syntax_error": "A cell is not valid Python 3.",
    "notebook.cell_error": "A cell raised an exception.",
    "notebook.cell_timeout": "A cell ran longer than a cell may.",
    "notebook.input_requested": "The work waits for keyboard input, and nobody is there to type.",
    "notebook.kernel_died": "The notebook's process ended in the middle of a cell.",
    "run.failed": "The script or command ended with an error.",
    "run.syntax_error": "The script is not valid Python 3.",
    "run.contract": "The function the assignment asks for is missing or returned something else.",
    "environment.missing_package": "The work imports a package that the environment does not have.",
    "environment.forbidden": "The list of requirements names an address, a folder or another index.",
    "environment.sdist": "A package that the work asks for comes only as source, not as a wheel.",
    "environment.too_large": "What the work asks for is larger than an environment may be.",
    "environment.timeout": "What the work asks for could not be fetched in the time allowed.",
    "environment.broken": "Python does not start in the environment that the work asked for.",
    "limit.memory": "The work used more memory than allowed.",
    "limit.processes": "The work started more processes or threads than allowed.",
    "limit.disk": "The work wrote more to disk than allowed.",
    "limit.wall_time": "The work ran longer than allowed.",
    "output.too_large": "An output file is larger than allowed.",
    "output.invalid": "An output is a link, folder or special file, or a table that cannot be read.",
    # scoring
    "predictions.missing": "No predictions file was written.",
    "predictions.columns": "The predictions file does not have the columns asked for.",
    "predictions.not_finite": "A prediction is NaN or infinite.",
    "predictions.ids": "Ids are missing, repeated or unknown.",
    "predictions.values": "A prediction is not of the type or range asked for.",
    "predictions.too_large": "The predictions file is larger than allowed.",
    # ours
    "assignment.invalid": "The assignment folder is wrong.",
    "usage.invalid": "The command was called wrongly.",
    "infrastructure.no_sandbox": "No sandbox is available on this machine.",
    "infrastructure.no_environment": "The locked scientific environment is not built.",
    "infrastructure.index": "The package index could not be reached, or did not answer as one.",
    "infrastructure.sandbox": "The sandbox itself failed.",
    "infrastructure.git_unreachable": "The git server could not be reached, did not answer, or broke off.",
    "infrastructure.host": "The grader's machine is short of disk, memory, open files or processes, or its disk fails.",
    "infrastructure.database": "The service's database could not be reached or did not answer in time.",
    "infrastructure.blobs": "The service's store of files could not be reached, or a file is missing there.",
    "infrastructure.service": "The service could not be reached, or could not answer.",
    "infrastructure.github": "GitHub could not be reached, or did not answer as it does.",
    "infrastructure.cancelled": "The grading was stopped from outside before it was through.",
    "infrastructure.internal": "The grader failed in a way it did not expect.",
}


class GraderError(Exception):
    """Base of all errors raised on purpose: what happened, where, and what to do about it.

    `cell` is the 0-based index in the notebook, `line` 1-based in the file or cell. `observed` is what the host saw of
    it, in short sentences.
    """

    exit_status: ClassVar[int] = 3
    http_status: ClassVar[int] = 500

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        path: str | None = None,
        cell: int | None = None,
        line: int | None = None,
        observed: tuple[str, ...] = (),
    ) -> None:
        if code not in FAILURE_CODES:
            raise ValueError(f"unknown failure code: {code}")
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint
        self.path, self.cell, self.line = path, cell, line
        self.observed = observed


class SubmissionError(GraderError):
    """The submission cannot be taken in, run or scored, for a reason its author can mend."""

    exit_status = 0
    http_status = 422


class LimitError(SubmissionError):
    """The submission went over a limit that its author was told of."""


class AssignmentError(GraderError):
    """An assignment folder is wrong; the message names file and key."""

    exit_status = 2
    http_status = 422

    def __init__(self, message: str, *, path: str, key: str = "", hint: str = "") -> None:
        where = f"{path}: {key}: " if key else f"{path}: "
        super().__init__("assignment.invalid", where + message, path=path, hint=hint)
        self.key = key


class UsageError(GraderError):
    """The command was called with words that do not fit."""

    exit_status = 2
    http_status = 422

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__("usage.invalid", message, hint=hint)


class InfrastructureError(GraderError):
    """Our side failed; the submission is not judged by it and may be tried again."""

    exit_status = 3
    http_status = 503


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """Yield the exceptions that `error` was raised from, the nearest first."""
    while (cause := error.__cause__) is not None:
        yield cause
        error = cause


@contextmanager
def host_shortage() -> Iterator[None]:
    """Turn the system's refusal of disk, memory, descriptors or processes into InfrastructureError; let others pass."""
    try:
        yield
    except OSError as error:
        if error.errno not in HOST_IS_SHORT:
            raise
        raise InfrastructureError(
            "infrastructure.host",
            f"This machine is short of something that a grading needs: {error.strerror}.",
            hint="Look at its disk, memory, and numbers of open files and processes.",
        ) from error
