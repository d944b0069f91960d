"""Asking a language model about a work's explanations: optional, off by default, before scoring and apart from it."""

from grader.asking.asker import Asker
from grader.asking.cache import AnswerCache
from grader.asking.client import ChatEndpoint

__all__ = ["AnswerCache", "Asker", "ChatEndpoint"]
