import json
import os
from pathlib import Path

import joblib
import pandas as pd

DATA = Path("data")
OUT = Path(os.environ.get("OUTPUT_DIR", "."))

model = joblib.load(DATA / "model.joblib")
schema = json.loads((DATA / "schema.json").read_text())
features = list(model.feature_names_in_)


def check(df):
    ok = pd.Series(True, index=df.index)
    for column, rule in schema.items():
        if rule["type"] == "code":
            df[column] = df[column].astype(str).str.strip()
            ok &= df[column].isin(rule["values"])
        elif rule["type"] != "id":
            df[column] = pd.to_numeric(df[column], errors="coerce")
            inside = df[column].between(rule["minimum"], rule["maximum"])
            ok &= inside if rule["required"] else inside | df[column].isna()
    return ok


predictions, refused, batches = [], [], []
for path in sorted((DATA / "batches").glob("*.csv")):
    try:
        df = pd.read_csv(path)
        df = df[list(schema)].drop_duplicates("flight_id")
    except Exception as e:
        print(f"could not read {path}: {e}")
        batches.append({"batch": path.name, "status": "broken"})
        continue
    ok = check(df)
    good = df[ok]
    refused.append(df.loc[~ok, ["flight_id"]].assign(reason="invalid"))
    if len(good):
        predictions.append(good[["flight_id"]].assign(prediction=model.predict_proba(good[features])[:, 1]))
    batches.append({"batch": path.name, "status": "ok"})
    print(path.name, len(good), "of", len(df), "rows")

pd.concat(predictions).to_csv(OUT / "predictions.csv", index=False)
pd.concat(refused).to_csv(OUT / "refused.csv", index=False)
pd.DataFrame(batches).to_csv(OUT / "batches.csv", index=False)
