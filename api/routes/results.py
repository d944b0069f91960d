"""What a candidate may read of their result, by an allow-list: as JSON, and in Markdown with how it stands."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from api.identity import Asker, Known
from api.problems import Problem, answers
from api.reviewed import KnownReport, known_report
from api.routes.submissions import visible
from api.services import Served, Services
from api.versions import PRIVATE, UNCHANGED, IfNoneMatch, tagged, unchanged
from grader.github.facts import as_candidate, handed_in
from grader.model import Report, Span
from grader.report.candidate import CandidateCriterion, CandidateDimension, CandidateFailure, CandidateReport
from grader.report.candidate_markdown import candidate_markdown
from grader.store.database import reading
from grader.store.repositories import run_of
from grader.store.reviews import is_released, verdicts_in

router = APIRouter(tags=["reports"])
RESULT = CandidateReport(  # with no null in it: those are left out of descriptions
    assignment="Who is about to leave?",
    outcome="submission_failed",
    failure=CandidateFailure(
        code="notebook.cell_error",
        message="KeyError: 'tenure'",
        path="churn.ipynb",
        cell=4,
        line=2,
        hint="Run the notebook from top to bottom in a fresh kernel before handing it in.",
    ),
    score=41.5,
    low=41.5,
    high=41.5,
    unseen_data=0,
    dimensions=(
        CandidateDimension(
            title="Evaluation",
            weight=16,
            score=64.0,
            criteria=(
                CandidateCriterion(
                    title="The result comes with its spread",
                    verdict="partly",
                    reviewed=False,
                    reason="Results come from one split.",
                    advice="Judge by folds, and say how far they lie apart.",
                    evidence=(Span(path="churn.ipynb", cell=3, line=2, end_line=2, text="train_test_split(X, y)"),),
                ),
            ),
        ),
    ),
)


@router.get(
    "/submissions/{submission_id}/result",
    responses={
        200: {"content": {"application/json": {"example": RESULT.model_dump(mode="json")}}},
        **UNCHANGED,
        **answers(
            "identity.missing",
            "request.not_found",
            "request.invalid",
            "submission.not_graded",
            "submission.not_released",
            "github.public",
            "service.unavailable",
        ),
    },
)
def get_result(
    served: Served, asker: Known, submission_id: str, response: Response, if_none_match: IfNoneMatch = None
) -> CandidateReport:
    """Return what the candidate may read of their result, once there is a decision or it is released.

    Reviewers may read it at any time, and see what the candidate will.
    """
    with reading(served.engine) as session:
        found = known_report(session, submission_id, asker)
        if not asker.may("read") and not is_released(session, found.submission):
            raise Problem("submission.not_released", hint="You can read it once the reviewers have decided.")
        if _is_read_by_others(session, asker):
            raise Problem("github.public", hint="It can be read under the link of the invitation.")
    if same := unchanged(if_none_match, found.version):
        return same  # type: ignore[return-value]  # FastAPI passes a response on as it is
    response.headers.update(tagged(found.version))
    return _for_candidate(served, found)


@router.get(
    "/submissions/{submission_id}/summary",
    responses={
        200: {"description": "GitHub Markdown.", "content": {"text/markdown": {"schema": {"type": "string"}}}},
        **answers("identity.missing", "request.not_found", "service.unavailable"),
    },
    response_class=Response,
)
def get_summary(served: Served, asker: Known, submission_id: str) -> Response:
    """Return in Markdown how a submission stands, and what the candidate may read of its result by now."""
    with reading(served.engine) as session:
        row = visible(session, submission_id, asker)
        if row.state == "erased":
            raise Problem("request.not_found", "The submission was erased.")
        handed = handed_in(session, row)
        is_told = handed.is_released and row.report_id is not None and not _is_read_by_others(session, asker)
        found = known_report(session, submission_id, asker) if is_told else None
    result = None if found is None else _for_candidate(served, found)
    return Response(candidate_markdown(handed, result), media_type="text/markdown", headers=PRIVATE)


def _is_read_by_others(session: Session, asker: Asker) -> bool:
    """Return whether what is told stands where others read it: in the log and summary of a repository's run."""
    run = run_of(session, asker.token_id) if asker.is_run else None
    return run is not None and run.visibility != "private"


def _for_candidate(served: Services, found: KnownReport) -> CandidateReport:
    report = Report.model_validate_json(served.blobs.get(found.report.blob))
    return as_candidate(report, verdicts_in(found.reviews))
