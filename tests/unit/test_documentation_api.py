"""The page of the API says every problem, scope and bound as they are."""

from __future__ import annotations

import re
from pathlib import Path

from api.limits import SigningIn
from api.problems import PROBLEMS
from grader.store.people import ROLES, SCOPES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "api.md").read_text()


def test_every_problem_is_documented_with_its_status_and_no_other() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| (\d+) \| (.*?) \|$", PAGE, flags=re.MULTILINE)
    assert {code: (int(status), title) for code, status, title in rows} == PROBLEMS


def test_every_scope_is_documented_with_the_roles_that_have_it() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .*? \| (yes|no) \| (yes|no) \| (yes|no) \|$", PAGE, flags=re.MULTILINE)
    told = {scope: [answer == "yes" for answer in answers] for scope, *answers in rows}
    assert told == {scope: [scope in ROLES[role] for role in ("reviewer", "author", "admin")] for scope in SCOPES}


def test_the_bounds_on_attempts_to_sign_in_are_the_documented_ones() -> None:
    bounds = SigningIn.by()
    at_email, at_address = bounds.by_email._burst, bounds.by_address._burst
    assert f"{at_email} at once at an e-mail address" in PAGE
    assert f"{at_address} at once from an address" in PAGE
