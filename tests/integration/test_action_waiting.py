"""The Action waits for half an hour, and for longer than a run is signed in: its clock runs thirty times as fast as
ours, the service's is set on. The service, the work and all that comes between are real.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pytest
from action_job import AUDIENCE, Job, job_of, one, serving_runs
from clocks import by_file, faked, set_clock
from gateway import TROUBLES, Gateway, gateway
from grading import QUICK, SLOW, Service, service, wait_for
from issuer import issuer
from ports import free_port

pytestmark = [pytest.mark.sandbox]
HALF_AN_HOUR = f"import time\ntime.sleep(66)\n{QUICK}"  # two seconds are a minute of the runner's
THIRTY_TIMES_AS_FAST = {"FAKETIME": "+0 x30"}
FIVE_MINUTES = r"\(([5-9]|\d\d) min\)"


@dataclass
class Waiting:
    """A job whose runner reaches the service through a gateway; `clock` says how far the service's clock is off."""

    job: Job
    ready: Service
    gateway: Gateway
    clock: Path
    log: Path
    lines: list[int] = field(default_factory=list)
    stack: ExitStack = field(default_factory=ExitStack)

    def serve(self) -> None:
        """Begin to serve, with the service's own clock."""
        self.stack.enter_context(serving_runs(self.job.github, self.gateway.behind, by_file(self.clock), slots=0))

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def note(self) -> None:
        """Note, as the runner asks, how many lines it has said by then."""
        self.lines.append(self.said().count("\n"))

    def looks_without_a_line_from(self, number: int) -> list[int]:
        """Return how often the runner asked between two lines, from the line `number` on."""
        return [len(list(looks)) for lines, looks in groupby(self.lines) if lines > number]

    def until(self, what: str, process: subprocess.Popen[str]) -> None:
        wait_for(lambda: bool(re.search(what, self.said())) or process.poll() is not None)
        assert re.search(what, self.said()), self.said()


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None) -> Iterator[Waiting]:
    (tmp_path / "clock").write_text("+0")
    with (
        issuer() as github,
        service(f"sqlite:///{tmp_path / 'grader.db'}", str(tmp_path / "blobs"), tmp_path, monkeypatch) as ready,
        gateway(free_port()) as before,
        ready.workers(1),
    ):
        job = job_of(ready, github, before.address, tmp_path)
        made = Waiting(job, ready, before, tmp_path / "clock", tmp_path / "log")
        before.seen = made.note
        with made.stack:
            made.serve()
            yield made


def test_half_an_hour_is_waited_for_through_broken_connections_and_a_restart_and_the_log_shows_it(
    waiting: Waiting,
) -> None:
    sha = waiting.job.push(predict_py=HALF_AN_HOUR)
    fast = faked() | THIRTY_TIMES_AS_FAST
    with waiting.job.started(sha, waiting.log, fast, patience="3600") as (process, ran):
        waiting.until("running", process)
        set_clock(waiting.clock, "+31m")
        first = waiting.gateway.looks + 3
        waiting.gateway.troubles |= {first + 3 * number: trouble for number, trouble in enumerate(TROUBLES)}
        waiting.until(FIVE_MINUTES, process)
        waiting.stack.close()
        waiting.until("answered 502", process)
        waiting.serve()
        process.wait(300)
    assert process.returncode == 0, ran().log
    check_that_the_log_looked_alive(waiting)
    told = ran()
    assert (told.outputs["outcome"], "It ran to its end" in told.summary) == ("completed", True)
    for trouble in ("could not be reached, or did not answer as one", "answered 504. Trying again in 7 s."):
        assert trouble in told.log
    assert {command.name for command in told.commands} == {"add-mask"}
    assert "add-mask" not in told.log.partition("It is submission")[2], "GitHub's token is long over"
    (job,) = waiting.ready.jobs(told.outputs["submission"])
    assert (job.state, job.turn, job.failures) == ("done", 1, 0)


def check_that_the_log_looked_alive(waiting: Waiting) -> None:
    """Check that a minute of the runner's had its line and few had two: by what it asked meanwhile, not by a clock."""
    said = waiting.said().splitlines()
    minutes = [int(minute) for minute in re.findall(r"\((\d+) min\)$", waiting.said(), flags=re.MULTILINE)]
    assert minutes[-1] >= 30
    assert len(minutes) <= 2 * minutes[-1]
    assert len(said) <= 5 * minutes[-1], "with all that went wrong"
    assert max(waiting.looks_without_a_line_from(0)) <= 31, "every two seconds at first"
    late = next(number for number, line in enumerate(said) if re.search(r"\([12]\d min\)$", line))
    assert max(waiting.looks_without_a_line_from(late)) <= 7, "every ten seconds after five minutes"


def test_a_run_that_waits_longer_than_it_is_signed_in_says_so_and_nothing_of_the_work(waiting: Waiting) -> None:
    sha = waiting.job.push(predict_py=SLOW)
    with waiting.job.started(sha, waiting.log) as (process, ran):
        waiting.until("running", process)
        set_clock(waiting.clock, "+7h")
        process.wait(300)
    told = ran()
    assert (process.returncode, told.outputs["outcome"]) == (3, "infrastructure_failed"), told.log
    assert one(told).properties == {"title": "identity.missing"}
    assert one(told).text.startswith("The sign-in of this run is over, as it is after 6 hours")
    assert f"submission `{told.outputs['submission']}`, and is graded in its turn" in told.summary
    set_clock(waiting.clock, "+0")
    again = waiting.job.run(sha, audience=AUDIENCE)
    assert (again.status, again.outputs["outcome"]) == (0, "completed"), again.log
    assert again.outputs["submission"] == told.outputs["submission"]
