"""The addresses of the API, one module a noun."""

from api.routes import submissions

ROUTERS = (submissions.router,)

__all__ = ["ROUTERS"]
