"""The workflow file of a packet: on each push to a candidate's repository the Action tries the work out."""

from __future__ import annotations

import math

from grader.model import Assignment

WORKFLOW = ".github/workflows/try-the-work.yml"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
INSTALLING = 15  # minutes: the grader and its environment, on a slow day
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


def workflow(assignment: Assignment, action: str) -> bytes:
    """Return the workflow that tries a work out with `action`, which is OWNER/NAME@COMMIT."""
    values = {"MINUTES": str(_minutes(assignment)), "CHECKOUT": CHECKOUT, "ACTION": action}
    text = TEXT
    for name, value in values.items():
        text = text.replace(f": {name}\n", f": {value}\n")
    return text.encode()


def _minutes(assignment: Assignment) -> int:
    fetching = FETCHING if assignment.environment == "requirements" else 0
    return math.ceil(assignment.limits.wall_s / 60) + INSTALLING + fetching
