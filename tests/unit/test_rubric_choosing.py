"""The best of several kinds of model is taken by its result, in code or in words: no fold, threshold or aim."""

from __future__ import annotations

import pytest
from cases_model_choice import COMPARED
from rubric_evidence import finding, verdict, work

LOOPED = COMPARED + (
    "best = 0\nfor name, model in {'lr': lr, 'rf': rf}.items():\n    score = roc_auc_score(d, model.predict(b))\n"
    "    if score > best:\n        best, kept = score, name\n"
)
RETURNED = COMPARED + (
    "def measure(model):\n    model.fit(a, c)\n    return roc_auc_score(d, model.predict(b))\n"
    "best = (0, '')\nscore = measure(rf)\nif score > best[0]: best = (score, 'random forest')\n"
    "score = measure(lr)\nif score > best[0]: best = (score, 'logistic')\n"
)
THRESHOLD = COMPARED + (
    "best = 0\nfor t in (0.2, 0.5):\n    score = roc_auc_score(d, p >= t)\n    if score > best:\n"
    "        best, kept = score, t\n"
)
EPOCH = COMPARED + (
    "best = 0\nfor epoch in range(9):\n    rf.fit(a, c)\n    score = roc_auc_score(d, rf.predict(b))\n"
    "    if score > best:\n        best, kept = score, rf\n"
)
FOLD = COMPARED + (
    "made = cross_validate(rf, a, c, return_estimator=True)\nscores = made['test_score']\n"
    "kept = made['estimator'][scores.argmax()]\n"
)
TABLE = COMPARED + (
    "scores = {}\nfor name, model in {'lr': lr, 'rf': rf}.items():\n"
    "    scores[name] = cross_val_score(model, a, c).mean()\nprint(max(scores, key=scores.get))\n"
)
BY_CUT = COMPARED + (
    "thresholds = [0.2, 0.5]\nscores = [roc_auc_score(d, p >= t) for t in thresholds]\n"
    "kept = thresholds[scores.index(max(scores))]\n"
)
SORTED = COMPARED + (
    "rows = [('lr', roc_auc_score(d, p)), ('rf', roc_auc_score(d, q))]\n"
    "table = pd.DataFrame(rows, columns=['model', 'auc'])\ntable.sort_values('auc', ascending=False)\n"
)
UNROLLED = COMPARED + (
    "first, second = roc_auc_score(d, p), roc_auc_score(d, q)\n"
    "if first > second:\n    final = lr\nelse:\n    final = rf\n"
)


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("met", "a loop over models", LOOPED),
        ("met", "a score that a function returns, and the name that is kept with it", RETURNED),
        ("met", "one score against the other", UNROLLED),
        ("met", "said in words of its own", UNROLLED.partition("    final")[0] + "    print('GNB is better')\n"),
        (
            "partly",
            "the test result held against that of the training rows",
            UNROLLED.partition("    final")[0].replace("second", "train_auc") + "    print('it is overfit')\n",
        ),
        ("met", "the best of a table", TABLE),
        ("partly", "the best threshold", THRESHOLD),
        ("partly", "the best of thresholds in a list", BY_CUT),
        ("partly", "the best epoch", EPOCH),
        ("partly", "the best fold of one model", FOLD),
        ("partly", "a table that is shown in order", SORTED),
        ("partly", "and kept, to be drawn", SORTED.replace("table.sort", "drawn = table.sort") + "drawn.plot.barh()\n"),
        (
            "met",
            "the first of it is taken",
            SORTED.replace("False)", "False).iloc[0]").replace("table.s", "best = table.s"),
        ),
        (
            "met",
            "by its name",
            SORTED.replace("table.sort", "table = table.sort") + "best = table['model'].iloc[0]\nprint(best)\n",
        ),
        (
            "met",
            "the first of a sorted list",
            SORTED.replace(
                "table.sort_values('auc', ascending=False)", "best = sorted(rows, key=lambda row: row[1])[-1]"
            )
            + "print(best)\n",
        ),
        (
            "partly",
            "the best of several thresholds, called ths",
            COMPARED + "ths = [0.2, 0.5]\nf1s = [roc_auc_score(d, p >= t) for t in ths]\nbest = ths[np.argmax(f1s)]\n",
        ),
    ],
)
def test_code_takes_the_best_kind(expected: str, about: str, code: str) -> None:
    assert verdict("model_choice.choice_justified", work(code)) == expected, about


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("met", "We chose the random forest because its AUC was 0.81."),
        ("met", "The random forest outperforms logistic regression on the test rows."),
        ("partly", "Optimize the random forest and the logistic regression to achieve the best AUC of all."),
        ("partly", "We select the random forest because it is very robust and popular."),
        ("met", "We picked RF since AUC was higher."),
        ("partly", "We picked XGB since AUC was higher."),
        ("partly", "We picked LR and its default rf since it is quick to write."),
        ("met", "RF gets 0.99 AUC on test, LR 0.93. I would go with the RF."),
        ("met", "The AUC is 0.99 for the forest and 0.93 for LR. I would go with the random forest."),
        ("partly", "RF gets 0.93 AUC on test, LR 0.99. I would go with the RF."),
        ("partly", "RF gets 0.99 RMSE on test, LR 0.93. I would go with the RF."),
        ("partly", "RF gets 0.99 AUC on test and nothing else. I would go with the RF."),
        ("partly", "RF gets 0.99 AUC on test, LR 0.93. Both of them are in the repository."),
        ("partly", "I chose logistic regression although it has the worse AUC, because I like it."),
        ("met", "I chose logistic regression although it has the worse AUC, because it is easier to explain."),
        ("partly", "The forest is a bit behind on AUC, but I expect it to do better later, so I use it."),
        ("met", "The forest is a bit behind on AUC, but it is more robust, so I use it."),
        ("met", "Logistic regression was behind on AUC, but the random forest was best, so I use the forest."),
        ("met", "Although boosting is popular, the random forest has the higher AUC, so I use it."),
    ],
)
def test_a_sentence_justifies_a_choice_by_a_result(expected: str, text: str) -> None:
    assert verdict("model_choice.choice_justified", work({"train.py": COMPARED, "README.md": f"{text}\n"})) == expected


def test_a_choice_against_the_result_is_told_as_such() -> None:
    text = "I chose logistic regression although it has the worse AUC, because I like it.\n"
    found = finding("model_choice.choice_justified", work({"train.py": COMPARED, "README.md": text}))
    assert "against its result" in found.reason
    assert found.evidence[0].path == "README.md"
