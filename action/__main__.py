"""The Action's steps, each called by its name from action.yml; nothing but Python's standard library is needed.

Pythons that are too old for the other files read this one, to say so: it has no syntax that they lack.
"""

import os
import sys

OLDEST = (3, 8)


def main(step: str) -> int:
    """Do one step and return its exit status; an input that does not fit is one sentence and 2."""
    if sys.version_info < OLDEST:
        found, needed = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
        print("::error::The runner's python3 is Python {}: install Python {} or later there.".format(found, needed))
        return 2
    from commands import error
    from inputs import RefusedError

    try:
        return _done(step)
    except RefusedError as refused:
        error(str(refused))
        return 2


def _done(step: str) -> int:
    if step in ("allow", "install"):
        return _prepare(step)
    from inputs import read_inputs, read_mode

    if read_mode(os.environ) == "submit":
        return _submit(step)
    inputs = read_inputs(os.environ)
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
    from inputs import read_submit

    inputs = read_submit(os.environ)
    if step != "submit":
        return 0
    from submit import submit  # loaded where it is needed: the step begins at once

    return submit(inputs)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
