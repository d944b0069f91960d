"""The interfaces to the outside: each has a real adapter and a fake one, and both pass the same contract tests."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from grader.model import CodeFacts, SandboxJob, SandboxResult, Submission, UnreachedBlock

Step = Literal["intake", "plan", "sandbox", "collect", "score", "report", "done", "failed"]


class AskingError(Exception):
    """A language model gave no answer; the message is a sentence without anything secret in it."""


@dataclass(frozen=True)
class Completion:
    """What a language model answered, and the tokens that were counted for it."""

    text: str
    tokens_in: int
    tokens_out: int


class Sandbox(Protocol):
    """Runs one command in a fresh, confined place that is gone afterwards."""

    name: str

    def why_unavailable(self) -> str | None:
        """Return None when this backend works here, else one sentence with what to install or change."""

    def environment_digest(self) -> str:
        """Return the digest of the locked environment this backend shows to the work.

        Raises InfrastructureError("infrastructure.no_environment") when it has not been built.
        """

    def prepare(self, job: SandboxJob, *, alone: bool = False) -> None:
        """Begin, without waiting for it, to start a sandbox for `job`, whose folders are there and empty.

        A later `run` of a job that `gets_ready` and differs from it only in run_id, folders and line takes that
        sandbox; each serves one run. `alone` says that no other is expected: nothing is then made to be shared. Does
        nothing where a sandbox cannot be had ahead, or enough wait; a failure shows in `run`.
        """

    def sweep(self) -> None:
        """Remove what graders on this machine that are no longer alive have left running."""

    def wait_until_ready(self) -> None:
        """Wait for what is being started ahead. A `run` does without: it takes one as far as it has come."""

    def close(self) -> None:
        """Remove every sandbox that was prepared and not used."""

    def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
        """Run `job` to its end, its limit or `cancel`, and return how it ended; nothing of it is left afterwards.

        A command that fails, is killed by a limit or is cancelled is a result. Raises InfrastructureError only when
        the sandbox itself could not be made or torn down.
        """


class CodeReader(Protocol):
    """Reads facts from a submission's files without running them; bounded in time and memory."""

    def read(self, submission: Submission, unreached: Sequence[UnreachedBlock] = ()) -> CodeFacts:
        """Return what was found in what is not `unreached`; what could not be read is noted, never raised."""


class LanguageModel(Protocol):
    """Answers a chat once, in the form of a JSON Schema."""

    @property
    def model(self) -> str:
        """The model's name at its endpoint."""

    def complete(self, messages: Sequence[dict[str, str]], schema: dict[str, Any]) -> Completion:
        """Return the text and what it cost in tokens. Raises AskingError with a sentence where there is no answer."""


class ProgressListener(Protocol):
    """Hears how far a grading is; called from worker threads."""

    def step(self, source: str, step: Step, detail: str = "") -> None:
        """Note that `source` has reached `step`."""
