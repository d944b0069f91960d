"""The Action's steps, each called by its name from action.yml; nothing but Python's standard library is needed."""

from __future__ import annotations

import os
import sys

from commands import error
from inputs import RefusedError, read_inputs
from install import install
from namespaces import allow
from preflight import preflight


def main(step: str) -> int:
    """Do one step and return its exit status; an input that does not fit is one sentence and 2."""
    if step == "allow":
        allow()
        return 0
    if step == "install":
        return install()
    try:
        inputs = read_inputs(os.environ)
    except RefusedError as refused:
        error(str(refused))
        return 2
    return preflight(inputs) if step == "try" else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
