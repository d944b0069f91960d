"""The addresses of the API, one module a noun."""

from api.routes import (
    assignments,
    audit,
    batch_items,
    batches,
    candidates,
    commits,
    export,
    github,
    invitations,
    oidc,
    operation,
    posting,
    ranking,
    reports,
    results,
    reviews,
    runs,
    session,
    submissions,
    tokens,
    users,
    webhooks,
)

ROUTERS = (
    session.router,
    oidc.router,
    github.router,
    users.router,
    tokens.router,
    assignments.router,
    invitations.router,
    candidates.router,
    submissions.router,
    commits.router,
    runs.router,
    reports.router,
    results.router,
    posting.router,
    reviews.router,
    batches.router,
    batch_items.router,
    ranking.router,
    export.router,
    webhooks.router,
    audit.router,
)
AT_THE_ROOT = (operation.router,)

__all__ = ["AT_THE_ROOT", "ROUTERS"]
