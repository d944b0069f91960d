"""What `grader doctor` found, as one record: shown in the terminal, or printed as JSON."""

from __future__ import annotations

from pydantic import computed_field

from grader.model.base import Record
from grader.model.run import Enforcement
from grader.sandbox import HostFact, ProbeFinding


class BackendCheck(Record):
    """One backend: whether it can be used, who holds its limits, and what each probe found."""

    name: str
    available: bool
    reason: str | None = None
    enforcement: Enforcement | None = None
    probes: tuple[ProbeFinding, ...] = ()

    @property
    def failed(self) -> list[ProbeFinding]:
        """The probes that it did not stand."""
        return [finding for finding in self.probes if not finding.passed]


class Checkup(Record):
    """The whole: `chosen` is the backend that submissions will run in, None when there is none; `offer` then says what
    may be had by name.
    """

    host: tuple[HostFact, ...]
    chosen: str | None
    backends: tuple[BackendCheck, ...]
    offer: str = ""
    probed: bool = True

    @computed_field  # type: ignore[prop-decorator]
    @property
    def good(self) -> bool:
        """Whether submissions can be run: there is a chosen backend, and it can be used and stood every probe."""
        return any(check.available and not check.failed for check in self.backends if check.name == self.chosen)
