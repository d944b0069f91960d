"""Reading the messages."""

from pathlib import Path

import pandas as pd


def load_messages(path: Path) -> pd.DataFrame:
    """Return the messages in `path`, texts never missing; raises ValueError when a column is."""
    frame = pd.read_csv(path, keep_default_na=False)
    for column in ("message_id", "text"):
        if column not in frame.columns:
            raise ValueError(f"{path} has no column {column}")
    return frame.assign(text=frame["text"].astype(str))
