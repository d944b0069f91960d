"""How fast the service answers with many submissions stored, beside an empty FastAPI endpoint in the same run.

    python benchmarks/service.py [--database URL] [--stored N] [--rate N] [--seconds N]

Submissions and reports are generated. Requests are sent at a constant rate, whether or not the answers keep up, so that
a slow answer is not hidden by asking less (coordinated omission). Without --database an SQLite file of its own is used.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import math
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import Engine, insert, text, update

from grader.assignment import find_assignment
from grader.jobs.assignments import publish_assignment
from grader.jobs.line import Line
from grader.jobs.workflow import migrate
from grader.settings import read_settings
from grader.store.base import new_id, utc_now
from grader.store.blobs import open_blobs
from grader.store.database import open_engine, transaction, upgrade
from grader.store.people import add_user
from grader.store.secrets_shown import new_token
from grader.store.tables import Candidate, Invitation, StoredReport, StoredSubmission
from grader.store.tables_of_operation import Job

GRADER = Path(sys.executable).with_name("grader")
ENVIRONMENTS = read_settings().home / "environments"
EMPTY = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef empty() -> dict[str, str]:\n    return {}\n"
BATCH = 5000
UPLOADS, UPLOAD_BYTES = 20, 19_990_000  # 20 MB with the archive around them
WAITING = 20
WARM = 20
Answer = Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]]


def main() -> int:
    """Store, serve, measure, and print a line for each address; return 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="")
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "GRADER_HOME": folder,
            "GRADER_DATABASE_URL": options.database or f"sqlite:///{folder}/grader.db",
            "GRADER_BLOBS": f"{folder}/blobs",
            "GRADER_REQUESTS_PER_SECOND": "0",
        }
        Path(folder, "environments").symlink_to(ENVIRONMENTS)
        token, submission = store(options.stored)
        with served([str(GRADER), "serve", "--slots", "0", "--port"]) as (address, process):
            with served_empty(folder) as (empty, _):
                asyncio.run(measure(address, empty, token, submission, options.rate, options.seconds))
            asyncio.run(measure_uploads(address, token, process))
            measure_waiting(address, token)
    return 0


def store(count: int) -> tuple[str, str]:
    """Fill an empty database and return an API token and the id of a submission with a report."""
    settings = read_settings()
    engine, blobs = open_engine(settings.service_database), open_blobs(settings.service_blobs)
    upgrade(engine)
    migrate(settings.service_database)
    report = blobs.put(a_report())
    with transaction(engine) as session:
        publish_assignment(session, blobs, find_assignment("churn", settings.assignment_roots))
        user = add_user(session, "bench@example.org", "admin")
        token, _ = new_token(session, "api", user_id=user.id, scopes=("read", "submit"))
    last = ""
    for begun in range(0, count, BATCH):
        last = store_some(engine, report, begun, min(BATCH, count - begun))
    put_in_order(engine)
    engine.dispose()
    print(f"{count:,} submissions and reports are stored.", flush=True)
    return token, last


def put_in_order(engine: Engine) -> None:
    """Do what a database does by itself in time; else PostgreSQL cleans up after all these rows while it is asked."""
    words = "ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM (ANALYZE)"
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(words))


def store_some(engine: Engine, report: str, begun: int, count: int) -> str:
    """Store so many submissions, each with its report and job, two of each candidate; return the id of the last."""
    candidates, invitations, submissions, reports, jobs = [], [], [], [], []
    for number in range(begun, begun + count):
        if not number % 2:
            candidates.append({"id": new_id(), "name": f"Candidate {number}", "email": f"c{number}@example.org"})
            invitations.append(
                {"id": new_id(), "assignment": "churn", "candidate_id": candidates[-1]["id"], "attempts": 2}
            )
        submission, report_id, at = new_id(), new_id(), utc_now() - timedelta(seconds=1_000_000 - number)
        score = (number * 7919 % 10_000) / 100
        marks = {"outcome": "completed", "score": score, "low": score - 3, "high": score + 3}
        submissions.append(
            {"id": submission, "assignment": "churn", "name": f"submission-{submission[:8]}", "kind": "archive"}
            | {"bytes": 1, "state": "published", "step": "", "created_at": at, "finished_at": at}
            | {"report_id": report_id, "stands": bool(number % 2), **marks}
            | {"invitation_id": invitations[-1]["id"], "attempt": 1 + number % 2}
        )
        job = f"{submission}-1"
        reports.append(
            {"id": report_id, "submission_id": submission, "job_id": job, "origin": "graded", "blob": report}
            | {"digest": report, "created_at": at, **marks}
        )
        jobs.append(
            {"id": job, "submission_id": submission, "assignment": "churn", "place": number + 1, "state": "done"}
            | {"started_at": at, "finished_at": at}
        )
    with transaction(engine) as session:
        session.execute(insert(Candidate), candidates)
        session.execute(insert(Invitation), invitations)
        session.execute(insert(StoredSubmission), submissions)
        session.execute(insert(StoredReport), reports)
        session.execute(insert(Job), jobs)
    return submission


def a_report() -> bytes:
    """Return a real report: that of a work of churn, graded here."""
    with tempfile.TemporaryDirectory() as output:
        example = Path(__file__).resolve().parent.parent / "assignments" / "churn" / "examples" / "strong"
        command = [str(GRADER), "grade", str(example), "--assignment", "churn", "--output", output]
        home = {name: value for name, value in os.environ.items() if not name.startswith("GRADER_")}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=home)
        return (Path(output) / "report.json").read_bytes()


@contextmanager
def served(command: list[str]) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a server whose command ends with its port; yield its address once it answers, and its process."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = subprocess.Popen([*command, str(port)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                httpx2.get(address, timeout=5)
                break
            except httpx2.TransportError:
                assert process.poll() is None, "the server ended as it began"
                time.sleep(0.1)
        yield address, process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def served_empty(folder: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run an application with one endpoint that does nothing."""
    Path(folder, "empty_app.py").write_text(EMPTY)
    command = [sys.executable, "-m", "uvicorn", "empty_app:app", "--app-dir", folder, "--no-access-log", "--port"]
    with served(command) as running:
        yield running


async def measure(address: str, empty: str, token: str, submission: str, rate: int, seconds: int) -> None:
    """Print how long each address takes, and how that compares to the empty endpoint."""
    api, headers = f"{address}/api/v1", {"Authorization": f"Bearer {token}"}
    asked = {
        "empty endpoint": empty,
        "list": f"{api}/submissions?limit=50",
        "ranking": f"{api}/assignments/churn/ranking?limit=50",
        "report": f"{api}/submissions/{submission}/report",
        "status": f"{api}/submissions/{submission}",
    }
    print(f"{'address':16} {'median':>9} {'95 %':>9} {'99 %':>9} {'ratio':>7}   at {rate} requests a second")
    async with httpx2.AsyncClient(headers=headers, timeout=60) as client:
        first = 0.0
        for name, url in asked.items():
            for _ in range(WARM):  # the first ones also load and compile what all others use
                await client.get(url)
            took = await at_rate(client, url, rate, seconds)
            first = first or share(took, 0.95)
            ratio = share(took, 0.95) / first
            print(f"{name:16} {told(took, 0.5)} {told(took, 0.95)} {told(took, 0.99)} {ratio:7.1f}", flush=True)


async def at_rate(client: httpx2.AsyncClient, url: str, rate: int, seconds: int) -> list[float]:
    """Ask at a constant rate and return the seconds from when each request was due to its answer."""
    began = time.perf_counter()

    async def one(number: int) -> float:
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        answer = await client.get(url)
        assert answer.status_code == 200, answer.text
        return time.perf_counter() - due

    return await asyncio.gather(*(one(number) for number in range(rate * seconds)))


async def measure_uploads(address: str, token: str, process: subprocess.Popen[bytes]) -> None:
    """Print how long an upload of 1 MB takes until it is queued, and the server's memory under many large ones."""
    url, headers = f"{address}/api/v1/submissions", {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=300) as client:
        took = []
        for _ in range(20):
            body = archive(1_000_000)
            began = time.perf_counter()
            await hand_in(client, url, body)
            took.append(time.perf_counter() - began)
        print(f"{'1 MB, queued':16} {told(took, 0.5)} {told(took, 0.95)}", flush=True)
        before = memory(process.pid)
        bodies = [archive(UPLOAD_BYTES) for _ in range(UPLOADS)]
        await asyncio.gather(*(hand_in(client, url, body) for body in bodies))
        grown = (peak(process.pid) - before) / 1e6
        large = f"{UPLOADS} uploads of {UPLOAD_BYTES / 1e6:.0f} MB at once"
        print(f"{large}: {grown:.0f} MB more than the {before / 1e6:.0f} MB before")


def measure_waiting(address: str, token: str) -> None:
    """Print how long a submission that comes to a slot which waits stays in line, by the times that are stored."""
    headers, took = {"Authorization": f"Bearer {token}"}, []
    url = f"{address}/api/v1/submissions"
    with slot_that_waits(), httpx2.Client(headers=headers, timeout=60) as client:
        for number in range(1 + WAITING):
            body = archive(1000)
            files = {"file": ("work.zip", body)}
            given = client.post(url, data={"assignment": "churn"}, files=files).json()
            row = through(client, f"{url}/{given['id']}")
            time.sleep(2 * secrets.SystemRandom().random())  # the slot looks for work at intervals: meet any moment
            if number:  # the first one waited for the slot to begin
                began, came = (datetime.fromisoformat(row[name]) for name in ("started_at", "created_at"))
                took.append((began - came).total_seconds())
    print(f"{'a waiting slot':16} {told(took, 0.5)} {told(took, 0.95)}   from queued to begun, {WAITING} submissions")


@contextmanager
def slot_that_waits() -> Iterator[None]:
    """Run a worker with one slot while inside; what the uploads before left in line is dropped."""
    engine = open_engine(os.environ["GRADER_DATABASE_URL"])
    line = Line(os.environ["GRADER_DATABASE_URL"])
    for job in line.waiting():
        line.leave(job)
    with transaction(engine) as session:
        session.execute(update(Job).where(Job.state == "queued").values(state="dropped", deadline_at=None))
    line.close()
    engine.dispose()
    worker = subprocess.Popen([GRADER, "worker", "--slots", "1"], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(120)


def through(client: httpx2.Client, url: str) -> dict[str, Any]:
    """Return the submission once it is published."""
    while True:
        row: dict[str, Any] = client.get(url).json()
        if row["state"] == "published":
            return row
        time.sleep(0.5)


async def hand_in(client: httpx2.AsyncClient, url: str, body: bytes) -> None:
    """Hand in an archive; it must be taken."""
    answer = await client.post(url, data={"assignment": "churn"}, files={"file": ("work.zip", body)})
    assert answer.status_code == 201, answer.text


def archive(size: int) -> bytes:
    """Return an archive of about so many bytes, unlike any other."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("predict.py", "print()")
        file.writestr("data.bin", secrets.token_bytes(size))
    return made.getvalue()


def share(took: list[float], part: float) -> float:
    """Return the time that so large a part did not exceed."""
    return sorted(took)[max(0, math.ceil(part * len(took)) - 1)] if part != 0.5 else statistics.median(took)


def told(took: list[float], part: float) -> str:
    """Return it in milliseconds, in a column."""
    return f"{1000 * share(took, part):6.1f} ms"


def memory(pid: int) -> int:
    """Return the bytes of memory that a process holds now."""
    return _status(pid, "VmRSS")


def peak(pid: int) -> int:
    """Return the most that it ever held."""
    return _status(pid, "VmHWM")


def _status(pid: int, name: str) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    sys.exit(main())
