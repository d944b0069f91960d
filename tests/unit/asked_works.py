"""A work with explanations, somebody to ask about it, and what comes of the answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model_server import QUOTE, ModelServer
from rubric_evidence import CRITERIA, work

from grader.asking import AnswerCache, Asker, ChatEndpoint
from grader.model import Evidence
from grader.scoring import score

KEY = "sk-very-secret-0123456789"
README = f"# Churn\n{QUOTE} on the same folds, so the forest is kept. Rows of one month only: the season is unseen.\n"


def asker(server: ModelServer, folder: Path, **more: Any) -> Asker:
    endpoint = ChatEndpoint(server.url, "small-model", KEY, more.pop("seconds", 2.0), wait_s=0.01)
    return Asker(endpoint, AnswerCache(folder / "answers"), **more)


def evidence(readme: str = README) -> Evidence:
    return work({"README.md": readme, "train.py": "import pandas\nmodel.fit(X)\n"})


def verdicts(found: Evidence) -> dict[str, tuple[str, str]]:
    scored = score(found, tuple(CRITERIA.values()), None)
    criteria = [item for part in scored.dimensions if part.id == "explanations" for item in part.criteria]
    return {item.id: (item.verdict, item.reason) for item in criteria}
