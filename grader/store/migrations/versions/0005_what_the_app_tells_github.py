"""what the App tells GitHub."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "github_answers",
        sa.Column("invitation_id", sa.String(length=32), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("issue", sa.BigInteger(), nullable=True),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("comment_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitations.id"], name=op.f("fk_github_answers_invitation_id")),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_github_answers")),
    )
    with op.batch_alter_table("github_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_github_answers_next_at"), ["next_at"], unique=False)

    with op.batch_alter_table("github_runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("visibility", sa.String(length=20), server_default="", nullable=False))

    op.create_table(
        "github_checks",
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("check_run_id", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_github_checks_submission_id")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_github_checks")),
    )


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    op.drop_table("github_checks")
    with op.batch_alter_table("github_runs", schema=None) as batch_op:
        batch_op.drop_column("visibility")

    with op.batch_alter_table("github_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_github_answers_next_at"))

    op.drop_table("github_answers")
