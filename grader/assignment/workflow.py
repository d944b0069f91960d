"""The workflow files of a packet: on each push to a candidate's repository the Action tries the work out, or hands it
in.
"""

from __future__ import annotations

import math

from grader.model import Assignment

WORKFLOW = ".github/workflows/try-the-work.yml"
HAND_IN = ".github/workflows/hand-in.yml"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
INSTALLING = 15  # minutes: the grader and its environment, on a slow day
WAITING = 120  # minutes: for its turn, and to be graded
FETCHING = 30  # minutes: what a work's own list of packages asks for
TEXT = """\
# Tries the work out on every push as it will be run at grading, on the public data: does it run? No score is given.
# It came with the assignment and is no part of your work. It reads this repository and changes nothing.
name: Try the work

on:
  push:
  workflow_dispatch:

permissions:
  contents: read

concurrency:
  group: ${{ github.workflow }}-${{ github.ref }}
  cancel-in-progress: true # of an older push

jobs:
  try-the-work:
    name: Try the work
    runs-on: ubuntu-24.04
    timeout-minutes: MINUTES
    steps:
      - name: Take the work
        uses: CHECKOUT
        with:
          persist-credentials: false

      - name: Try it out
        uses: ACTION
        with:
          mode: preflight
          path: "." # the folder of your work
          assignment: "." # the folder of the packet
"""


HANDING_IN = """\
# Hands the work in on every push to main: the commit is graded, and counts as an attempt. Who works in a branch hands
# in when it is merged. It came with the assignment and is no part of your work.
name: Hand in

on:
  push:
    branches: [main]
  workflow_dispatch:

permissions: {}

concurrency:
  group: ${{ github.workflow }}-${{ github.ref }}
  cancel-in-progress: true # of the run for an older push; what it handed in by then is graded all the same

jobs:
  hand-in:
    name: Hand in
    runs-on: ubuntu-24.04
    timeout-minutes: MINUTES
    permissions:
      contents: read
      id-token: write # to sign in as a run of this repository: no secret is kept in it
    steps:
      - name: Take the work
        uses: CHECKOUT
        with:
          persist-credentials: false
          lfs: true

      - name: Hand it in
        uses: ACTION
        with:
          mode: submit
          server: ADDRESS
          path: "." # the folder of your work
"""


def workflow(assignment: Assignment, action: str) -> bytes:
    """Return the workflow that tries a work out with `action`, which is OWNER/NAME@COMMIT."""
    return _with(TEXT, MINUTES=str(_minutes(assignment)), CHECKOUT=CHECKOUT, ACTION=action)


def hand_in_workflow(action: str, server: str) -> bytes:
    """Return the workflow that hands a work in at the service `server` with `action`."""
    return _with(HANDING_IN, MINUTES=str(WAITING), CHECKOUT=CHECKOUT, ACTION=action, ADDRESS=server)


def _with(text: str, **values: str) -> bytes:
    for name, value in values.items():
        text = text.replace(f": {name}\n", f": {value}\n")
    return text.encode()


def _minutes(assignment: Assignment) -> int:
    fetching = FETCHING if assignment.environment == "requirements" else 0
    return math.ceil(assignment.limits.wall_s / 60) + INSTALLING + fetching
