"""Assignment folders: read, validated, and their hidden data dealt out."""

from grader.assignment.deal import deal
from grader.assignment.load import find_assignment, find_folder, load_assignment

__all__ = ["deal", "find_assignment", "find_folder", "load_assignment"]
