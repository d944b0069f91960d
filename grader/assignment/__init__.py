"""Assignment folders: read, validated, and their hidden data dealt out."""

from grader.assignment.deal import deal
from grader.assignment.handout import PACKAGES, handout
from grader.assignment.load import find_assignment, find_folder, load_assignment
from grader.assignment.public import find_public, is_packet

__all__ = [
    "PACKAGES",
    "deal",
    "find_assignment",
    "find_folder",
    "find_public",
    "handout",
    "is_packet",
    "load_assignment",
]
