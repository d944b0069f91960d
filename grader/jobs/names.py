"""Names under which the durable workflows are kept in the database: what is queued by one version, another finds."""

from __future__ import annotations

APPLICATION = "takehome-grader"
QUEUE = "grading"
WORKFLOW = "grade"
VERSION = "1"  # raised only when a workflow's steps change: jobs that wait then need workers of their own version
