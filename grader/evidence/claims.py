"""What a work claims in words, and whether its run bears it out.

Words that set a goal, quote somebody else or speak of a baseline claim nothing; a figure that the run printed nothing
comparable to is neither right nor wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grader.evidence.figures import MAX_FIGURES, read_figures, read_printed
from grader.evidence.languages import FOLDS, NO_CLAIM, TRAINING, VALIDATION, words
from grader.evidence.notebooks import Notebook
from grader.evidence.vocabulary import METRIC, MODEL, RATIOS, metric_of, model_of
from grader.model import Claim, Document, Figure, Ranking, SavedText, Span

RATIO_TOLERANCE = 0.01
SHARE_TOLERANCE = 0.02  # of the value, for what is no ratio
MAX_RANKINGS = 40
_NO_CLAIM = re.compile(
    r"(?i)\b(at least|at most|goal|aim|target of|should|must|expect\w*|requir\w+|need\w*|would|could|might|previous\w*"
    r"|paper|literature|kaggle|leaderboard|random guess\w*|chance|baseline|reference|(?<!even )if|less than|more than"
    r"|better than|(?:over|under|above|below) (?:\d?\.\d|\d+ ?%|the|an?|that|this)|example|threshold"
    r"|improv\w+ (?:of|by)|gain\w*|increase\w*|drop\w*)(?!\w)|[<>≥≤]"
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_TESTED = re.compile(r"(?i)\b(?:test|held[- ]?out|unseen)\b")
_NO_CLAIM_ELSEWHERE = words(NO_CLAIM)
# Which rows a figure is of, where its line says so; no word means rows that were held out.
_ROWS = {
    "training": (re.compile(r"(?i)\btrain(?:ing)?\b(?! time)"), words(TRAINING)),
    "folds": (re.compile(r"(?i)\b(?:cv|cross[- ]?val\w*|folds?)\b|\d-fold"), words(FOLDS)),
    "validation": (re.compile(r"(?i)\b(?:val|valid|validation|dev|oob|out[- ]of[- ]bag)\b"), words(VALIDATION)),
}
_OVER = re.compile(r"(?i)\b(?:outperform\w*|beats?|(?:is|was|did|performs?|performed|does) (?:clearly )?better than)\b")
_BEHIND = re.compile(
    r"(?i)\b(?:(?:is|was|are|were|comes?|came|stays?|stayed|lags?|lagged|falls?|fell) (?:[a-z]+ ){0,3}behind"
    r"|(?:is|was|did|does|performs?|performed|scores?|scored) (?:[a-z]+ ){0,2}worse"
    r"|underperform(?:s|ed)?|trails|trailed)\b"
)
_BEST = re.compile(
    r"(?i)\b(?:(?:performs?|performed|did|does|works?|worked|is|was|scored|scores) (?:the )?best"
    r"|(?:best|winning)(?: performing)? (?:model|one|classifier|regressor)"
    r"|(?:has|had|gave|gives|achiev\w+|reach\w+|with) the (?:highest|best|lowest))\b"
)
_DENIED = re.compile(r"(?i)\b(?:not|n't|no|never|although|unless|if|would|could|should|whether|which|what|\?)\b|\?")


def read_claims(
    documents: Iterable[Document], notebooks: Iterable[Notebook]
) -> tuple[tuple[Figure, ...], tuple[Ranking, ...]]:
    """Return the figures and the rankings that README files, Markdown and notebooks' text claim."""
    texts = [(item.path, None, item.text) for item in documents if _is_prose(item)]
    texts += [(book.fact.path, cell, text) for book in notebooks for cell, text in book.markdown]  # type: ignore[misc]
    figures: list[Figure] = []
    rankings: list[Ranking] = []
    for path, cell, text in texts:
        figures += [item for item in read_figures(text, path, cell) if _is_claimed(_sentence(item))]
        rankings += _rankings(text, path, cell)
    return tuple(figures[:MAX_FIGURES]), tuple(rankings[:MAX_RANKINGS])


def read_saved(saved: Iterable[SavedText]) -> tuple[Figure, ...]:
    """Return the figures with a metric's name in what the notebooks had printed when they were handed in."""
    found = [item for text in saved for item in read_printed(text.text, text.path, text.cell)]
    return tuple(found[:MAX_FIGURES])


def check_claims(
    claimed: Sequence[Figure], rankings: Sequence[Ranking], observed: Sequence[Figure]
) -> tuple[Claim, ...]:
    """Return every claim with what the run showed of it, in the order given, figures first."""
    return (
        *(_check_figure(item, observed) for item in claimed),
        *(_check_ranking(item, observed) for item in rankings),
    )


def tolerance_of(figure: Figure) -> float:
    """Return how far a run may lie from the claim: 0.01 for ratios, 2 % for others, or half of its last digit."""
    usual = RATIO_TOLERANCE if figure.metric in RATIOS else SHARE_TOLERANCE * abs(figure.value)
    return max(usual, figure.unit / 2)


def _sentence(figure: Figure) -> str:
    """Return the sentence of its line in which a figure stands: what others hold back says nothing of it."""
    for sentence in _SENTENCE.split(figure.span.text):
        found = read_figures(sentence, figure.span.path)
        if any((item.metric, item.value) == (figure.metric, figure.value) for item in found):
            return sentence
    return figure.span.text


def _is_claimed(line: str) -> bool:
    return not (_NO_CLAIM.search(line) or _NO_CLAIM_ELSEWHERE.search(line))


def _is_prose(document: Document) -> bool:
    return document.kind in ("readme", "markdown") and not document.path.endswith(".ipynb")


def _check_figure(figure: Figure, observed: Sequence[Figure]) -> Claim:
    tolerance = tolerance_of(figure)
    claim = Claim(span=figure.span, metric=figure.metric, claimed=_shown(figure), tolerance=tolerance)

    def nearest(candidates: Sequence[Figure]) -> float | None:
        return min((item.value for item in candidates), key=lambda value: abs(value - figure.value), default=None)

    own, others = _comparable(figure, observed)
    same, other = nearest(own), nearest(others)
    if same is not None and abs(same - figure.value) <= tolerance + 1e-9:
        return claim.model_copy(update={"observed": same, "agrees": True})
    if other is not None and abs(other - figure.value) <= tolerance + 1e-9:
        if any(_rows(item.span.text) == _rows(figure.span.text) for item in own):
            return claim  # the run names another figure of this model: whose this one is, nobody knows
        return claim.model_copy(update={"observed": other, "agrees": True})
    refuting = [item for item in observed if _refutes(item, figure)]
    named = [item for item in refuting if _TESTED.search(item.span.text)] if _TESTED.search(figure.span.text) else []
    against = nearest(named or refuting)
    return claim if against is None else claim.model_copy(update={"observed": against, "agrees": False})


def _comparable(figure: Figure, observed: Sequence[Figure]) -> tuple[list[Figure], list[Figure]]:
    """Return the observed figures that are of the claim's model, and those of which nobody says whose they are.

    A number without a name may be of the claim's metric, but for one from a cell that computes other metrics alone.
    """
    known = [item for item in observed if item.metric == figure.metric or (not item.metric and _may_be(item, figure))]
    if not figure.subject:
        return known, []
    own = [item for item in known if item.subject == figure.subject]
    return own, [item for item in known if not item.subject]


def _may_be(item: Figure, figure: Figure) -> bool:
    return not item.among or figure.metric in item.among


def _refutes(item: Figure, figure: Figure) -> bool:
    """Tell whether an observed figure is surely of the same thing: metric, rows, and the model where one is named.

    A number that stands alone may be of anything, and one of training rows or of folds says nothing of held-out rows.
    """
    of_model = figure.subject in ("", item.subject)
    return item.metric == figure.metric and of_model and _rows(item.span.text) == _rows(figure.span.text)


def _rows(text: str) -> frozenset[str]:
    return frozenset(name for name, patterns in _ROWS.items() if any(pattern.search(text) for pattern in patterns))


def _shown(figure: Figure) -> str:
    return f"{figure.metric} {figure.value:.6g}" + (f" of {figure.subject}" if figure.subject else "")


def _rankings(text: str, path: str, cell: int | None) -> list[Ranking]:
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        for sentence in re.split(r"(?<=[.!?;])\s+", line[:1000]):
            span = Span(path=path, cell=cell, line=number, end_line=number, text=sentence.strip()[:200])
            found += _ranking(sentence, span)
    return found


def _ranking(sentence: str, span: Span) -> list[Ranking]:
    """Return what one sentence says of which model is best; one that denies, asks or names too many says nothing."""
    models = [(match.start(), model_of(match)) for match in MODEL.finditer(sentence)]
    names = list(dict.fromkeys(name for _, name in models))
    measured = {metric_of(match) for match in METRIC.finditer(sentence)}
    metric = measured.pop() if len(measured) == 1 else ""
    if not names or _DENIED.search(sentence):
        return []
    if behind := _BEHIND.search(sentence):
        return _worse(models, behind, metric, span)
    if (over := _OVER.search(sentence)) and len(names) == 2:
        before = [name for place, name in models if place < over.start()]
        after = [name for place, name in models if place > over.start()]
        if len(set(before)) == len(set(after)) == 1 and before[0] != after[0]:
            return [Ranking(span=span, best=before[0], over=after[0], metric=metric)]
        return []
    return [Ranking(span=span, best=names[0], metric=metric)] if _BEST.search(sentence) and len(names) == 1 else []


def _worse(models: list[tuple[int, str]], behind: re.Match[str], metric: str, span: Span) -> list[Ranking]:
    """Return what a sentence says that calls the one model before `behind` worse: than the one after it, or others."""
    before = {name for place, name in models if place < behind.start()}
    after = {name for place, name in models if place > behind.start()} - before
    alone = re.search(r"(?i)behind|trail", behind[0])  # worse alone may be worse than with other settings
    if len(before) != 1 or len(after) > 1 or not (after or alone):
        return []
    return [Ranking(span=span, best=after.pop() if after else "", over=before.pop(), metric=metric)]


def _check_ranking(ranking: Ranking, observed: Sequence[Figure]) -> Claim:
    """Compare the best figure of each model, by metric and rows; the claim holds where it does by any of them."""
    better, rest = ranking.best or "another model", ranking.over or "the others"
    said = f"{better} better than {rest}" + (f" by {ranking.metric}" if ranking.metric else "")
    claim = Claim(kind="ranking", span=ranking.span, metric=ranking.metric, claimed=said)
    groups: dict[tuple[str, frozenset[str]], list[Figure]] = {}
    for item in observed:
        rows = _rows(item.span.text)
        if item.subject and ranking.metric in ("", item.metric) and "training" not in rows:
            groups.setdefault((item.metric, rows), []).append(item)
    found = (_holds(ranking, metric, figures) for (metric, _), figures in groups.items())
    verdicts = [verdict for verdict in found if verdict is not None]
    return claim.model_copy(update={"agrees": any(verdicts)}) if verdicts else claim


def _holds(ranking: Ranking, metric: str, figures: Sequence[Figure]) -> bool | None:
    best: dict[str, float] = {}
    for item in figures:
        best[item.subject] = max(best.get(item.subject, float("-inf")), item.merit)
    better = [value for name, value in best.items() if name != ranking.over and ranking.best in ("", name)]
    others = [value for name, value in best.items() if name != ranking.best and ranking.over in ("", name)]
    if not better or not others:
        return None
    if metric == "":  # a number beside a name, of which nobody says whether more of it is better
        return True if max(better) >= max(others) else None
    return max(better) >= max(others)
