"""Works that go on with a series: what they predict, look at and cut, each beside its look-alike."""

from __future__ import annotations

import pytest
from rubric_evidence import notebook, verdict, work

LOOKED, GAPS, SUITS = (
    "data_preparation.target_looked_at",
    "data_preparation.missing_values",
    "model_choice.suits_the_task",
)
READ = (
    "import pandas as pd\nfrom sklearn.metrics import mean_absolute_error\n"
    "df = pd.read_csv('a.csv', parse_dates=['Day']).sort_values('Day')\n"
)
CUT = "train = df[:-12]\ntest = df[-12:]\n"
SARIMAX = (
    "from statsmodels.tsa.statespace.sarimax import SARIMAX\n"
    "result = SARIMAX(train['Sales'], order=(1, 1, 1)).fit()\n"
    "print(mean_absolute_error(test['Sales'], result.forecast(steps=12)))\n"
)
PROPHET = (
    "from prophet import Prophet\nmodel = Prophet()\nmodel.fit(train)\n"
    "print(mean_absolute_error(test['y'], model.predict(test[['ds']])['yhat']))\n"
)
RENAMED = "df = df.rename(columns={'Day': 'ds', 'Sales': 'y'})\n"
FOREST = (
    "from sklearn.ensemble import RandomForestRegressor\n"
    "model = RandomForestRegressor().fit(train[['fee']], train['Sales'])\n"
    "print(mean_absolute_error(test['Sales'], model.predict(test[['fee']])))\n"
)


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("met", "the series is drawn", READ + "df['Sales'].plot()\n" + CUT + SARIMAX),
        ("not_met", "another column is counted", READ + "print(df['Shop'].value_counts())\n" + CUT + SARIMAX),
        ("met", "the series under a name, cut out of its column",
         READ + "train = df['Sales'][:-12]\nprint(df['Sales'].describe())\n"
         "from statsmodels.tsa.arima.model import ARIMA\nprint(ARIMA(train, order=(1, 0, 0)).fit().forecast(12))\n"),
        ("met", "its autocorrelation is drawn",
         READ + "from statsmodels.graphics.tsaplots import plot_acf\nplot_acf(df['Sales'])\n" + CUT + SARIMAX),
        ("needs_human", "a picture that may hold the series", READ + "df.set_index('Day').plot()\n" + CUT + SARIMAX),
        ("not_met", "the first rows of what is later cut down to the series",
         READ + "print(df.head())\ndf = df['Sales']\nfrom statsmodels.tsa.arima.model import ARIMA\n"
         "print(ARIMA(df).fit().forecast(12))\n"),
        ("met", "Prophet's own column", READ + RENAMED + "df['y'].hist()\n" + CUT + PROPHET),
        ("met", "what is renamed to that", READ + "df['Sales'].hist()\n" + RENAMED + CUT + PROPHET),
        ("met", "what is put there",
         READ + "df['Sales'].hist()\ndf['ds'], df['y'] = df['Day'], df['Sales']\n" + CUT + PROPHET),
        ("met", "what is put there by itself",
         READ + "df['Sales'].hist()\ndf['y'] = df['Sales']\n" + CUT + PROPHET),
        ("not_met", "the rows' numbers by shop", READ + "print(df['Shop'].value_counts())\n" + RENAMED + CUT + PROPHET),
    ],
)  # fmt: skip
def test_the_series_that_is_gone_on_with_is_what_is_predicted(expected: str, about: str, code: str) -> None:
    assert verdict(LOOKED, work(code)) == expected, about


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("met", "a forecaster by an error of quantities", READ + CUT + SARIMAX),
        ("met", "Prophet", READ + RENAMED + CUT + PROPHET),
        ("not_applicable", "a forecaster that nothing measures",
         READ + CUT + SARIMAX.replace("print(mean_absolute_error(test['Sales'], ", "print((")),
    ],
)  # fmt: skip
def test_a_forecaster_predicts_quantities(expected: str, about: str, code: str) -> None:
    assert verdict(SUITS, work(code)) == expected, about


SEEN = "df.info()"
NONE = "# %% md\nWe don't see any missing values"
LAGS = "df['before'] = df['Sales'].shift(1)\n"
DROPPED = "df = df.dropna()\n"
BY_ROW = "mid = df['fee'].median()\ndf['fee'] = df['fee'].apply(lambda fee: {})\n"


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("met", "looked for, and none are seen, as the text says", [READ, SEEN, NONE, CUT + FOREST]),
        ("met", "none are there, with another word", [READ, SEEN, "# there aren't any nulls\n" + CUT + FOREST]),
        ("needs_human", "what is not done is no answer",
         [READ, SEEN, "# %% md\nWe do not fill missing values in this table.", CUT + FOREST]),
        ("needs_human", "what is only asked",
         [READ, SEEN, "# %% md\nCheck whether we do not see any missing values", CUT + FOREST]),
        ("not_met", "said, and never looked for", [READ, NONE, CUT + FOREST]),
        ("met", "rows that lags have emptied are dropped beside it",
         [READ, SEEN, NONE, LAGS + DROPPED + CUT + FOREST]),
        ("partly", "the same, and the work does not say that there are none",
         [READ, SEEN, LAGS + DROPPED + CUT + FOREST]),
        ("partly", "rows with gaps are dropped where there should be none", [READ, SEEN, NONE, DROPPED + CUT + FOREST]),
        ("not_met", "what a difference has just emptied",
         [READ, "df['step'] = df['Sales'].diff().dropna()\n" + CUT + FOREST]),
        ("not_met", "a mean that moves",
         [READ, "df['level'] = df['Sales'].rolling(window=3).mean().dropna()\n" + CUT + FOREST]),
        ("not_met", "a column that was made so",
         [READ, "df['step'] = df['Sales'].diff()\nsteps = df['step'].dropna()\n" + CUT + FOREST]),
        ("partly", "another column than was made so",
         [READ, "df['step'] = df['Sales'].diff()\ndf['fee'] = df['fee'].dropna()\n" + CUT + FOREST]),
        ("partly", "rows with gaps are dropped before the difference",
         [READ, "df['step'] = df['Sales'].dropna().diff()\n" + CUT + FOREST]),
        ("met", "a state space goes on over a gap", [READ, CUT + SARIMAX]),
        ("not_met", "not over one in what explains the series",
         [READ, CUT + SARIMAX.replace("train['Sales'],", "train['Sales'], exog=train['fee'],")]),
        ("not_met", "nor did the older one",
         [READ, CUT + "from statsmodels.tsa.arima_model import ARIMA\nARIMA(train['Sales'], (1, 1, 1)).fit()\n"]),
        ("met", "Prophet does too", [READ, RENAMED + CUT + PROPHET]),
        ("not_met", "not in what it is told beside",
         [READ, RENAMED + CUT + PROPHET.replace("model.fit", "model.add_regressor('fee')\nmodel.fit")]),
        ("partly", "gaps are filled row by row", [READ, BY_ROW.format("fee if pd.notna(fee) else mid") + CUT + FOREST]),
        ("partly", "the other way round", [READ, BY_ROW.format("mid if pd.isnull(fee) else fee") + CUT + FOREST]),
        ("not_met", "gaps stay gaps",
         [READ, BY_ROW.format("fee * 2 if pd.notna(fee) else fee") + CUT + FOREST]),
        ("not_met", "gaps become gaps",
         [READ, BY_ROW.format("float('nan') if not pd.notna(fee) else fee") + CUT + FOREST]),
    ],
)  # fmt: skip
def test_gaps_of_a_series(expected: str, about: str, code: list[str]) -> None:
    assert verdict(GAPS, work({"work.ipynb": notebook(*code)})) == expected, about


def test_gaps_that_become_numbers_before_rows_are_grouped() -> None:
    groups = (
        "import numpy as np\nimport pandas as pd\nfrom sklearn.cluster import KMeans\ndf = pd.read_csv('a.csv')\n"
        "X = np.nan_to_num(df.values)\nprint(KMeans(3).fit(X).labels_)\n"
    )
    assert verdict(GAPS, work(groups)) == "partly"
    assert verdict(GAPS, work(groups.replace("X = np.nan_to_num(df.values)", "X = df.values"))) == "not_applicable"


IN_TIME, FITS = "data_preparation.temporal_leakage", "data_preparation.split_fits_data"
TABLE = "import pandas as pd\nfrom sklearn.linear_model import Ridge\ndf = pd.read_csv('a.csv', parse_dates=['{}'])\n"
RIDGE = "model = Ridge().fit(train[['fee']], train['y'])\nprint(model.score(test[['fee']], test['y']))\n"
DRAWN = "train = df.sample(frac=0.8, random_state=0)\ntest = df.drop(train.index)\n"
PICKED = "train = df[df.{0}.isin({1})]\ntest = df[df.{0}.isin({2})]\n"


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("met", "sorted by an index of dates",
         TABLE.format("Day") + "df = df.set_index('Day').sort_index()\n" + CUT + RIDGE),
        ("met", "the same of a series", READ.partition("df =")[0] + TABLE.format("Day").partition("Ridge\n")[2]
         + "df = df.set_index('Day').sort_index()\n" + CUT + SARIMAX),
        ("met", "sorted by an index that the file was read with",
         TABLE.format("Day").replace("parse_dates", "index_col='Day', parse_dates") + "df = df.sort_index()\n"
         + CUT + RIDGE),
        ("not_applicable", "sorted by an index of numbers",
         TABLE.format("Day") + "df = df.set_index('number').sort_index()\n" + CUT + RIDGE),
        ("met", "a date as Prophet has it called", TABLE.format("ds") + "df = df.sort_values('ds')\n" + CUT + RIDGE),
        ("not_applicable", "a column whose name only ends so",
         TABLE.format("ads") + "df = df.sort_values('ads')\n" + CUT + RIDGE),
        ("met", "months by their numbers",
         TABLE.format("Day") + "import numpy as np\n" + PICKED.format("month", "np.arange(0, n)", "range(n, n + 5)")
         + RIDGE),
        ("not_applicable", "months that may be in both",
         TABLE.format("Day") + PICKED.format("month", "range(0, n)", "range(m, 12)") + RIDGE),
        ("not_applicable", "numbers that are no time",
         TABLE.format("Day") + PICKED.format("shop", "range(0, 5)", "range(5, 9)") + RIDGE),
        ("not_met", "sorted by time and drawn at random",
         TABLE.format("Day") + "df = df.sort_values('Day')\n" + DRAWN + RIDGE),
        ("not_applicable", "drawn, and not sorted by time",
         TABLE.format("Day") + "df = df.sort_values('fee')\n" + DRAWN + RIDGE),
        ("not_applicable", "drawn to be looked at, the rest is not evaluated",
         TABLE.format("Day") + "df = df.sort_values('Day')\n" + DRAWN + "print(test.describe())\n"
         + RIDGE.replace("test", "train")),
    ],
)  # fmt: skip
def test_rows_that_are_cut_in_time(expected: str, about: str, code: str) -> None:
    assert {name: verdict(name, work(code)) for name in (IN_TIME, FITS)} == dict.fromkeys((IN_TIME, FITS), expected), (
        about
    )


INTERPRETED = "evaluation.features_interpreted"


def test_the_parts_of_a_series_are_what_its_model_leans_on() -> None:
    code = READ + RENAMED + CUT + PROPHET
    assert verdict(INTERPRETED, work(code + "model.plot_components(model.predict(test))\n")) == "met"
    assert verdict(INTERPRETED, work(code + "model.plot(model.predict(test))\n")) == "not_met"


GROUPED = READ + (
    "import numpy as np\nmonthly = df.groupby(pd.Grouper(key='Day', freq='M'))['Sales'].sum().reset_index()\n"
    "monthly.columns = ['ds', 'y']\nsize = int(len(monthly) * 0.8)\ntrain, test = monthly[:size], monthly[size:]\n"
    "from prophet import Prophet\nmodel = Prophet()\nmodel.fit(train)\n"
    "future = model.make_future_dataframe(periods=len(test), freq='M')\nforecast = model.predict(future)\n"
)
LAST = (
    "said = forecast.iloc[-len(test):]['yhat'].values\ntruth = test['y'].values\n"
    "print(mean_absolute_error(truth, said))\n"
)
ON_TRAINING = "print(mean_absolute_error(train['y'], model.predict(train)['yhat']))\n"
AHEAD = {
    "evaluation.held_out_evaluation": "met",
    "evaluation.scored_on_training_data": "met",
    "evaluation.multi_test_leakage": "met",
    "data_preparation.overlap_leakage": "met",
    "data_preparation.preprocessing_leakage": "met",
}


@pytest.mark.parametrize(
    ("changed", "about", "code"),
    [
        ({}, "months are cut in two, and the days ahead are answered", GROUPED + LAST),
        (dict.fromkeys(AHEAD, "needs_human")
         | {"evaluation.scored_on_training_data": "not_met", "evaluation.held_out_evaluation": "not_met"},
         "the months of the fit are scored", GROUPED + ON_TRAINING),
        ({"data_preparation.overlap_leakage": "not_met", "evaluation.held_out_evaluation": "needs_human"},
         "the months that are scored begin before those of the fit end",
         GROUPED.replace("monthly[:size], monthly[size:]", "monthly[:-12], monthly[-24:]")
         + "print(mean_absolute_error(test['y'], model.predict(test)['yhat']))\n"),
        (dict.fromkeys(AHEAD, "needs_human") | {"data_preparation.preprocessing_leakage": "not_applicable",
                                                "data_preparation.overlap_leakage": "not_applicable"},
         "a truth of which nothing is known", GROUPED.replace("train, test = monthly[:size], monthly[size:]",
         "import inhouse\ntrain, test = inhouse.parts(monthly)") + LAST),
    ],
)  # fmt: skip
def test_a_table_that_was_put_together_by_months(changed: dict[str, str], about: str, code: str) -> None:
    assert {name: verdict(name, work(code)) for name in AHEAD} == AHEAD | changed, about
