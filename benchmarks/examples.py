"""How long each example of each assignment takes to be graded, and what it scores: one after the other, two processors.

    python benchmarks/examples.py [SLUG ...] [--sandbox bubblewrap]

The time is that of the whole command, from SOURCE to the written report, as somebody waits for it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.assignment import load_assignment

ROOT = Path(__file__).resolve().parent.parent
GRADER = Path(sys.executable).with_name("grader")
MOST_S = 60.0
PROCESSORS = 2


def main() -> int:
    """Grade every example, print a line each, and return 1 where one took longer than a minute."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slugs", nargs="*", metavar="SLUG")
    parser.add_argument("--sandbox", default="bubblewrap", choices=["bubblewrap", "docker"])
    options = parser.parse_args()
    folders = [path.parent for path in sorted(ROOT.glob("assignments/*/assignment.toml"))]
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    print(f"{'assignment':20} {'example':28} {'score':>6} {'95%':>12} {'seconds':>8}  outcome")
    slowest = 0.0
    for folder in folders:
        if not options.slugs or folder.name in options.slugs:
            examples = load_assignment(folder).examples
            for example in (*examples.order, *examples.unscored):
                slowest = max(slowest, graded(folder, example, options.sandbox))
    print(f"The slowest took {slowest:.1f} s; {MOST_S:.0f} s are allowed.")
    return int(slowest > MOST_S)


def graded(folder: Path, example: str, sandbox: str) -> float:
    """Grade one example, print what came of it, and return the seconds it took."""
    with tempfile.TemporaryDirectory() as output:
        command = [str(GRADER), "grade", str(folder / "examples" / example), "--assignment", str(folder)]
        started = time.monotonic()
        subprocess.run([*command, "--sandbox", sandbox, "--output", output], check=True, stdout=subprocess.DEVNULL)
        took = time.monotonic() - started
        report = json.loads((Path(output) / "report.json").read_text())
    low, high = report["low"], report["high"]
    interval = "" if low is None else f"{low:.1f}–{high:.1f}"
    score = "–" if report["score"] is None else f"{report['score']:.1f}"
    outcome = report["failure"]["code"] if report["failure"] else report["outcome"]
    print(f"{folder.name:20} {example:28} {score:>6} {interval:>12} {took:8.1f}  {outcome}", flush=True)
    return took


if __name__ == "__main__":
    sys.exit(main())
