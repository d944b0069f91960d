"""`grader grade --post`: reports that were made here, sent to a running service, signed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict

import httpx2
from rich.console import Console
from rich.markup import escape

from grader.cli.service_client import API, body_of, check_address, unreachable
from grader.errors import UsageError
from grader.model import Report
from grader.report import report_json
from grader.store.posting import HEADERS, signed

WITHIN_S = 60.0


def check_posting(url: str, token: str, assignment: str | None) -> None:
    """Raise UsageError, before anything is graded, where nothing could be posted to `url`."""
    if not token:
        raise UsageError(
            "--post needs a token to sign by",
            hint="Make one where the service runs: grader token new EMAIL --scope post. Then set GRADER_TOKEN.",
        )
    check_address(url, token, "--post")
    if assignment is None:
        raise UsageError(
            "--post needs --assignment: a service takes no reports on portfolio pieces",
            hint="Say for which of its assignments the work is, or leave --post out.",
        )


def post_all(console: Console, reports: Sequence[tuple[str, Report]], url: str, token: str) -> None:
    """Post the reports and say where they are. Raises UsageError where one is refused, InfrastructureError where the
    service cannot be reached; those that were posted before stay posted, and posting again doubles none.
    """
    with httpx2.Client(base_url=url.rstrip("/") + API, timeout=WITHIN_S) as client:
        for name, report in reports:
            posted = body_of(_post(client, report_json(report).encode(), token))
            console.print(f"{escape(name)} is posted: [bold]{escape(posted['id'])}[/bold].")


def _post(client: httpx2.Client, body: bytes, token: str) -> httpx2.Response:
    shown = asdict(signed(token, body, int(time.time())))
    headers = {HEADERS[name]: str(value) for name, value in shown.items()}
    try:
        return client.post("/reports", content=body, headers=headers | {"Content-Type": "application/json"})
    except httpx2.TransportError as error:
        raise unreachable(error, "--post") from error
