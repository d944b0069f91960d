"""Whether a model of texts is given their words: counted, weighed or embedded; or only whole texts, or how long."""

from __future__ import annotations

import re

from grader import Call, ColumnUse, Evidence, Finding, Span, met, needs_human, not_met, partly
from rubrics.code_text import place
from rubrics.dependencies import third_party
from rubrics.facts import last, live_calls, named, spans, unread_part
from rubrics.following import fitted_on
from rubrics.images import ORDINARY
from rubrics.live import before, live_columns, live_places
from rubrics.models import trained

COUNTED = frozenset(("TfidfVectorizer", "CountVectorizer", "HashingVectorizer", "TextVectorization"))
EMBEDDED = frozenset(("Word2Vec", "FastText", "Doc2Vec", "KeyedVectors", "SentenceTransformer", "Embedding",
                      "EmbeddingBag", "TFBertModel", "train_supervised"))  # fmt: skip
TOKENIZED = re.compile(r"^(keras\.preprocessing\.text\.Tokenizer|transformers\.\w+\.from_pretrained)")
TAKING_APART = ("split", "word_tokenize", "text_to_word_sequence", "wordpunct_tokenize")
WHOLE = frozenset(("LabelEncoder", "OrdinalEncoder", "OneHotEncoder", "factorize", "get_dummies"))
TEXT = re.compile(
    r"(?i)^(\w+_)?(text|review|comment|tweet|message|sentence|document|headline|body|content|abstract|email|sms|post"
    r"|description|question|transcript)s?(_text|_body)?$"
)
_LENGTH = re.compile(r"(?:apply|map)\(\s*len\s*\)|\.str\.len\(|\blen\(")
_GAPS = re.compile(r"\b(?:dropna|drop_duplicates|fillna|isnull|isna|astype)\(")
_DROP = re.compile(r"\bdrop\(")
ADVICE = "Give the model the words: TfidfVectorizer and a linear model in one pipeline are a strong start."


def of_texts(evidence: Evidence) -> Finding | None:
    """Return what is found where the task is about texts, None where it is not or where nothing can be said.

    Only an assignment about texts says that a model ought to have seen them.
    """
    asked = evidence.modality == "text"
    fits = trained(evidence)
    if not fits or not (asked or not evidence.modality):
        return None
    words = [call for call in live_calls(evidence) if _gives_words(call, asked=asked)] or _numbered(evidence)
    if asked and words and any(before(span, words[0].span) for span in _overwritten(evidence)):
        words = []  # what is counted then are the codes of whole texts
    if given := fitted_on(evidence, words) if words else []:
        what = ", ".join(dict.fromkeys(_shown(call) for call in words[:4]))
        return met(f"The model is given the words of the texts: {what}.", evidence=spans([*words, *given[:3]]))
    return _without_words(evidence, fits, unknown=bool(words)) if asked else None


def _gives_words(call: Call, *, asked: bool) -> bool:
    parts = set(call.name.split("."))
    counted = COUNTED & parts or TOKENIZED.match(call.name) or "text_features" in call.keywords
    return bool(counted or (asked and EMBEDDED & parts))


def _numbered(evidence: Evidence) -> list[Call]:
    """Return where texts that were taken apart into words, and these numbered by hand, are made equally long for an
    embedding.
    """
    if not named(evidence, ("Embedding",)) or not named(evidence, TAKING_APART):
        return []
    return named(evidence, ("pad_sequences",))


def _without_words(evidence: Evidence, fits: list[Call], *, unknown: bool) -> Finding:
    """Return what is found where no words were seen to reach a model, in an assignment that is about texts."""
    uses = _text_columns(evidence)
    if whole := _encoded_whole(evidence, uses):
        reason = "Whole texts are encoded as if they were categories: the model is given no word of a new one."
        return partly(reason, evidence=whole, score=0.3, advice=ADVICE)
    left = [use for use in uses if not (use.action == "looked" or _GAPS.search(use.span.text))]
    others = [use for use in left if not (_LENGTH.search(use.span.text) or _DROP.search(use.span.text))]
    if unknown or others or not left or unread_part(evidence) or _read_otherwise(evidence, left):
        reason = "The task is about texts; how the model is given their words could not be followed."
        return needs_human(reason, evidence=spans(fits))
    places = [use.span for use in left]
    if any(_LENGTH.search(use.span.text) for use in left):
        return partly("The model is given how long the texts are, and not their words.", evidence=places, score=0.3,
                      advice=ADVICE)  # fmt: skip
    return not_met(f'The column "{left[0].column}" is dropped unread.', evidence=places, advice=ADVICE)


def _text_columns(evidence: Evidence) -> list[ColumnUse]:
    return [use for use in live_columns(evidence) if TEXT.match(use.column)]


def _overwritten(evidence: Evidence) -> list[Span]:
    """Return where a column of texts is replaced by codes of whole texts."""
    changed = [use for use in _text_columns(evidence) if use.action == "changed" and "]=" in _joined(use)]
    return _encoded_whole(evidence, changed)


def _joined(use: ColumnUse) -> str:
    return re.sub(r"\s", "", use.span.text)


def _encoded_whole(evidence: Evidence, uses: list[ColumnUse]) -> list[Span]:
    """Return where a column of texts is given to an encoder of categories."""
    encoders = [call.span for call in live_calls(evidence, "encode") if WHOLE & set(call.name.split("."))]
    lines = {place(span) for span in encoders}
    return [use.span for use in uses if place(use.span) in lines]


def _read_otherwise(evidence: Evidence, uses: list[ColumnUse]) -> bool:
    """Tell whether the texts may reach the model in a way that is not seen: as an attribute, or by another library."""
    names = "|".join(re.escape(use.column) for use in uses[:20])
    attributes = live_places(evidence, re.compile(rf"\.(?:{names})\b(?!\()"))
    return bool(attributes) or not ORDINARY.issuperset(third_party(evidence))


def _shown(call: Call) -> str:
    return next(part for part in call.name.split(".") if part[:1].isupper() or part == last(call.name))
