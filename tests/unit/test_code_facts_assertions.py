"""What a test really checks: the names that its assertions rest on."""

from __future__ import annotations

import pytest
from rubric_evidence import work


def checked(body: str, head: str = "from train import double\n", **files: str) -> tuple[str, ...]:
    indented = "".join(f"    {line}\n" for line in body.split("\n"))
    made = {"tests/test_a.py": f"{head}def test_a(given=None):\n{indented}", **files}
    (fact,) = [fact for fact in work(made).code.functions if fact.is_test]
    return fact.checked


@pytest.mark.parametrize(
    "body",
    [
        "assert double(2) == 4",
        "found = double(2)\nassert found == 4",
        "rows = [double(n) for n in (1, 2)]\nfor row in rows:\n    assert row > 0",
        "with pytest.raises(ValueError):\n    double('x')",
        "rows = []\nrows.append(double(2))\nassert rows",
        "frame = {}\ndouble(frame)\nassert frame['a'] == 1",
        "np.testing.assert_allclose(double(2), 4)",
        "found = double(2)\nif found != 4:\n    raise AssertionError('not four')",
        "if double(2) != 4:\n    print(1)\n    pytest.fail('not four')",
    ],
)
def test_what_an_assertion_rests_on_is_followed_back(body: str) -> None:
    assert "train.double" in checked(body)


@pytest.mark.parametrize(
    "body",
    ["double(2)\nassert True", "found = double(2)\nassert 1 + 1 == 2", "double(2)", "assert (double(2), 'is four')",
     "'double'\nassert 'double'", "# assert double(2) == 4\nassert 1 == 1.0",
     "double(2)\nif False:\n    raise AssertionError", "if double(2) == 4:\n    raise NotImplementedError"],
)  # fmt: skip
def test_a_call_that_no_assertion_looks_at_is_not_checked(body: str) -> None:
    assert "train.double" not in checked(body)


@pytest.mark.parametrize(
    "body",
    [
        "assert double(2) == 5 or True",
        "found = double(2)\nassert found is found and len(found) == len(found)",
        "assert len(double([])) >= 0",
        "assert (double(2) == 5) in (True, False)",
        "assert callable(double)",
        "assert double.__name__ == 'double'",
        "try:\n    assert double(2) == 5\nexcept AssertionError:\n    pass",
        "try:\n    assert double(2) == 5\nexcept:\n    print('no')",
        "with contextlib.suppress(AssertionError):\n    assert double(2) == 5",
        "with pytest.raises(AssertionError):\n    assert double(2) == 5",
        "return\nassert double(2) == 5",
        "def inner():\n    assert double(2) == 5",
    ],
)
def test_an_assertion_that_cannot_fail_the_test_does_not_count(body: str) -> None:
    assert "train.double" not in checked(body)


@pytest.mark.parametrize(
    "body",
    [
        "assert double(2) == double(2)",
        "assert double(2) == 4 or double(2) == 5",
        "assert len(double([1])) > 0",
        "assert double(2) in (4, 5)",
        "try:\n    found = double(2)\nexcept Exception:\n    pytest.fail('it raised')\nassert found == 4",
        "try:\n    double('x')\nexcept ValueError as error:\n    assert 'x' in str(error)\nassert double(1) == 2",
        "with contextlib.suppress(KeyError):\n    assert double(2) == 4",
        "if given:\n    return\nassert double(2) == 4",
        "def inner():\n    assert double(2) == 4\ninner()",
    ],
)
def test_one_that_can_counts_though_it_looks_much_the_same(body: str) -> None:
    assert "train.double" in checked(body)


def test_a_fixture_of_another_file_is_followed() -> None:
    conftest = "import pytest\nfrom train import build\n@pytest.fixture\ndef model():\n    return build()\n"
    code = "def test_a(model):\n    assert model.predict([1])\n"
    facts = work({"tests/conftest.py": conftest, "tests/test_a.py": code}).code.functions
    (fact,) = [fact for fact in facts if fact.is_test]
    assert "train.build" in fact.checked


def test_set_up_of_a_test_case_is_followed() -> None:
    code = (
        "import unittest\nfrom train import Model\nclass TestModel(unittest.TestCase):\n"
        "    def setUp(self):\n        self.model = Model()\n"
        "    def test_a(self):\n        self.assertEqual(self.model.predict(1), 2)\n"
    )
    (fact,) = [fact for fact in work({"test_a.py": code}).code.functions if fact.is_test]
    assert "train.Model" in fact.checked


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("import train\ndouble = train.double\n", "train.double"),
        ("from train import *\n", "train.double"),
        ("from src.train import double\n", "src.train.double"),
    ],
)
def test_a_name_is_known_by_where_it_is_imported_from(head: str, expected: str) -> None:
    assert expected in checked("assert double(2) == 4", head)


def test_what_the_test_file_defines_itself_is_not_the_works() -> None:
    assert checked("assert double(2) == 4", "def double(x):\n    return 2 * x\n") == ()
    assert checked("train = [1]\nassert train.index(1) == 0", "") == ()


def test_a_program_that_a_test_starts_is_checked() -> None:
    body = "done = subprocess.run(['python', 'predict.py'])\nassert done.returncode == 0"
    assert "predict.py" in checked(body, "import subprocess\n")


def test_an_assertion_of_a_thousand_terms_is_no_obstacle() -> None:
    assert "train.double" in checked("assert double(" + "+".join(["a"] * 1500) + ")")
