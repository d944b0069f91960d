"""The audit log: who did what to what, added in the transaction that does it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from grader.store.tables_of_operation import AuditEntry


def note(session: Session, actor: str, action: str, object: str, **detail: Any) -> AuditEntry:
    """Add an entry. `detail` may hold neither a secret nor what identifies a candidate, who can be erased."""
    entry = AuditEntry(actor=actor, action=action, object=object, detail=detail)
    session.add(entry)
    return entry
