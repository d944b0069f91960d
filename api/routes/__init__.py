"""The addresses of the API, one module a noun."""

from api.routes import (
    assignments,
    audit,
    candidates,
    export,
    invitations,
    ranking,
    reports,
    reviews,
    session,
    submissions,
    tokens,
    users,
)

ROUTERS = (
    session.router,
    users.router,
    tokens.router,
    assignments.router,
    invitations.router,
    candidates.router,
    submissions.router,
    reports.router,
    reviews.router,
    ranking.router,
    export.router,
    audit.router,
)

__all__ = ["ROUTERS"]
