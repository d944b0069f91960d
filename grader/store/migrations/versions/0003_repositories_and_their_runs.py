"""repositories and their runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "bound_repositories",
        sa.Column("invitation_id", sa.String(length=32), nullable=False),
        sa.Column("repository_id", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.String(length=20), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_bound_repositories_invitation_id")
        ),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_bound_repositories")),
    )
    with op.batch_alter_table("bound_repositories", schema=None) as batch_op:
        batch_op.create_index("ix_bound_repositories_ids", ["repository_id", "owner_id"], unique=False)

    op.create_table(
        "github_runs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("jti", sa.String(length=64), nullable=False),
        sa.Column("invitation_id", sa.String(length=32), nullable=False),
        sa.Column("token_id", sa.String(length=32), nullable=True),
        sa.Column("submission_id", sa.String(length=32), nullable=True),
        sa.Column("repository_id", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.String(length=20), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("run_id", sa.String(length=20), nullable=False),
        sa.Column("run_attempt", sa.String(length=20), nullable=False),
        sa.Column("workflow_ref", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.String(length=20), nullable=False),
        sa.Column("runner", sa.String(length=50), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitations.id"], name=op.f("fk_github_runs_invitation_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_github_runs_submission_id")),
        sa.ForeignKeyConstraint(["token_id"], ["tokens.id"], name=op.f("fk_github_runs_token_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_github_runs")),
        sa.UniqueConstraint("jti", name=op.f("uq_github_runs_jti")),
        sa.UniqueConstraint("token_id", name=op.f("uq_github_runs_token_id")),
    )
    with op.batch_alter_table("github_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_github_runs_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_github_runs_invitation_id"), ["invitation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_github_runs_submission_id"), ["submission_id"], unique=False)


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    with op.batch_alter_table("github_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_github_runs_submission_id"))
        batch_op.drop_index(batch_op.f("ix_github_runs_invitation_id"))
        batch_op.drop_index(batch_op.f("ix_github_runs_created_at"))

    op.drop_table("github_runs")
    with op.batch_alter_table("bound_repositories", schema=None) as batch_op:
        batch_op.drop_index("ix_bound_repositories_ids")

    op.drop_table("bound_repositories")
