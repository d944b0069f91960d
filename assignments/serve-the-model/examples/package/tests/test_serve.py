from pathlib import Path

import pandas as pd

from flightserve.serve import Service, serve

DATA = Path(__file__).resolve().parents[1] / "data"


def test_one_broken_file_stops_no_other(tmp_path):
    folder, target = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    header = "flight_id,carrier,origin,dest,weekday,departure,distance,temp,wind_speed,precip,visib,pressure\n"
    (folder / "a.csv").write_bytes(b"\xff\xfe")
    (folder / "b.csv").write_text(header + "F1,UA,EWR,IAH,Mon,600,1400,50.5,10.4,0,10,1013.2\nF2,UA,??,IAH,Mon,600,1400,50.5,10.4,0,10,\n")
    serve(folder, target, Service.load(DATA, 0.01))
    statuses = pd.read_csv(target / "batches.csv").set_index("batch")["status"]
    assert statuses.to_dict() == {"a.csv": "broken", "b.csv": "ok"}
    assert list(pd.read_csv(target / "predictions.csv")["flight_id"]) == ["F1"]
    assert list(pd.read_csv(target / "refused.csv")["flight_id"]) == ["F2"]
