"""Traces: what a receiver gets of requests and gradings where an operator asks for it, and what nobody ever gets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from collector import Collector, collecting
from graded import bearer, hand_in, invite
from grading import QUICK, service, wait_for
from serving import CHURN, PASSWORD, publish, serving

from grader.jobs.otel import OtelSpans
from grader.store.database import transaction
from grader.store.tables import StoredSubmission

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
LOADED = "import sys, api.app, grader.cli.slot; api.app.application(); print([m for m in sys.modules if '.sdk' in m])"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as running:
        monkeypatch.setenv(ENDPOINT, running.address)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
        yield running


def test_each_request_is_a_span_by_its_route_and_tells_nobody_and_no_secret(
    database_url: str, tmp_path: Path, collector: Collector
) -> None:
    with serving(database_url, tmp_path / "home") as api:
        publish(api, CHURN)
        author = api.as_("author")
        ada = invite(api, author, "Ada Lovelace")
        submission = hand_in(api, bearer(ada["token"]))
        api.client.get(f"/api/v1/submissions/{submission}", headers=bearer(ada["token"]))
        api.client.get(f"/i/{ada['token']}", follow_redirects=False)
        api.client.post("/hand-in", data={"git": "https://git.example.org/ada-lovelace/churn"})
        api.client.get(f"/no/such/{ada['token']}", params={"token": ada["token"], "email": "ada@example.org"})
        api.client.get(f"/api/v1/submissions/{ada['token']}", headers=author)
        api.client.post("/api/v1/session", json={"email": "ada@example.org", "password": PASSWORD})
        api.client.get("/api/v1/candidates", params={"email": "ada@example.org"}, headers=author)
        api.client.get("/healthz")
    (handed,) = collector.named("POST /api/v1/submissions")
    assert handed.about["grader.submission"] == submission
    assert (handed.about["http.response.status_code"], handed.failed, handed.service) == (201, None, "grader-api")
    seen, asked = collector.named("GET /api/v1/submissions/{submission_id}")
    assert (seen.about["grader.submission"], "grader.submission" in asked.about) == (submission, False)
    assert len(collector.named("GET /i/{token}")) == 1
    assert len(collector.named("GET")) == 1  # a path that nobody has
    assert not collector.named("GET /healthz")
    refused = [span.failed for span in collector.spans if span.about["http.response.status_code"] in (401, 403, 404)]
    assert refused
    assert set(refused) == {None}  # what an asker does wrong is no failure of ours
    everything = b"".join(collector.bodies).lower()
    secrets = (ada["token"], author["Authorization"].split()[1], PASSWORD)
    people = ("lovelace", "ada@", "example.org", "127.0.0.1", "testclient")
    assert [word for word in (*secrets, *people) if word.lower().encode() in everything] == []


def test_a_request_that_fails_on_our_side_is_a_failed_span(
    database_url: str, tmp_path: Path, collector: Collector
) -> None:
    with serving(database_url, tmp_path / "home") as api:
        publish(api, CHURN)
        ada = invite(api, api.as_("author"))
        (tmp_path / "home" / "blobs").rename(tmp_path / "away")
        (tmp_path / "home" / "blobs").write_text("a file where the folder was")
        files = {"file": ("work.py", b"print()", "text/x-python")}
        assert api.client.post("/api/v1/submissions", files=files, headers=bearer(ada["token"])).status_code == 503
    (handed,) = collector.named("POST /api/v1/submissions")
    assert (handed.failed, handed.about["error.type"]) == ("503", "503")


def test_each_grading_is_a_span_with_its_steps_below_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None, collector: Collector
) -> None:
    with service(database_url, str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        good, broken = running.hand_in(f"# Ada Lovelace, ada@example.org\n{QUICK}"), running.hand_in("raise OSError(7)")
        odd = running.hand_in()
        with transaction(running.engine) as session:
            session.get_one(StoredSubmission, odd).kind = "nonsense"  # a defect of ours
        with running.workers(1):
            wait_for(lambda: len(collector.named("grading")) == 3)
    gradings = {span.about["grader.submission"]: span for span in collector.named("grading")}
    assert set(gradings) == {good, broken, odd}
    assert gradings[good].about | {"grader.job": f"{good}-1", "grader.kind": "run", "grader.turn": 1} == (
        gradings[good].about
    )
    assert (gradings[good].about["grader.outcome"], gradings[good].about["grader.became"]) == ("completed", "published")
    assert (gradings[good].failed, gradings[good].service) == (None, "grader-worker")
    below = {span.name: span for span in collector.below(gradings[good])}
    assert set(below) == {"fetch", "run", "score", "publish"}
    assert {span.trace for span in below.values()} == {gradings[good].trace}
    told = {name: [span.name for span in collector.below(below[name])] for name in ("run", "score")}
    assert [name for name in told["run"] if name in ("intake", "sandbox", "collect")] == [
        "intake",
        "sandbox",
        "collect",
    ]
    assert told["score"] == ["score"]
    assert gradings[broken].about["grader.outcome"] == "submission_failed"
    assert gradings[broken].failed is None  # the work failed, and its grading did not
    assert gradings[odd].failed is not None
    (run,) = [span for span in collector.below(gradings[odd]) if span.name == "run"]
    assert run.failed == "KeyError"
    everything = b"".join(collector.bodies)
    assert [word for word in (b"Lovelace", b"example.org", b"predict.py", b"nonsense") if word in everything] == []


def test_of_what_is_raised_the_type_is_told_and_no_message(collector: Collector) -> None:
    spans = OtelSpans("grader-test", "one")

    def fails() -> None:
        with spans.span("outer") as outer, spans.span("inner") as inner:
            for cell in ("first", "first"):
                inner.step(cell)
            inner.step("second")
            outer.tell({"grader.turn": 2})
            raise ValueError("thg_api_secret of ada@example.org")

    with pytest.raises(ValueError, match="secret"):
        fails()
    spans.close()
    found = {span.name: span for span in collector.spans}
    assert len(collector.spans) == 4
    assert {name: span.failed for name, span in found.items()} == {
        "first": None,
        "second": "ValueError",
        "inner": "ValueError",
        "outer": "ValueError",
    }
    assert [found[name].parent for name in ("first", "second", "inner", "outer")] == [
        found["inner"].id,
        found["inner"].id,
        found["outer"].id,
        b"",
    ]
    assert b"secret" not in b"".join(collector.bodies)


def test_the_services_name_is_the_operators_to_choose(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "hiring")
    spans = OtelSpans("grader-test", "one")
    with spans.span("outer"):
        pass
    spans.close()
    assert [span.service for span in collector.spans] == ["hiring"]


def test_a_receiver_that_is_away_keeps_no_request_waiting(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:1")
    with serving(database_url, tmp_path / "home") as api:
        assert api.client.get("/api/v1/session", headers=api.as_("author")).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {ENDPOINT: "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"},
        {ENDPOINT: "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_nothing_is_loaded_where_no_traces_are_asked_for(tmp_path: Path, asked: dict[str, str]) -> None:
    assert run(LOADED, tmp_path, asked).stdout.strip() == "[]"
    assert "opentelemetry.sdk.trace" in run(LOADED, tmp_path, {"OTEL_TRACES_EXPORTER": "otlp"}).stdout


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({ENDPOINT: "localhost:4318"}, f"{ENDPOINT} must begin with http://"),
        ({ENDPOINT: "http://localhost:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "sent by http/protobuf alone"),
        ({ENDPOINT: "http://localhost:4318"}, f"{ENDPOINT} asks for traces, and what sends them is not installed"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_what_cannot_be_sent_is_said_in_a_sentence(
    tmp_path: Path, asked: dict[str, str], said: str, command: str
) -> None:
    without = "sys.modules['opentelemetry.sdk'] = None; " if "not installed" in said else ""
    done = run(
        f"import sys; {without}sys.argv = ['grader', {command!r}]; from grader.cli import main; main()", tmp_path, asked
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def run(code: str, home: Path, asked: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    environment = kept | {"GRADER_HOME": str(home)} | asked
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
