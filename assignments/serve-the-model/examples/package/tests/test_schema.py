import pytest

from flightserve.schema import check_rows


def test_a_valid_row_is_kept_with_numbers(row, schema):
    checked = check_rows(row, schema)
    assert checked.refused.empty
    assert checked.valid.loc[0, "temp"] == 50.5


@pytest.mark.parametrize(("name", "cell", "value"), [("origin", " EWR ", "EWR"), ("carrier", "ua", "UA"), ("weekday", "MON", "Mon"), ("distance", " 1400", 1400)])
def test_what_the_rules_allow_is_repaired(row, schema, name, cell, value):
    row[name] = cell
    assert check_rows(row, schema).valid.loc[0, name] == value


@pytest.mark.parametrize(("name", "cell"), [("origin", ""), ("dest", "ZZZ"), ("temp", "n/a"), ("temp", "451"), ("departure", "730.5"), ("wind_speed", "-1"), ("flight_id", "")])
def test_what_breaks_a_rule_is_refused_with_its_column(row, schema, name, cell):
    row[name] = cell
    checked = check_rows(row, schema)
    assert checked.valid.empty
    assert name in checked.refused.loc[0, "reason"]


def test_air_pressure_may_be_missing(row, schema):
    row["pressure"] = " "
    assert len(check_rows(row, schema).valid) == 1
