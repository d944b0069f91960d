"""One work's explanations, asked about once: what may be sent, what came back, and whether it can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from grader.asking.cache import AnswerCache
from grader.asking.prompt import (
    QUESTIONS,
    addressed_passage,
    answer_schema,
    digest_of,
    explanations_of,
    messages_about,
)
from grader.model import Document, Evidence, Record, Span
from grader.model.answers import ModelAnswer, ModelAnswers, ModelUse, Said
from grader.ports import AskingError, Completion, LanguageModel

SHORTEST_QUOTE = 12
MILLION = 1_000_000

Quote = Annotated[str, StringConstraints(max_length=2000)]


class _Answer(Record):
    id: str
    said: Said
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    quotes: Annotated[tuple[Quote, ...], Field(max_length=6)]


class _Answers(Record):
    answers: Annotated[tuple[_Answer, ...], Field(max_length=2 * len(QUESTIONS))]


@dataclass(frozen=True)
class Asker:
    """Asks `model` about the explanations in evidence. Prices are money for a million tokens, None where not known."""

    model: LanguageModel
    cache: AnswerCache
    price_in: float | None = None
    price_out: float | None = None

    def answered(self, evidence: Evidence) -> Evidence:
        """Return the evidence with the answers in it; whatever fails is an answer that says so, never an exception."""
        documents = explanations_of(evidence)
        if not documents:
            return evidence
        if addressed := addressed_passage(documents):
            document, passage = addressed
            span = Span(path=document.path, text=" ".join(passage.split()))
            why = "The text speaks to a language model, so none was asked; a person should read it"
            return _with(evidence, _all_failed(why, (span,)), None)
        messages = messages_about(documents, evidence)
        digest = digest_of(self.model.model, messages)
        try:
            text, use = self._said(messages, digest)
        except AskingError as error:
            return _with(evidence, _all_failed(str(error)), None)
        answers = _read(text, documents)
        if answers is None:
            return _with(evidence, _all_failed("The language model's answer does not have the form asked for."), use)
        if not use.cached:
            self.cache.put(digest, text)
        return _with(evidence, answers, use)

    def _said(self, messages: Sequence[dict[str, str]], digest: str) -> tuple[str, ModelUse]:
        use = ModelUse(model=self.model.model, prompt_digest=digest, cached=True)
        stored = self.cache.get(digest)
        if stored is not None:
            return stored, use
        reply = self.model.complete(messages, answer_schema())
        spent = {"tokens_in": reply.tokens_in, "tokens_out": reply.tokens_out, "cost": self._cost(reply)}
        return reply.text, use.model_copy(update={"cached": False, **spent})

    def _cost(self, reply: Completion) -> float | None:
        if self.price_in is None or self.price_out is None:
            return None
        return round((reply.tokens_in * self.price_in + reply.tokens_out * self.price_out) / MILLION, 6)


def _read(text: str, documents: Sequence[Document]) -> tuple[ModelAnswer, ...] | None:
    """Return an answer to each question, None where `text` does not fit the schema; a question left out has failed."""
    try:
        given = _Answers.model_validate_json(text).answers
    except ValidationError:
        return None
    if len({answer.id for answer in given}) != len(given):
        return None
    by_id = {answer.id: answer for answer in given}
    return tuple(_checked(name, by_id.get(name), documents) for name in QUESTIONS)


def _checked(name: str, answer: _Answer | None, documents: Sequence[Document]) -> ModelAnswer:
    """Return the answer with its places; praise that quotes what the work does not say is no answer."""
    if answer is None:
        return ModelAnswer(question=name, failure="The language model left this question out.")
    if answer.said not in ("yes", "partly"):
        looked = tuple(Span(path=document.path) for document in documents[:3])
        return ModelAnswer(question=name, said=answer.said, reason=answer.reason, spans=looked)
    spans = [_found(quote, documents) for quote in answer.quotes]
    if not spans or None in spans:
        return ModelAnswer(question=name, failure="The language model's answer quotes what the work does not say.")
    places = tuple(span for span in spans if span is not None)
    return ModelAnswer(question=name, said=answer.said, reason=answer.reason, spans=places)


def _found(quote: str, documents: Sequence[Document]) -> Span | None:
    words = " ".join(quote.split())
    if len(words) < SHORTEST_QUOTE:
        return None
    holding = (document for document in documents if words in " ".join(document.text.split()))
    return next((Span(path=document.path, text=words) for document in holding), None)


def _all_failed(why: str, spans: tuple[Span, ...] = ()) -> tuple[ModelAnswer, ...]:
    return tuple(ModelAnswer(question=name, failure=why, spans=spans) for name in QUESTIONS)


def _with(evidence: Evidence, answers: tuple[ModelAnswer, ...], use: ModelUse | None) -> Evidence:
    return evidence.model_copy(update={"asked": ModelAnswers(answers=answers, use=use)})
