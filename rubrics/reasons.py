"""Sentences that say which model is chosen and why: by its result, or against it for a reason of another kind."""

from __future__ import annotations

import re
from itertools import pairwise

from grader import Evidence, Span
from rubrics.languages import REASONS, names_one, words
from rubrics.prose import sentences

BECAUSE = words(REASONS)
RESULT = re.compile(
    r"(?i)\d[.,]\d|\d ?%|(?<![a-z])(roc|auc|f1|accuracy|precision|recall|rmse|mse|mae|mape|r2|r²|loss)(?![a-z])"
    r"|\b(scores?|errors?|results?)\b|\b(outperform|beat)\w*|\bthan\b"
)
AIM = re.compile(r"(?i)\bto (achieve|maximi[sz]e|minimi[sz]e|get|find|obtain|reach|improve)\b")
NICKNAMES = {"randomforest": "forest", "gradientboosting": "boosting", "logisticregression": "logistic",
             "linearregression": "linearmodel", "lgbm": "lightgbm", "xgb": "xgboost", "kneighbors": "knn"}  # fmt: skip
# What stands in capitals for a class, by what the class's name holds; "NB:" is a note.
ABBREVIATIONS = {
    "logisticregression": "LR|LogReg", "linearregression": "LR|OLS", "randomforest": "RF", "decisiontree": "DT",
    "extratrees": "ET", "gradientboosting": "GBM|GBC|GBR|GBT|GBDT|GB|HGB", "xgb": "XGB", "lgbm": "LGBM|LGB",
    "svc": "SVM|SVC", "svr": "SVM|SVR", "kneighbors": "KNN|kNN", "nb": "NB", "mlp": "MLP|NN", "sgd": "SGD",
}  # fmt: skip
_CONCEDED = re.compile(r"(?i)\b(?:although|though|even if|despite|in spite of|albeit|notwithstanding)\b[^,;:]*")
_BUT = re.compile(r"(?i)[,;]?\s\b(?:but|yet|however|nevertheless|still)\b")
_WORSE = re.compile(
    r"(?i)\b(worse|behind|lower|less|weaker|inferior|poorer|below|underperform\w*|not (?:the|as|quite) (?:best|good)"
    r"|higher (?:error|rmse|mse|mae|mape|loss))\b"
)
_BETTER = re.compile(r"(?i)\b(better|higher|lower|superior|top)\b|\d[.,]\d")
_BEST = re.compile(r"(?i)\b(best|highest|lowest|outperform\w*|beats?)\b")
_EXPECTED = re.compile(r"(?i)\b(expect|hope|believe|think|guess|feel|assume|should|might|may|probably|will|would)\w*\b")
_OTHER_REASON = re.compile(
    r"(?i)\b(simpl\w+|interpret\w+|expla(?:in|na)\w*|transparen\w+|fast\w*|quick\w*|speed|latency|cheap\w*|robust\w*"
    r"|stable|stability|maintain\w*|complex\w*|overfit\w*|generali[sz]\w+|calibrat\w+|memory|smaller|regulat\w+)\b"
)
_CHOICE = re.compile(
    r"(?i)\b((?:go|going|went) with|chose|choose|pick\w*|select\w*|take|took|keep|kept|use|used|prefer)\b"
)
_ERROR = re.compile(r"(?i)\b(rmse|mse|mae|mape|loss|errors?)\b")
_FIGURE = re.compile(r"(?<![\w.])\d+[.,]\d+|(?<![\w.])\d+(?= ?%)")


def short_names(names: list[str]) -> list[str]:
    """Return how the classes of models begin to be called, in small letters: "randomforest"."""
    return [re.sub(r"^Hist|(Classifier|Regressor|CV)+$", "", name).lower() for name in names]


def nicknames(names: list[str]) -> list[str]:
    """Return how models may be called in a text, in small letters without blanks."""
    short = short_names(names)
    return short + [nickname for name, nickname in NICKNAMES.items() if any(name in used for used in short)]


def said(evidence: Evidence, names: list[str]) -> list[Span]:
    """Return the sentences that name one of the work's models, its result, and what follows; an aim is no result.

    A choice against a result needs a reason of another kind. What follows may be said in the next sentence.
    """
    told = list(sentences(evidence))
    found = [span for span, text, _ in told if _chooses(text, names) and _is_reasoned(text)]
    for (span, text, heading), (after, choice, below) in pairwise(told):
        if (span.path, heading) == (after.path, below) and _follows(text, choice, names):
            found += [span, after]
    return found


def against_results(evidence: Evidence, names: list[str]) -> list[Span]:
    """Return the sentences that choose a model against its result, for no reason of another kind."""
    return [span for span, text, _ in sentences(evidence) if _chooses(text, names) and not _is_reasoned(text)]


def _chooses(text: str, names: list[str]) -> bool:
    says = BECAUSE.search(text) and RESULT.search(text) and not AIM.search(text)
    return bool(says) and (names_one(text, nicknames(names)) or _abbreviated(text, names))


def _is_reasoned(text: str) -> bool:
    """Tell whether a choice rests on its result; what is conceded to be worse speaks for none."""
    rest = _CONCEDED.sub(lambda clause: " " if _WORSE.search(clause[0]) else clause[0], text)
    before, *after = _BUT.split(rest, maxsplit=1)
    rest = after[0] if after and _WORSE.search(before) else rest
    favoured = _BEST.search(rest) or (RESULT.search(rest) and _BETTER.search(rest))
    by_result = favoured and not _EXPECTED.search(rest)
    return bool(rest == text or by_result or _OTHER_REASON.search(rest))


def _abbreviated(text: str, names: list[str]) -> bool:
    return any(pattern.search(text) for pattern in _patterns(names, nicknames_too=False).values())


def _patterns(names: list[str], *, nicknames_too: bool = True) -> dict[str, re.Pattern[str]]:
    """Return how each model may be called in a text: in capitals, and by its name with blanks in it."""
    found = {}
    for name in short_names(names):
        short = "|".join(letters for key, letters in ABBREVIATIONS.items() if key in name)
        called = [nickname for key, nickname in NICKNAMES.items() if key in name]
        whole = "|".join(r"[\s-]?".join(map(re.escape, word)) for word in (name, *called) if nicknames_too)
        parts = [rf"(?<![\w-])(?:{short})(?![\w-])(?!:)"] if short else []
        found[name] = re.compile("|".join([*parts, *([f"(?i:{whole})"] if whole else [])]) or r"(?!)")
    return found


def _follows(text: str, choice: str, names: list[str]) -> bool:
    """Tell whether `text` gives figures of two models and `choice` takes the better of them."""
    if not RESULT.search(text) or not _CHOICE.search(choice):
        return False
    patterns = _patterns(names)
    taken = [name for name, pattern in patterns.items() if pattern.search(choice)]
    figures = _figures(text, patterns)
    if len(taken) != 1 or len(figures) < 2 or taken[0] not in figures:
        return False
    best = min(figures.values()) if _ERROR.search(text) else max(figures.values())
    return figures[taken[0]] == best


def _figures(text: str, patterns: dict[str, re.Pattern[str]]) -> dict[str, float]:
    """Return the figure of each model in a sentence: the first after its name, or before it where they come first."""
    mentions = sorted((match.start(), name) for name, pattern in patterns.items() for match in pattern.finditer(text))
    numbers = [(match.start(), float(match[0].replace(",", "."))) for match in _FIGURE.finditer(text)]
    if not mentions or not numbers:
        return {}
    ahead = numbers[0][0] < mentions[0][0]
    found: dict[str, float] = {}
    for place, value in numbers:
        near = [name for start, name in mentions if (start > place) == ahead]
        if near:
            found.setdefault(near[0] if ahead else near[-1], value)
    return found
