"""Plain pages, so that a browser is enough: handing in with an invitation, reading and judging what was graded."""

from api.pages import handing_in, judging, reviewing, signing_in

ROUTERS = (signing_in.router, handing_in.router, reviewing.router, judging.router)

__all__ = ["ROUTERS"]
