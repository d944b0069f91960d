"""The live API, asked by schemathesis with what its description allows: no 5xx, no status that is not described."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from grading import Service, service
from test_serving import served

from grader.store.database import transaction
from grader.store.people import add_user
from grader.store.secrets_shown import new_token

SCOPES = ("read", "submit", "review", "author", "admin")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture
def ready(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("GRADER_REQUESTS_PER_SECOND", "0")
    with service(database_url, str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        yield running


def test_nothing_that_the_description_allows_breaks_the_api(ready: Service, tmp_path: Path) -> None:
    with transaction(ready.engine) as session:
        user = add_user(session, "admin@example.org", "admin")
        token, _ = new_token(session, "api", user_id=user.id, scopes=SCOPES)
    ready.hand_in()
    with served(slots=0) as address:
        program = str(Path(sys.executable).parent / "schemathesis")
        command = [program, "run", f"{address}/api/v1/openapi.json", "--header", f"Authorization: Bearer {token}"]
        bounds = ["--checks", CHECKS, "--phases", "fuzzing", "--max-examples", "10", "--no-color", "--seed", "1"]
        bounds += ["--suppress-health-check", "too_slow"]
        done = subprocess.run(
            [*command, *bounds], cwd=tmp_path, capture_output=True, text=True, timeout=1500, check=False
        )
    assert done.returncode == 0, done.stdout[-6000:]
