"""What a regrade changed, worked out from the two reports as they are stored."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy.orm import Session

from grader.errors import GraderError
from grader.jobs.patience import patiently
from grader.model import Report
from grader.pipeline import changes_between
from grader.store.blobs import Blobs
from grader.store.tables import BatchItem, StoredReport

TOLD = {"before", "after", "rubric_before", "rubric_after", "verdicts", "texts_changed"}

AWAY_FOR_S = 60.0

log = logging.getLogger(__name__)


def report_before(session: Session, batch_id: str, submission_id: str) -> str | None:
    """Return the key of the report that an item had before."""
    item = session.get_one(BatchItem, (batch_id, submission_id))
    row = session.get(StoredReport, item.before_id) if item.before_id else None
    return row.blob if row else None


def difference(blobs: Blobs, before: str | None, after: str) -> dict[str, Any] | None:
    """Return what is different between two stored reports, None where they cannot be compared."""
    if before is None:
        return None
    try:
        old, new = _read(blobs, before), _read(blobs, after)
    except (GraderError, ValueError) as error:  # the latter: one by a version that wrote them otherwise
        log.warning("two reports cannot be compared: %s", type(error).__name__)
        return None
    found = changes_between("", new.submission.name, old, new)
    outcomes = {"outcome_before": old.outcome, "outcome_after": new.outcome}
    changed = found.changed or old.outcome != new.outcome
    return found.model_dump(mode="json", include=TOLD) | outcomes | {"changed": changed}


def _read(blobs: Blobs, key: str) -> Report:
    return Report.model_validate_json(patiently(lambda: blobs.get(key), within_s=AWAY_FOR_S))
