"""What further tables ask for: the truths of each, and whether the size of a batch tells them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import numpy as np

from grader.assignment.outputs import labels_table, positives
from grader.assignment.tables import read_table
from grader.authoring.association import strength
from grader.authoring.checks_features import GIVEN_AWAY
from grader.authoring.result import Finding, defect, ok
from grader.authoring.subject import Subject
from grader.model import OutputSpec

LEAST_SPLITS = 1000  # ways to choose as many positive batches: of fewer, one told by chance is no wonder


def truth_of(subject: Subject, spec: OutputSpec) -> dict[str, bool]:
    """Return of each key whether it is positive. Raises AssignmentError when a table is missing or broken."""
    assignment = subject.assignment
    if spec.column is not None:
        return positives(spec, labels_table(assignment, spec))
    labelled = set(subject.labels_table.column(assignment.data.id))
    return {key: key not in labelled for key in _cells(subject, assignment.data.id)}


def size_is_silent(subject: Subject, spec: OutputSpec, truth: Mapping[str, bool]) -> Finding:
    """Find batches that are positive by how many rows they have, which says nothing of what is in them."""
    batches = subject.assignment.data.batches
    if batches is None or spec.key != batches.column:
        return ok()
    counts = Counter(_cells(subject, batches.column))
    keys = [key for key in truth if key in counts]  # broken files have no rows
    rows, told = (np.array([float(of[key]) for key in keys]) for of in (counts, truth))
    value = strength(rows, told) if keys else 0.0
    if value < GIVEN_AWAY or math.comb(len(keys), int(told.sum())) < LEAST_SPLITS:
        return ok()
    return defect(
        f"the number of rows ranks the batches with a ROC AUC of {(1 + value) / 2:.3f}",
        where=f"data/hidden/{subject.assignment.data.hidden_features}: {batches.column}",
        mend="Draw the sizes of all batches by one law.",
    )


def _cells(subject: Subject, column: str) -> list[str]:
    """Return a column of the hidden features with the rows that have no label, which the subject leaves out."""
    name = subject.assignment.data.hidden_features
    return read_table(subject.hidden / name, name=f"data/hidden/{name}").column(column)
