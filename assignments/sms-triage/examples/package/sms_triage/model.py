"""The candidates. Everything that is learnt from texts is inside a pipeline, so folds never see each other's words."""

import re

import numpy as np
import pandas as pd
from sklearn.ensemble import VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline

SEED = 11


def plain(text: str) -> str:
    """Return lower-case text with every digit read as 0: numbers change from one campaign to the next."""
    return re.sub(r"\d", "0", text.lower())


def digit_share(texts: pd.Series) -> np.ndarray:
    """Return the rule without a model: how many digits a message has, 30 or more being 1."""
    return np.minimum(texts.str.count(r"\d").to_numpy() / 30, 1)


def build_naive_bayes() -> Pipeline:
    """Return the classic: word counts and multinomial naive Bayes."""
    return Pipeline([("words", CountVectorizer()), ("model", MultinomialNB())])


def build_word_model(strength: float = 30.0) -> Pipeline:
    """Return logistic regression on TF-IDF of words and pairs of words."""
    words = TfidfVectorizer(preprocessor=plain, sublinear_tf=True, ngram_range=(1, 2))
    return Pipeline([("words", words), ("model", LogisticRegression(C=strength, max_iter=2000, random_state=SEED))])


def build_part_model(strength: float = 30.0) -> Pipeline:
    """Return logistic regression on TF-IDF of parts of words, which survive misspelling and disguise."""
    parts = TfidfVectorizer(preprocessor=plain, sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 5), min_df=2)
    return Pipeline([("parts", parts), ("model", LogisticRegression(C=strength, max_iter=2000, random_state=SEED))])


def build_model() -> VotingClassifier:
    """Return the chosen model: the mean of both probabilities."""
    return VotingClassifier([("words", build_word_model()), ("parts", build_part_model())], voting="soft")
