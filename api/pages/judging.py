"""A reviewer's page for what people say of a report: judge a criterion otherwise, comment, decide, release."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi import Response as Answer
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from api.identity import Asker, refuse_cross_site
from api.pages.page import page, problem_page
from api.pages.reviewing import reviewer
from api.problems import Problem
from api.reviewed import after_review, known_report
from api.routes.reviews import NewReview
from api.routes.reviews import review as review_over_the_api
from api.routes.runs import address_of, runs_of
from api.services import Served, Services
from grader.errors import GraderError
from grader.model import Report
from grader.report.reviewed import criteria_by_id
from grader.store.database import reading
from grader.store.reviews import MOST_CHARACTERS, decision_in, overrides_in

router = APIRouter(include_in_schema=False)
CHANGED = (
    "Somebody has said something of it, or it was graded again, since you opened the page. Look at it as it is now, "
    "and send yours anew."
)
AS_JUDGED = "as the rubric judged it"
NOTHING_SENT: dict[str, str | None] = {"kind": "", "criterion": "", "verdict": "", "text": ""}


@router.get("/submissions/{submission_id}/review")
def show(request: Request, served: Served, submission_id: str) -> Response:
    """Show what was said of the report so far, with a form for each thing that can be said."""
    asker = reviewer(request, served)
    return RedirectResponse("/sign-in", 303) if asker is None else _shown(served, asker, submission_id)


@router.post("/submissions/{submission_id}/review")
def say(
    request: Request,
    served: Served,
    submission_id: str,
    kind: Annotated[str, Form(max_length=20)],
    version: Annotated[str, Form(max_length=100)],
    criterion: Annotated[str, Form(max_length=100)] = "",
    verdict: Annotated[str, Form(max_length=20)] = "",
    text: Annotated[str, Form(max_length=2 * MOST_CHARACTERS)] = "",
) -> Response:
    """Say one thing by its form; what is wrong is said on the page, with the text as it was sent."""
    refuse_cross_site(request, served)
    asker = reviewer(request, served)
    if asker is None:
        return RedirectResponse("/sign-in", 303)
    given = {"kind": kind, "criterion": criterion or None, "verdict": verdict or None}
    try:
        said = NewReview.model_validate({**given, "text": text.replace("\r\n", "\n")})
        review_over_the_api(served, asker, submission_id, said, Answer(), f'"{version}"')
    except ValidationError as error:
        problem, status = f"{error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}.", 422
    except Problem as refused:
        problem, status = f"{refused.detail} {refused.hint}".strip(), refused.status
        problem = CHANGED if refused.code == "request.precondition" else problem
    except GraderError as error:
        problem, status = f"{error.message} {error.hint}".strip(), error.http_status
    else:
        return RedirectResponse(f"/submissions/{submission_id}/review", 303)
    return _shown(served, asker, submission_id, problem, status, sent={**given, "text": text})


def _shown(
    served: Services,
    asker: Asker,
    submission_id: str,
    problem: str = "",
    status: int = 200,
    sent: dict[str, str | None] | None = None,
) -> HTMLResponse:
    try:
        with reading(served.engine) as session:
            found = known_report(session, submission_id, asker)
            run = next(iter(runs_of(session, found.submission, asker)), None)
    except Problem as refused:
        return problem_page(refused, "No review")
    report = Report.model_validate_json(served.blobs.get(found.report.blob))
    _, reviewed = after_review(report, found)
    return page(
        "review.html.j2",
        status,
        asker=asker,
        row=found.submission,
        version=found.version,
        person=found.person,
        run=run,
        on_github=address_of(run, served.settings.github_issuer) if run else "",
        report=report,
        reviewed=reviewed,
        overrides=overrides_in(found.reviews),
        titles={name: item.title for name, item in criteria_by_id(report).items()},
        said=[(review, found.authors.get(review.author_id, "")) for review in reversed(found.reviews)],
        decision=decision_in(found.reviews),
        problem=problem,
        sent=sent or NOTHING_SENT,
        AS_JUDGED=AS_JUDGED,
        most=MOST_CHARACTERS,
    )
