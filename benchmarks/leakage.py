"""How well leakage is found: labelled public files, read as the grader reads a submission, counted file by file.

    python benchmarks/leakage.py LABELS.csv --repositories FOLDER [--agreed LABELS] [--set NAME] [--errors] [--jobs 2]

LABELS.csv names repository, commit, path, sha1 and the label of each kind of leakage (1, 0, or empty where nobody
looked); FOLDER holds a git directory a repository, `owner+name/repo`. Files are taken at the labelled commit, checked
by their digest, and stripped of comments, which give labels away; nothing of them is kept. A file labelled 0 counts as
a true negative only where the list says that the whole file was looked at, or where no set says so at all. With the
labels of other readers of whole files (`leakage_read_again.csv`), only those that both agree on count.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import re
import statistics
import subprocess
import sys
import tempfile
import time
import tokenize
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from grader.evidence import SubprocessCodeReader
from grader.intake import take
from grader.model import CodeFacts

KINDS = ("preprocessing", "overlap", "scored_on_training_data", "multi_test", "temporal")
Labels = dict[tuple[str, str], dict[str, str]]
TRAIN_AS_TEST = "train as test"  # the pattern by which a set counts scoring on training rows as overlap


@dataclass
class Count:
    """True and false verdicts of one kind over one set, and the files in which they were false."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the accusations that were right."""
        return self.right / (self.right + len(self.wrong)) if self.right + len(self.wrong) else 1.0

    @property
    def recall(self) -> float:
        """Share of the labelled leaks that were found."""
        return self.right / (self.right + len(self.missed)) if self.right + len(self.missed) else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall (van Rijsbergen, 1979)."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True)
class Read:
    """One labelled file and what was found in it, in so many seconds."""

    row: dict[str, str]
    facts: CodeFacts
    seconds: float

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.row["path"].rpartition("/")[2]


def main() -> None:
    """Read every labelled file and print precision, recall and F1 of each kind and set, and what reading took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--repositories", type=Path, required=True)
    parser.add_argument("--set", action="append")
    parser.add_argument("--agreed", type=Path, help="labels of whole files that are to say the same")
    parser.add_argument("--errors", action="store_true", help="name the files that were judged wrongly")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    with options.labels.open(newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if not options.set or row["set"] in options.set]
    again = labels_of(options.agreed) if options.agreed else None
    reader = SubprocessCodeReader()
    with ThreadPoolExecutor(options.jobs) as pool:
        read = list(pool.map(lambda row: read_file(reader, row, options.repositories), rows))
    for name in dict.fromkeys(row["set"] for row in rows):
        print_set(name, [item for item in read if item.row["set"] == name], again, errors=options.errors)
    print_times(read)


def labels_of(path: Path) -> Labels:
    """Return the labels of each file, by repository and path."""
    with path.open(newline="") as handle:
        return {(row["repository"], row["path"]): row for row in csv.DictReader(handle)}


def read_file(reader: SubprocessCodeReader, row: dict[str, str], repositories: Path) -> Read:
    """Read one labelled file in the reader's own process. Ends the program where the file is not what was labelled."""
    git = repositories / row["repository"].replace("/", "+") / "repo"
    shown = ["git", f"--git-dir={git}", "show", f"{row['commit']}:{row['path']}"]
    data = subprocess.run(shown, capture_output=True, check=False).stdout
    if hashlib.sha1(data, usedforsecurity=False).hexdigest() != row["sha1"]:
        sys.exit(f"{row['path']} of {row['repository']} is not the file that was labelled, or is not in {git}.")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "work.py"
        source.write_text(without_comments(data.decode("utf-8", errors="replace")))
        submission = take(str(source), Path(folder) / "store")
        start = time.perf_counter()
        facts = reader.read(submission)
        return Read(row, facts, time.perf_counter() - start)


def without_comments(text: str) -> str:
    """Return the code with every comment blanked; of code that is no Python, the lines that begin with one."""
    lines = text.splitlines(keepends=True)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                row, start = token.start
                lines[row - 1] = lines[row - 1][:start] + lines[row - 1][token.end[1] :]
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return re.sub(r"^[ \t]*#.*$", "", text, flags=re.MULTILINE)
    return "".join(lines)


def count(read: list[Read], kind: str, again: Labels | None = None) -> Count:
    """Count one kind; a 0 that nobody vouches for is left out where the set tells safe ones from others, and so is
    what the labels `again`, of whole files, contradict.
    """
    vouched = any(item.row.get("file_negative_is_safe") == "1" for item in read)
    counted = Count()
    named = {kind}
    if kind == "overlap" and any(item.row.get("overlap_pattern") == TRAIN_AS_TEST for item in read):
        named.add("scored_on_training_data")
    for item in read:
        found, label = any(leak.kind in named for leak in item.facts.leaks), item.row.get(kind, "")
        is_safe = not vouched or item.row.get("file_negative_is_safe") == "1"
        if again is not None and label:
            other = any(again[item.row["repository"], item.row["path"]].get(name) == "1" for name in named)
            agreed = other == (label == "1") or (label == "0" and not is_safe)
            label, is_safe = (str(int(other)) if agreed else ""), True
        if label == "1":
            if found:
                counted.right += 1
            else:
                counted.missed.append(item.name)
        elif label == "0" and found and is_safe:
            counted.wrong.append(item.name)
    return counted


def print_set(name: str, read: list[Read], again: Labels | None, *, errors: bool) -> None:
    """Print a line a kind that the set has labels of."""
    print(f"\n{name}: {len(read)} files")
    print(f"{'kind':24} {'labelled':>8} {'found':>6} {'wrong':>6} {'precision':>10} {'recall':>7} {'F1':>6}")
    for kind in KINDS:
        counted = count(read, kind, again)
        labelled = counted.right + len(counted.missed)
        if not labelled and not counted.wrong:
            continue
        print(
            f"{kind:24} {labelled:8} {counted.right:6} {len(counted.wrong):6} "
            f"{counted.precision:10.3f} {counted.recall:7.3f} {counted.f1:6.3f}"
        )
        if errors:
            print(f"  wrong:  {' '.join(counted.wrong)}\n  missed: {' '.join(counted.missed)}")


def print_times(read: list[Read]) -> None:
    """Print how long reading took, and which files were not read whole."""
    times = sorted(item.seconds for item in read)
    print(f"\nreading: median {statistics.median(times):.3f} s, at most {times[-1]:.2f} s a file")
    failures: defaultdict[str, int] = defaultdict(int)
    for item in read:
        failures[item.facts.failure] += bool(item.facts.failure)
    for failure, times_seen in failures.items():
        if failure:
            print(f"{times_seen} files: {failure}")


if __name__ == "__main__":
    main()
