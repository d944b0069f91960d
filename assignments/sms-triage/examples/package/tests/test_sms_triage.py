"""Tests of the reading, the grouping, the costs and the model's contract."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from predict import write_predictions
from sms_triage.costs import cheapest_threshold, cost_at
from sms_triage.data import campaign_of, load_messages, load_training
from sms_triage.model import build_model, digit_share


def write(path: Path, texts: list[str], spam: list[int] | None = None) -> Path:
    frame = pd.DataFrame({"message_id": [f"M{number}" for number in range(len(texts))], "text": texts})
    if spam is not None:
        frame["spam"] = spam
    frame.to_csv(path, index=False)
    return path


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("message_id\nM1\n")
    with pytest.raises(ValueError, match="text"):
        load_messages(tmp_path / "a.csv")


def test_a_repeated_id_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("message_id,text\nM1,hi\nM1,ho\n")
    with pytest.raises(ValueError, match="more than once"):
        load_messages(tmp_path / "a.csv")


def test_empty_messages_and_the_word_null_are_kept(tmp_path: Path) -> None:
    frame = load_messages(write(tmp_path / "a.csv", ["null", "", " "]))
    assert frame["text"].tolist() == ["null", "", ""]


def test_the_same_text_is_trained_on_once(tmp_path: Path) -> None:
    assert len(load_training(write(tmp_path / "a.csv", ["win now", "win now", "hi"], [1, 1, 0]))) == 2


def test_a_campaign_with_another_number_is_the_same_campaign() -> None:
    assert campaign_of("WIN £100! Call 0906 now") == campaign_of("win £2000, call 0871 now")
    assert campaign_of("see you at 5") != campaign_of("win £2000, call 0871 now")


def test_a_lost_genuine_message_costs_fifty_spam() -> None:
    target, scores = np.array([0, 1, 1]), np.array([0.9, 0.8, 0.1])
    assert cost_at(target, scores, 0.5) == pytest.approx(5.1)
    assert cost_at(target, scores, 1.0) == pytest.approx(0.2)


def test_the_cheapest_threshold_lies_above_a_genuine_message() -> None:
    target, scores = np.array([0, 1, 1, 1]), np.array([0.7, 0.8, 0.9, 0.2])
    assert cheapest_threshold(target, scores) == pytest.approx(0.8)


def test_digits_are_counted() -> None:
    assert digit_share(pd.Series(["none", "123", "1" * 40])).tolist() == [0, 0.1, 1]


def test_predictions_are_probabilities_for_every_message(tmp_path: Path) -> None:
    spam, genuine = [f"win cash call 0906{n}" for n in range(20)], [f"see you at home {'x' * n}" for n in range(20)]
    train = write(tmp_path / "train.csv", spam + genuine, [1] * 20 + [0] * 20)
    result = write_predictions(train, write(tmp_path / "test.csv", ["w1n c@sh", "", "home?"]), tmp_path / "out.csv")
    assert result["prediction"].between(0, 1).all()
    assert result["prediction"][0] > result["prediction"][2]
    assert pd.read_csv(tmp_path / "out.csv")["message_id"].tolist() == ["M0", "M1", "M2"]


def test_the_model_reads_digits_alike() -> None:
    model = build_model().fit(pd.Series(["call 0906", "see you"] * 5), [1, 0] * 5)
    first, second = model.predict_proba(pd.Series(["call 0906", "call 1871"]))[:, 1]
    assert first == pytest.approx(second)
