"""Plain pages, so that a browser is enough: handing in with an invitation, and reading what was graded."""

from api.pages import handing_in, reviewing, signing_in

ROUTERS = (signing_in.router, handing_in.router, reviewing.router)

__all__ = ["ROUTERS"]
