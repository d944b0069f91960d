"""The Action's steps, each called by its name from action.yml; nothing but Python's standard library is needed."""

from __future__ import annotations

import os
import sys

from commands import error
from inputs import RefusedError, read_inputs, read_mode, read_submit


def main(step: str) -> int:
    """Do one step and return its exit status; an input that does not fit is one sentence and 2."""
    if step in ("allow", "install"):
        return _prepare(step)
    try:
        mode = read_mode(os.environ)
        if mode == "submit":
            return _submit(step)
        inputs = read_inputs(os.environ)
    except RefusedError as refused:
        error(str(refused))
        return 2
    if step != "try":
        return 0
    from preflight import preflight

    return preflight(inputs)


def _prepare(step: str) -> int:
    from install import install
    from namespaces import allow

    if step == "install":
        return install()
    allow()
    return 0


def _submit(step: str) -> int:
    inputs = read_submit(os.environ)
    if step != "submit":
        return 0
    from submit import submit  # loaded where it is needed: the step begins at once

    return submit(inputs)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
