"""what stands in rankings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SETTLED = """
UPDATE submissions SET stands = :yes
WHERE state = 'published' AND kind <> 'posted' AND NOT EXISTS (
    SELECT 1 FROM submissions AS later
    WHERE later.invitation_id = submissions.invitation_id AND later.state = 'published'
    AND later.attempt IS NOT NULL AND later.created_at > submissions.created_at
)
"""


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("submissions", sa.Column("stands", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(sa.text(SETTLED).bindparams(yes=True))
    _index_by("assignment", "outcome", "stands", "score", "id")


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    _index_by("assignment", "outcome", "score", "id")
    # not in a batch: SQLite would copy the table and drop the old one, and with it all rows that refer to its rows
    op.execute("ALTER TABLE submissions DROP COLUMN stands")


def _index_by(*columns: str) -> None:
    op.drop_index("ix_submissions_ranked", "submissions")
    op.create_index("ix_submissions_ranked", "submissions", columns)
