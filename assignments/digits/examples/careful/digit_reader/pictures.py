"""Reading and checking the tables and the pictures they name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, UnidentifiedImageError

ID = "image_id"
FILE = "file"
TARGET = "digit"
SIDE = 28
HALF = 0.5


def load_table(path: Path, *, labelled: bool = False) -> pd.DataFrame:
    """Return the rows in `path`; raises ValueError when a column is missing, an id is repeated or a label is none."""
    table = pd.read_csv(path)
    missing = {ID, FILE, *([TARGET] if labelled else [])} - set(table.columns)
    if missing:
        raise ValueError(f"{path} lacks the columns {', '.join(sorted(missing))}")
    if table[ID].duplicated().any():
        raise ValueError(f"{path} names pictures more than once")
    if labelled and not table[TARGET].isin(range(10)).all():
        raise ValueError(f"{path} has labels that are no digits")
    return table


def load_pictures(table: pd.DataFrame, folder: Path) -> np.ndarray:
    """Return the pictures of a table's rows as (rows, 784), ink 1 and paper 0; raises ValueError naming a bad file."""
    return np.stack([load_picture(folder / name) for name in table[FILE]])


def load_picture(path: Path) -> np.ndarray:
    """Return one picture as a row of 784 numbers, ink 1, however it was saved; raises ValueError when it is none."""
    try:
        with Image.open(path) as picture:
            grey = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    except (OSError, UnidentifiedImageError) as error:
        raise ValueError(f"{path} is not a readable picture") from error
    levels = np.asarray(grey, dtype=float) / 255
    paper = np.median(np.concatenate([levels[0], levels[-1], levels[:, 0], levels[:, -1]]))
    return (1 - levels if paper > HALF else levels).ravel()  # a light edge: ink is dark there
