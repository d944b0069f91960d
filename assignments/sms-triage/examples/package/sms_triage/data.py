"""Reading the messages, and telling which of them are the same campaign."""

import re
from pathlib import Path

import pandas as pd

ID = "message_id"
TEXT = "text"
TARGET = "spam"


def load_messages(path: Path) -> pd.DataFrame:
    """Return the messages in `path`; raises ValueError when a column is missing or an id is repeated.

    A message without text becomes "", so that it is ranked like any other. "NA" or "null" are words people write.
    """
    frame = pd.read_csv(path, keep_default_na=False, dtype={ID: str, TEXT: str})
    missing = sorted({ID, TEXT} - set(frame.columns))
    if missing:
        raise ValueError(f"{path} lacks the columns {', '.join(missing)}")
    if frame[ID].duplicated().any():
        raise ValueError(f"{path} has the same {ID} more than once")
    frame[TEXT] = frame[TEXT].fillna("").str.strip()
    return frame


def load_training(path: Path) -> pd.DataFrame:
    """Return the labelled messages, each text once, with the column `campaign` that groups near-identical ones."""
    frame = load_messages(path)
    if not frame[TARGET].isin([0, 1]).all():
        raise ValueError(f"{TARGET} must be 0 or 1 in {path}")
    frame = frame.drop_duplicates(subset=TEXT).reset_index(drop=True)
    frame["campaign"] = frame[TEXT].map(campaign_of)
    return frame


def campaign_of(text: str) -> str:
    """Return the form of a message: its first eight words without numbers, prices, case and punctuation.

    Spammers send one text with many phone numbers. Such messages must be on one side of every split.
    """
    words = re.findall(r"[a-z]+", text.lower())
    return " ".join(words[:8]) or text
