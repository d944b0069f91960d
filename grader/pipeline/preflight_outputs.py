"""Whether a table asked for beside the predictions is there and can be read, on the public sample."""

from __future__ import annotations

from grader.errors import SubmissionError
from grader.model import Deal, PreflightCheck, PublicAssignment
from grader.model.packet import PublicOutput


def check_output(data: bytes | None, output: PublicOutput, dealt: Deal, public: PublicAssignment) -> PreflightCheck:
    """Return what is said of one table: read as a grading reads it, and judged by nobody."""
    columns = " and ".join(name for name in (output.key, output.column) if name)
    if data is None:
        found = f"The run wrote no {output.file}. Write it to the output folder, with the column {columns}."
        return _check(output, False, found if output.column is None else found.replace("column", "columns"))
    from grader.evidence import read_written  # as all of evidence: only when there is something to read

    try:
        read_written(data, output.file, _keys(output, dealt, public), output.key, output.column)
    except SubmissionError as error:
        return _check(output, False, f"{error.message} {error.hint}".strip())
    return _check(output, True, f"It can be read, and has what is asked for: {columns} ({len(data):,} bytes).")


def _keys(output: PublicOutput, dealt: Deal, public: PublicAssignment) -> tuple[str, ...]:
    """Return names that rows may have: how many there are says how long a table may be."""
    if output.key == public.data.id:
        return dealt.ids
    return tuple(name.rpartition("/")[2] for name in dealt.files)


def _check(output: PublicOutput, passed: bool, found: str) -> PreflightCheck:
    return PreflightCheck(id="outputs", file=output.file, passed=passed, found=found)
