"""The addresses of the API, one module a noun."""

from api.routes import assignments, audit, invitations, reports, reviews, session, submissions, tokens, users

ROUTERS = (
    session.router,
    users.router,
    tokens.router,
    assignments.router,
    invitations.router,
    submissions.router,
    reports.router,
    reviews.router,
    audit.router,
)

__all__ = ["ROUTERS"]
