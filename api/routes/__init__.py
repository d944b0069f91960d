"""The addresses of the API, one module a noun."""

from api.routes import assignments, audit, invitations, submissions

ROUTERS = (assignments.router, invitations.router, submissions.router, audit.router)

__all__ = ["ROUTERS"]
