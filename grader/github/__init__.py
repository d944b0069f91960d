"""What becomes of commits that runs handed in, told to GitHub as its App: a check run on each, and one comment."""

from grader.github.answers import Answers
from grader.github.app import GithubApp, read_key
from grader.github.rest import AwayError, GithubError, RestError

__all__ = ["Answers", "AwayError", "GithubApp", "GithubError", "RestError", "read_key"]
