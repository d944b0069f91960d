"""The marks that normalise the hidden metric, of each suite and subgroup, computed from the data in this folder.

Baseline: the nearest of the ten mean pictures, pixel by pixel, which needs no model at all. Reference: a careful,
untuned support vector machine on principal components, trained on the pictures and on four copies of each that are
turned, moved and made grainy as the brief says the other scanners do. The marks of messy pictures are those of the
first suite: each can be read back as the picture it was made from, but for the empty ones, which have no label.
Run in the locked environment: python assignments/digits/reference.py
"""

from __future__ import annotations

import io
import tomllib
import warnings
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image
from scipy import ndimage
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
SIDE, COPIES, SEED = 28, 4, 0
DEGREES, PIXELS, NOISE = 15.0, 2.0, 0.08
Pictures = npt.NDArray[np.float64]


def main() -> None:
    """Fit on the public training pictures, score on each hidden suite and subgroup, print both marks of each."""
    settings = tomllib.loads((HERE / "assignment.toml").read_text(encoding="utf-8"))
    train = pd.read_csv(DATA / "public" / "train.csv")
    pictures = load(train, "public")
    warnings.filterwarnings("ignore", message="self.within_class_std_dev_")  # the corners of all pictures are white
    baseline = NearestCentroid().fit(pictures, train["digit"])
    model = make_pipeline(PCA(60, random_state=SEED), SVC(C=5))
    model.fit(*with_copies(pictures, train["digit"].to_numpy(), np.random.default_rng(SEED)))
    for suite, prefix in (("iid", ""), ("shifted", "shifted_")):
        table = pd.read_csv(DATA / "hidden" / f"{prefix}features.csv")
        table = table.merge(pd.read_csv(DATA / "hidden" / f"{prefix}labels.csv"), validate="one_to_one")
        hidden = load(table, "hidden")
        right = pd.DataFrame(
            {
                mark: one.predict(hidden) == table["digit"]
                for mark, one in (("baseline", baseline), ("reference", model))
            }
        )
        found = {suite: right}
        if suite == "iid":
            parts = settings["slices"]
            found |= {f"slice {part['name']}": right[table[part["column"]].isin(part["values"])] for part in parts}
            found["messy"] = right
        for name, rows in found.items():
            print("\n".join(f"{name} {mark} {share:.4f}" for mark, share in rows.mean().items()))


def load(table: pd.DataFrame, part: str) -> Pictures:
    """Return the pictures of a table's rows, (rows, 784), ink 1 and paper 0."""
    with zipfile.ZipFile(DATA / part / "images.zip") as archive:
        found = [np.asarray(Image.open(io.BytesIO(archive.read(name)))) for name in table["file"]]
    return np.stack(found).reshape(len(found), -1) / 255


def with_copies(
    pictures: Pictures, digits: npt.NDArray[np.int64], random: np.random.Generator
) -> tuple[Pictures, npt.NDArray[np.int64]]:
    """Return the pictures with changed copies of each, and their digits."""
    sets = [pictures]
    for _ in range(COPIES):
        changed = np.stack([turned(picture, random) for picture in pictures.reshape(-1, SIDE, SIDE)])
        sets.append(np.clip(changed + random.normal(0, NOISE, changed.shape), 0, 1).reshape(len(pictures), -1))
    return np.concatenate(sets), np.tile(digits, len(sets))


def turned(picture: Pictures, random: np.random.Generator) -> Pictures:
    """Return the picture turned about its middle and moved, by no more than the brief says."""
    angle = np.deg2rad(random.uniform(-DEGREES, DEGREES))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.full(2, (SIDE - 1) / 2)
    return ndimage.affine_transform(
        picture, turn, centre - turn @ (centre + random.uniform(-PIXELS, PIXELS, 2)), order=1
    )


if __name__ == "__main__":
    main()
