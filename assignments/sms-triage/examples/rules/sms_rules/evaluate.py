"""Measure the rules on training messages that I had not read when I wrote them."""

from pathlib import Path

from sklearn.metrics import average_precision_score

from sms_rules.data import load_messages
from sms_rules.rules import RULES, reasons, scores

READ = 1000  # the first messages of the file, from which the rules were made


def main(path: Path = Path("data/train.csv"), threshold: float = 0.25) -> None:
    """Print the average precision of digits, of the first rule and of all, and where the threshold goes wrong."""
    frame = load_messages(path)
    print(frame["spam"].value_counts(normalize=True).round(3).to_dict())
    print(f"{frame['text'].duplicated().sum()} texts are repeated, used once")
    frame = frame.drop_duplicates(subset="text")
    unread = frame.iloc[READ:].copy()
    unread["score"] = scores(unread["text"])
    digits = unread["text"].str.count("[0-9]")
    first = unread["text"].map(RULES[0].found_in)
    print(f"digits {average_precision_score(unread['spam'], digits):.3f}")
    print(f"{RULES[0].name} {average_precision_score(unread['spam'], first):.3f}")
    print(f"all rules {average_precision_score(unread['spam'], unread['score']):.3f}")
    held = unread["score"] >= threshold
    print(f"held back: {held.sum()}, of them genuine: {(held & (unread['spam'] == 0)).sum()}")
    genuine = unread[unread["spam"] == 0].nlargest(5, "score")
    for text, points in zip(genuine["text"], genuine["score"]):
        print(f"{points:.2f} {reasons(text)} {text[:80]}")


if __name__ == "__main__":
    main()
