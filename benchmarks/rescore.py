"""How long a thousand stored reports take to be scored again, and what of that a plugin of others adds.

    python benchmarks/rescore.py [--reports 1000] [--repeat 3] [--longer 1]

The reports are made of the churn assignment's example works, each copy with comment lines of its own so that no two are
alike, read by the real reader and scored by the real rubric; only the result on unseen data is made up, for nothing is
run. `--longer 6` repeats each notebook's cells six times, to the length of a long take-home. Then the command is timed:
with nothing changed, with other weights, and with the example plugin installed.

Run on two cores beside other work (load 5 to 11), 1,000 reports took 14 to 15 s of processors and 13 to 44 s of wall
clock; with `--longer 6`, 24 to 26 s of processors, and of wall clock 24 to 59 s at a load of 5 to 7, 86 s at one of 11.
The process of the plugin is not counted in the processors' seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from grader.assignment import load_assignment
from grader.evidence import SubprocessCodeReader
from grader.intake import take
from grader.model import Assignment, Evidence, HiddenResult, Receipt, Report, Submission
from grader.plugins import Rubric, load_rubric
from grader.report import build_report
from grader.report.batch import write_summary
from grader.report.folder import write_folder
from grader.scoring import rubric_digest, score

ROOT = Path(__file__).resolve().parent.parent
CHURN = ROOT / "assignments" / "churn"
PLUGIN = ROOT / "tests" / "plugin_package"
BIN = Path(sys.executable).parent
COMMENTED = (".py", ".md")


def main() -> None:
    """Make the reports, then time each case `--repeat` times and print medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--longer", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        batch, site = Path(folder) / "batch", Path(folder) / "site"
        made = make_batch(batch, Path(folder) / "works", options.reports, options.longer)
        size = sum(path.stat().st_size for path in batch.glob("*/evidence.json")) / options.reports / 1024
        print(f"{options.reports:,} reports made in {made:.0f} s; evidence of {size:.0f} KB each on average")
        words = [str(BIN / "uv"), "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", str(site)]
        subprocess.run([*words, "--python", sys.executable, str(PLUGIN)], check=True)
        other = other_weights(Path(folder) / "churn")
        print(f"{'case':32} {'median s':>9} {'min s':>7} {'max s':>7} {'cpu s':>7} {'changed':>8}")
        report("nothing changed", [timed(batch, CHURN) for _ in range(options.repeat)])
        report("other weights, and back", [timed(batch, way) for _ in range(options.repeat) for way in (other, CHURN)])
        report("with a plugin of others", [timed(batch, CHURN, site) for _ in range(options.repeat)])


def make_batch(batch: Path, works: Path, number: int, longer: int) -> float:
    """Write `number` report folders and their ranking; return the seconds that took."""
    started, assignment, rubric = time.perf_counter(), load_assignment(CHURN), load_rubric()
    reports: list[tuple[str, Report]] = []
    examples = sorted(path for path in (CHURN / "examples").iterdir() if path.is_dir())
    with closing(SubprocessCodeReader()) as reader:
        for count in range(number):
            source = variant(examples[count % len(examples)], works / f"work-{count:04}", count, longer)
            submission = take(str(source), works / "store" / str(count))
            evidence = Evidence(
                files=submission.files,
                code=reader.read(submission),
                hidden=(unseen(count, assignment),),
                has_hidden_data=True,
            )
            reports.append((source.name, write(batch / source.name, submission, evidence, assignment, rubric)))
    write_summary(batch, reports)
    return time.perf_counter() - started


def variant(example: Path, target: Path, number: int, longer: int) -> Path:
    """Copy an example with a few comment lines before each file, as many and such as no other copy has."""
    shutil.copytree(example, target)
    for path in target.rglob("*"):
        if path.suffix in COMMENTED:
            path.write_text(f"# number {number}\n" * (1 + number % 20) + path.read_text())
        elif path.suffix == ".ipynb":
            notebook = json.loads(path.read_text().replace("import pandas", f"# number {number}\\nimport pandas", 1))
            notebook["cells"] = [{**cell, "id": str(place)} for place, cell in enumerate(notebook["cells"] * longer)]
            path.write_text(json.dumps(notebook))
    return target


def unseen(number: int, assignment: Assignment) -> HiddenResult:
    """Return a made-up result on unseen data, another for each number."""
    mark = (number % 97) / 100
    return HiddenResult(
        suite="iid", metric=assignment.metric.name, value=mark, low=mark - 0.01, high=mark + 0.01,
        baseline=assignment.metric.baseline, reference=assignment.metric.reference, normalised=mark,
        normalised_low=max(0, mark - 0.01), normalised_high=mark + 0.01, rows=1500, missing=0,
        curve=tuple((step / 50, min(1, step / 40)) for step in range(51)),
    )  # fmt: skip


def write(folder: Path, submission: Submission, evidence: Evidence, assignment: Assignment, rubric: Rubric) -> Report:
    """Write one report folder as a grading does, and return the report."""
    digest = rubric_digest(rubric.criteria)
    receipt = Receipt(
        grader_version="0", rubric_version=digest[:12], rubric_digest=digest, environment_digest="",
        weights=assignment.weights, assignment_digest=assignment.digest, data_digest=assignment.data_digest,
        seed=assignment.seed, limits=assignment.limits, run_id=submission.digest[:16],
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    made = build_report(
        assignment=assignment,
        submission=submission,
        evidence=evidence,
        score=score(evidence, rubric.criteria, assignment.weights),
        outcome="completed",
        sandbox_name="none",
        receipt=receipt,
    )
    write_folder(folder, made, evidence)
    return made


def other_weights(target: Path) -> Path:
    """Return a copy of the assignment that weighs evaluation more."""
    shutil.copytree(CHURN, target, ignore=shutil.ignore_patterns("examples"))
    path = target / "assignment.toml"
    text = path.read_text()
    head, _, rest = text.partition("\nevaluation = ")
    path.write_text(f"{head}\nevaluation = 30\n{rest.partition(chr(10))[2]}")
    return target


def timed(batch: Path, assignment: Path, site: Path | None = None) -> tuple[float, float, str]:
    """Return the seconds that one `grader rescore` of the whole batch took, those of processors, and how many changed.

    On a machine with other work only the processors' seconds say something.
    """
    environment = {**os.environ, **({"PYTHONPATH": str(site)} if site else {})}
    words = [str(BIN / "grader"), "rescore", str(batch), "--assignment", str(assignment)]
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    spent = time.perf_counter() - started
    line = next(line for line in done.stdout.splitlines() if " rescored: " in line)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processors = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, processors, line.split(": ")[1].split(" ")[0]


def report(case: str, times: list[tuple[float, float, str]]) -> None:
    """Print one row."""
    spent, processors = [row[0] for row in times], statistics.median(row[1] for row in times)
    columns = f"{statistics.median(spent):9.1f} {min(spent):7.1f} {max(spent):7.1f} {processors:7.1f} {times[0][2]:>8}"
    print(f"{case:32} {columns}", flush=True)


if __name__ == "__main__":
    main()
