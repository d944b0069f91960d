"""Assignment folders: read, validated, and their hidden data dealt out."""

from grader.assignment.deal import deal
from grader.assignment.handout import PACKAGES, find_public, handed_out, handed_out_data, handout
from grader.assignment.load import SLUG, find_assignment, find_folder, load_assignment
from grader.assignment.public import is_packet, public_files

__all__ = [
    "PACKAGES",
    "SLUG",
    "deal",
    "find_assignment",
    "find_folder",
    "find_public",
    "handed_out",
    "handed_out_data",
    "handout",
    "is_packet",
    "load_assignment",
    "public_files",
]
