from pathlib import Path

import pandas as pd
import pytest

from sms_rules.data import load_messages
from sms_rules.rules import RULES, reasons, score, scores


def test_points_are_a_share():
    assert score("see you at home") == 0
    assert 0 < score("You won a prize") < 1


def test_a_premium_number_weighs_more_than_capitals():
    assert score("call 09061701461") > score("HELLO THERE")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("claim your gift", "prize words"),
        ("£100 for you", "words of money"),
        ("text FA to 87121", "short code"),
        ("costs 150p/msg", "price per message"),
        ("see www.example.com", "link"),
        ("T&Cs apply", "opt-out terms"),
    ],
)
def test_each_rule_finds_what_it_is_for(text, name):
    assert name in reasons(text)


def test_an_empty_message_gets_no_points():
    assert scores(pd.Series(["", " "])).tolist() == [0, 0]


def test_names_are_unique():
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_a_missing_column_is_named(tmp_path: Path):
    (tmp_path / "a.csv").write_text("message_id\nM1\n")
    with pytest.raises(ValueError, match="text"):
        load_messages(tmp_path / "a.csv")
