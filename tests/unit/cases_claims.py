"""Small works for what is claimed and which limits are written down, each with the verdict it must get."""

from __future__ import annotations

from cases_evaluation import HEADINGS, LOOKING, SCORED
from rubric_evidence import cases_of, claiming

case = cases_of("evaluation")

LIMITED = (
    "The forest has seen no customer with a tenure above 72 months, so tenure beyond that is not covered.\n\n"
    "With more time I would try gradient boosting and compare its ROC AUC on the same folds.\n"
)
CLAIMED = {"train.py": SCORED, "README.md": "The test ROC AUC is 0.91.\n"}
TWO_CLAIMED = {"train.py": SCORED, "README.md": "The test ROC AUC is 0.91.\n\nThe F1 is 0.62.\n"}
BEST = {"train.py": SCORED, "README.md": "The random forest outperforms logistic regression.\n"}


def limited(text: str) -> dict[str, str]:
    """Return a work that knows a tenure, and a README with this sentence."""
    return {
        "train.py": SCORED + "print(frame['tenure'].max(), frame['yearly_plan_holder'].sum())\n",
        "README.md": f"# Churn\n\n{text}\n",
    }


def order(letters: str) -> dict[str, str]:
    """Return a work that tries three letters of a model of series, and a sentence on these."""
    said = f"Use only 0 and 1 for {letters} in this solution, for more values would take more time to run.\n"
    return {"train.py": TRIED, "README.md": f"# Demand\n\n{said}"}


TASK = (
    "### Todo, show the tenure\n\nA tenure of 72 months is the longest that the table holds.\n\n"
    "The tenure is counted in whole months since the start.\n"
)
SPOKEN_OF = (
    "The random forest was fitted on the rows of one year. These models have limitations for years to come.\n\n"
    "The random forest reaches almost as much on the test part. What limits the models here is the few rows.\n"
)
TRIED = """import pandas as pd
from statsmodels.tsa.arima.model import ARIMA
train = pd.read_csv('data/train.csv')
for p in (0, 1):
    for d in (0, 1):
        for q in (0, 1):
            fitted = ARIMA(train['load'], order=(p, d, q)).fit()
            print(fitted.forecast(steps=24))
"""
LAYERS = """import pandas as pd
from tensorflow.keras import Sequential, layers
train = pd.read_csv('data/train.csv')
model = Sequential([layers.LSTM(32), layers.Dense(1)])
model.compile(loss='mse', optimizer='adam')
model.fit(train[['load']], train['next'], epochs=5)
print(model.predict(train[['load']]))
"""
CASES = [
    case("claims_hold", "met", "within the tolerance", claiming(CLAIMED, "ROC AUC 0.9071")),
    case("claims_hold", "met", "printed without a name", claiming(CLAIMED, "0.9071")),
    case("claims_hold", "partly", "one of two", claiming(TWO_CLAIMED, "ROC AUC 0.9071\nF1 0.41")),
    case("claims_hold", "not_met", "the run came to less", claiming(CLAIMED, "ROC AUC 0.71")),
    case("claims_hold", "not_met", "the claimed number is printed, but as another metric",
         claiming(CLAIMED, "ROC AUC 0.71\naccuracy 0.91")),
    case("claims_hold", "not_applicable", "the run printed nothing comparable",
         claiming(CLAIMED, "done in 0.91 s")),
    case("claims_hold", "not_applicable", "a goal is no claim",
         claiming({**CLAIMED, "README.md": "The ROC AUC should be at least 0.91.\n"}, "ROC AUC 0.71")),
    case("claims_hold", "not_applicable", "nothing was run", CLAIMED),
    case("claims_hold", "not_met", "the figure is that of the other model",
         claiming({**CLAIMED, "README.md": "LR has a ROC AUC of 0.91.\n"}, "LR ROC AUC 0.84\nRF ROC AUC 0.9071")),
    case("claims_hold", "partly", "one of two figures of a sentence",
         claiming({**CLAIMED, "README.md": "RF has a ROC AUC of 0.91, LR 0.89.\n"}, "LR AUC 0.84\nRF AUC 0.9071")),
    case("claims_hold", "met", "the worse one is said to be behind",
         claiming({**BEST, "README.md": "The forest is a bit behind on AUC.\n"},
                  "Random forest AUC: 0.8\nLogistic regression AUC: 0.9")),
    case("claims_hold", "met", "the better one is called better",
         claiming(BEST, "Random forest AUC: 0.9\nLogistic regression AUC: 0.8")),
    case("claims_hold", "met", "of an error less is better",
         claiming({**BEST, "README.md": "Ridge has the lowest RMSE.\n"}, "Ridge RMSE: 2.1\nLasso RMSE: 2.4")),
    case("claims_hold", "not_met", "the table says otherwise",
         claiming(BEST, "Random forest AUC: 0.8\nLogistic regression AUC: 0.9")),
    case("claims_hold", "not_applicable", "a denial calls nothing better",
         claiming({**BEST, "README.md": "The random forest did not outperform logistic regression.\n"},
                  "Random forest AUC: 0.8\nLogistic regression AUC: 0.9")),
    case("claims_hold", "not_applicable", "no figures by model", claiming(BEST, "AUC: 0.8")),
    case("claims_hold", "partly", "the figure came out again, and the other model is better",
         claiming({**BEST, "README.md": "The random forest's ROC AUC is 0.8.\n\n" + BEST["README.md"]},
                  "Random forest ROC AUC: 0.8\nLogistic regression ROC AUC: 0.9")),
    case("claims_hold", "not_met", "neither the figure nor the conclusion",
         claiming({**BEST, "README.md": "The random forest's ROC AUC is 0.95.\n\n" + BEST["README.md"]},
                  "Random forest ROC AUC: 0.8\nLogistic regression ROC AUC: 0.9")),
    case("limits_written", "met", "two sentences about this work",
         {"train.py": SCORED + "print(frame['tenure'].max())\n", "README.md": LIMITED}),
    case("limits_written", "partly", "one",
         {"train.py": SCORED + "print(frame['tenure'].max())\n", "README.md": LIMITED.partition("\n")[0]}),
    case("limits_written", "not_met", "none",
         {"train.py": SCORED, "README.md": "Run train.py to get the predictions.\n"}),
    case("limits_written", "not_met", "the company's own words, handed in again",
         {"train.py": SCORED + "print(frame['tenure'].max())\n", "TASK.md": LIMITED}),
    case("limits_written", "not_met", "headings only", {"solution.ipynb": HEADINGS}),
    case("limits_written", "not_met", "sentences that would fit any work", {"train.py": SCORED, "README.md":
         "There are some limitations to this approach that should be kept in mind.\n\n"
         "As a next step one could improve the results further with more time and data.\n"}),
    *(case("limits_written", "partly", text, limited(text)) for text in (
        "TODO if more time: try xgboost, check `tenure`, which could be known only later??",
        "If I had more time I would look at the tenure in more depth.",
        "Not done: tuning of the random forest, calibration, checking outliers.",
        "The tenure has gaps that I dropped, so this does not work for customers without one.",
        "Next: cross-validation instead of one split, to get the spread of AUC.",
        "For RandomForestClassifier we only tested the default depth, for it takes long.",
        "As tenure matters most, we should explore more of its bins.",
        "The rows are limited to two years of the tenure, so newer plans are missing.",
        "I could've used the logarithm of the tenure, and n-grams of the notes.",
        "The result is limited to customers whose tenure is known.",
        "As a next step the yearly plan holders deserve a model of their own.",
        "Next steps: report the roc_auc_score for each month of the year.",
    )),
    *(case("limits_written", "not_met", text, limited(text)) for text in (
        "By looking at the tenure we can make informed assumptions about the gaps.",
        "Oversampling does not fit naive Bayes here: it assumes counts, as the tenure is.",
        "If I had more time I would look at the data in more depth.",
        "We tested the default of tenure, which is the median of its column.",
        "For a tenure of zero we should see no bill at all in the table.",
        "The tenure could have been recorded by the shop itself.",
        "Gaps were limited to only two columns, so I filled the tenure by its mode.",
        "TODO: improve the model, the features and the results of the training.",
        "This uses many skills, including but not limited to the tenure of customers.",
        "As a next step the yearly paying holders of plans deserve a model of their own.",
    )),
    case("limits_written", "not_met", "sentences under a task that was left as a heading", limited(TASK)),
    case("limits_written", "met", "sentences under what was left to do", limited(TASK.replace(" show the tenure", ""))),
    case("limits_written", "met", "sentences on the models that those before them name", limited(SPOKEN_OF)),
    case("limits_written", "not_met", "sentences on models that nothing before them names",
         limited(SPOKEN_OF.replace("random forest", "first one"))),
    case("limits_written", "not_met", "the models that they speak of are not in the code",
         limited(SPOKEN_OF.replace("random forest", "LSTM"))),
    case("limits_written", "met", "a network that is called by its layers",
         {"train.py": LAYERS, "README.md": SPOKEN_OF.replace("random forest", "LSTM")}),
    case("limits_written", "not_met", "the model stands in another paragraph",
         limited(SPOKEN_OF.replace(". ", ".\n\n\n"))),
    case("limits_written", "partly", "letters that the code binds together", order("p,d,q")),
    case("limits_written", "partly", "the same with blanks", order("p, d, q")),
    case("limits_written", "not_met", "letters that it does not", order("a,b,c")),
    case("limits_written", "partly", "a column that a module names by a constant",
         {"a.py": "from days import COLUMNS\n" + SCORED, "days.py": "COLUMNS = ['snowfall', 'rides_total']\n",
          "README.md": "With more time we would look at rides total by the hour.\n"}),
    case("limits_written", "not_met", "a column that no module names",
         {"a.py": "from days import COLUMNS\n" + SCORED, "days.py": "COLUMNS = ['snowfall', 'rides_all']\n",
          "README.md": "With more time we would look at rides total by the hour.\n"}),
    case("limits_written", "not_applicable", "no model", {"a.py": LOOKING, "README.md": LIMITED}),
]  # fmt: skip
