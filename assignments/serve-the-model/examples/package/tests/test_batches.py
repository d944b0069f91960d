import pytest

from flightserve.batches import BrokenBatch, read_batch

COLUMNS = ["flight_id", "temp"]


def test_a_row_that_is_there_twice_is_read_once(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("flight_id,temp\nF1,50\nF2,51\nF1,50\n")
    assert list(read_batch(path, COLUMNS)["flight_id"]) == ["F1", "F2"]


@pytest.mark.parametrize(("content", "why"), [(b"", "empty"), (b"flight_id,temp\n", "no rows"), (b"flight_id,temp\nF1,5", "cut off"), (b"flight_id;temp\nF1;5\n", "header"), (b"flight_id\nF1\n", "header"), (b"\x89PNG\r\n\xff", "UTF-8"), (b"flight_id,temp\nF1,50,5\n", "3 cells")])
def test_a_broken_file_says_why(tmp_path, content, why):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(BrokenBatch, match=why):
        read_batch(path, COLUMNS)
