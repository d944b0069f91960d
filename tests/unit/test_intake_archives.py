"""Group "Archives" of the abuse cases, each row with its code."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.intake import IntakeLimits, take


def make_zip(path: Path, entries: dict[str, bytes], prepare: Callable[[zipfile.ZipInfo], None] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            entry = zipfile.ZipInfo("x")
            entry.filename = name
            entry.compress_type = zipfile.ZIP_DEFLATED
            if prepare:
                prepare(entry)
            archive.writestr(entry, data)
    return path


def make_tar(path: Path, *entries: tarfile.TarInfo, data: bytes = b"") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for entry in entries:
            entry.size = len(data) if entry.isreg() else 0
            archive.addfile(entry, io.BytesIO(data))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, **fields: object) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type = kind
    for key, value in fields.items():
        setattr(entry, key, value)
    return entry


def code_of(path: Path, limits: IntakeLimits | None = None) -> str:
    with pytest.raises(SubmissionError) as caught:
        take(str(path), path.parent / "store", limits)
    assert not list((path.parent / "store").glob("*")), "a refused archive leaves nothing behind"
    return caught.value.code


@pytest.mark.parametrize("name", ["../evil.py", "/etc/evil.py", "C:/evil.py", "a\\..\\evil.py", "a/../../evil.py"])
def test_a_path_that_leaves_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    assert code_of(make_zip(tmp_path / "a.zip", {name: b"1"})) == "archive.path"
    assert code_of(make_tar(tmp_path / "a.tar.gz", member(name))) == "archive.path"


def test_symbolic_and_hard_links_are_refused(tmp_path: Path) -> None:
    def link(entry: zipfile.ZipInfo) -> None:
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert code_of(make_zip(tmp_path / "a.zip", {"link": b"/etc/passwd"}, link)) == "archive.link"
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
        assert code_of(make_tar(tmp_path / "a.tar.gz", member("link", kind, linkname="/etc/passwd"))) == "archive.link"


@pytest.mark.parametrize("name", ["../evil/", "/evil/", "/".join("a" * 3000) + "/"])
def test_a_folder_is_held_to_the_same_names_as_a_file(tmp_path: Path, name: str) -> None:
    assert code_of(make_zip(tmp_path / "a.zip", {"main.py": b"1", name: b""})) == "archive.path"
    folder = member(name.rstrip("/"), tarfile.DIRTYPE)
    assert code_of(make_tar(tmp_path / "a.tar.gz", folder, member("main.py"))) == "archive.path"


def test_a_file_where_a_listed_folder_stands_is_refused_in_either_order(tmp_path: Path) -> None:
    for names in (("a/", "a"), ("a", "a/")):
        assert code_of(make_zip(tmp_path / "a.zip", dict.fromkeys(names, b""))) == "archive.collision"
        members = [member(name.rstrip("/"), tarfile.DIRTYPE if name == "a/" else tarfile.REGTYPE) for name in names]
        assert code_of(make_tar(tmp_path / "a.tar.gz", *members)) == "archive.collision"


def test_the_links_of_an_environment_that_was_packed_too_are_left_out_with_it(tmp_path: Path) -> None:
    def link(entry: zipfile.ZipInfo) -> None:
        if entry.filename.startswith(".venv"):
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16

    zipped = make_zip(tmp_path / "a.zip", {"main.py": b"1", ".venv/bin/python": b"/usr/bin/python3"}, link)
    assert [entry.path for entry in take(str(zipped), tmp_path / "store").files] == ["main.py"]


def test_an_environment_of_any_name_is_left_out_of_an_archive_unless_it_is_all_there_is(tmp_path: Path) -> None:
    theirs = {"env/pyvenv.cfg": b"home = /usr", "env/lib/site-packages/pip/main.py": b"2"}
    found = take(str(make_zip(tmp_path / "a.zip", {"w/work.py": b"1", **theirs})), tmp_path / "store")
    assert [entry.path for entry in found.files] == ["work.py"]
    assert any("2 files" in note for note in found.notes)
    assert len(take(str(make_zip(tmp_path / "b.zip", theirs)), tmp_path / "store").files) == 2


def test_a_changed_byte_that_only_the_checksum_shows_is_corrupt(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar.gz", member("noise.bin"), data=os.urandom(50_000))
    data = bytearray(path.read_bytes())
    data[25_000] ^= 1
    path.write_bytes(data)
    assert code_of(path) == "archive.corrupt"


def test_zeros_behind_the_end_of_an_archive_are_counted_too(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar.gz", member("main.py"), data=b"1")
    path.write_bytes(path.read_bytes() + gzip.compress(bytes(60_000_000)))
    assert code_of(path, IntakeLimits(unpacked_bytes=1_000_000)) == "archive.too_large"


def test_a_compression_bomb_is_counted_while_it_unpacks(tmp_path: Path) -> None:
    small = IntakeLimits(unpacked_bytes=1_000_000)
    zeros = bytes(5_000_000)
    assert code_of(make_zip(tmp_path / "a.zip", {"zeros": zeros}), small) == "archive.too_large"
    assert code_of(make_tar(tmp_path / "a.tar.gz", member("zeros"), data=zeros), small) == "archive.too_large"


def test_a_packed_archive_over_the_limit_is_refused_unopened(tmp_path: Path) -> None:
    assert code_of(make_zip(tmp_path / "a.zip", {"a": b"1"}), IntakeLimits(packed_bytes=10)) == "archive.too_large"


def test_overlapping_entries_are_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {f"f{number}": bytes(1000) for number in range(3)})
    data = bytearray(path.read_bytes())
    start = 0
    while (start := data.find(b"PK\x01\x02", start)) >= 0:
        struct.pack_into("<I", data, start + 42, 0)  # every entry claims the first one's bytes
        start += 4
    path.write_bytes(data)
    assert code_of(path) in ("archive.too_large", "archive.corrupt")


def test_truncated_and_lying_archives_are_corrupt(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.py": b"print(1)" * 100})
    path.write_bytes(path.read_bytes()[:-30])
    assert code_of(path) == "archive.corrupt"
    tar = make_tar(tmp_path / "a.tar.gz", member("a.py"), data=bytes(range(256)) * 400)
    tar.write_bytes(tar.read_bytes()[:-200])
    assert code_of(tar) == "archive.corrupt"
    lying = make_zip(tmp_path / "b.zip", {"a.py": b"print(1)" * 100})
    data = bytearray(lying.read_bytes())
    struct.pack_into("<I", data, data.find(b"PK\x01\x02") + 24, 5)
    lying.write_bytes(data)
    assert code_of(lying) == "archive.corrupt"


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    files = {f"{number}.txt": b"" for number in range(2100)}
    assert code_of(make_zip(tmp_path / "a.zip", files)) == "archive.too_many_files"
    entries = [member(name) for name in files]
    assert code_of(make_tar(tmp_path / "a.tar.gz", *entries)) == "archive.too_many_files"


def test_what_tools_write_by_the_thousand_is_left_out_before_files_are_counted(tmp_path: Path) -> None:
    runs = {f"mlruns/1/params/p{number}": b"1" for number in range(2300)}
    files = {"train.py": b"print(1)", "wandb/run.log": b"x"}
    work = {**dict(list(runs.items())[:1000]), **files, **runs}
    taken = take(str(make_zip(tmp_path / "a.zip", work)), tmp_path / "store")
    assert [entry.path for entry in taken.files] == ["train.py"]
    assert taken.notes == (
        "2,301 files that tools write as they run (mlruns, wandb) were left out: there were too many.",
    )
    assert taken.left_out == ()
    without = take(str(make_zip(tmp_path / "b.zip", {"train.py": b"print(1)"})), tmp_path / "store")
    assert taken.digest == without.digest


def test_what_tools_write_is_kept_where_there_is_room(tmp_path: Path) -> None:
    files = {"train.py": b"print(1)", **{f"mlruns/1/p{number}": b"1" for number in range(1999)}}
    assert len(take(str(make_zip(tmp_path / "a.zip", files)), tmp_path / "store").files) == 2000
    more = {**files, "more.py": b"print(2)"}
    kept = take(str(make_zip(tmp_path / "b.zip", more)), tmp_path / "store").files
    assert [entry.path for entry in kept] == ["more.py", "train.py"]


@pytest.mark.parametrize("name", ["data/{}.txt", "mlruns", "mlruns.py/{}"])
def test_folders_of_tools_open_no_way_past_the_limit(tmp_path: Path, name: str) -> None:
    names = [f"mlruns/{number}" if name == "mlruns" else name.format(number) for number in range(2100)]
    assert code_of(make_zip(tmp_path / "a.zip", dict.fromkeys(names, b""))) == "archive.too_many_files"
    many = dict.fromkeys((f"mlruns/{number}" for number in range(20_100)), b"")
    assert code_of(make_zip(tmp_path / "b.zip", {"train.py": b"print(1)", **many})) == "archive.too_many_files"


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    assert code_of(make_tar(tmp_path / "a.tar.gz", member("a.py"), member("./a.py"))) == "archive.duplicate"


@pytest.mark.parametrize(
    "names", [("a.py", "A.py"), ("é.py", "e\u0301.py"), ("a", "a/b.py"), ("a/b.py", "a"), ("D/a", "d/b")]
)
def test_names_that_are_one_on_another_file_system_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    assert code_of(make_tar(tmp_path / "a.tar.gz", *map(member, names))) == "archive.collision"


@pytest.mark.parametrize("kind", [tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
def test_special_files_are_refused(tmp_path: Path, kind: bytes) -> None:
    assert code_of(make_tar(tmp_path / "a.tar.gz", member("x", kind))) == "archive.special"


def test_setuid_bits_are_refused_and_other_modes_reset(tmp_path: Path) -> None:
    assert code_of(make_tar(tmp_path / "a.tar.gz", member("x", mode=0o4755))) == "archive.special"
    taken = take(str(make_tar(tmp_path / "b.tar.gz", member("x", mode=0o777))), tmp_path / "store")
    assert stat.S_IMODE((taken.root / "x").stat().st_mode) == 0o644


def test_names_too_long_or_too_deep_are_refused(tmp_path: Path) -> None:
    assert code_of(make_tar(tmp_path / "a.tar.gz", member("n" * 300))) == "archive.path"
    assert code_of(make_tar(tmp_path / "a.tar.gz", member("d/" * 3000 + "x"))) == "archive.path"
    assert code_of(make_tar(tmp_path / "a.tar.gz", member("n" * 200_000))) == "archive.path"


def test_names_with_nul_or_foreign_bytes_are_refused(tmp_path: Path) -> None:
    assert code_of(make_tar(tmp_path / "a.tar.gz", member("a\udcff.py"))) == "archive.name"
    path = make_zip(tmp_path / "a.zip", {"aXb.py": b"1"})
    path.write_bytes(path.read_bytes().replace(b"aXb.py", b"a\0b.py"))
    assert code_of(path) == "archive.name"
    path = make_zip(tmp_path / "b.zip", {"aXb.py": b"1"})
    path.write_bytes(path.read_bytes().replace(b"aXb.py", b"a\xffb.py"))
    assert code_of(path) == "archive.name"


def test_encrypted_archives_polyglots_and_other_files_are_refused_and_inner_ones_stay_closed(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.py": b"1"})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    path.write_bytes(data)
    assert code_of(path) == "archive.type"
    plain = make_zip(tmp_path / "b.zip", {"a.py": b"1"})
    polyglot = tmp_path / "c.zip"
    polyglot.write_bytes(b"#!/bin/sh\n" + plain.read_bytes())
    assert code_of(polyglot) == "archive.type"
    named = tmp_path / "d.tar.gz"
    named.write_bytes(plain.read_bytes())
    assert code_of(named) == "archive.type"
    taken = take(str(make_zip(tmp_path / "e.zip", {"inner.zip": plain.read_bytes()})), tmp_path / "store")
    assert [entry.path for entry in taken.files] == ["inner.zip"]


def test_a_git_folder_and_other_junk_are_dropped_and_noted(tmp_path: Path) -> None:
    names = ["work/.git/config", "work/.git/hooks/pre-commit", "work/__pycache__/a.pyc", "__MACOSX/._a", "work/main.py"]
    taken = take(str(make_zip(tmp_path / "a.zip", dict.fromkeys(names, b"1"))), tmp_path / "store")
    assert [entry.path for entry in taken.files] == ["main.py"]
    assert "4 files" in taken.notes[-1]


def test_an_empty_archive_and_a_missing_file_say_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.mkdir("empty")
    assert code_of(tmp_path / "a.zip") == "source.empty"
    assert code_of(tmp_path / "nothing.zip") == "source.not_found"


def test_the_same_content_has_one_digest_however_it_is_packed(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a b.py").write_bytes(b"print(1)\n")
    (folder / "README.md").write_bytes(b"# Work\n")
    packed = make_zip(tmp_path / "z.zip", {"top/README.md": b"# Work\n", "top/src/a b.py": b"print(1)\n"})
    first, second = take(str(folder), tmp_path / "s1"), take(str(packed), tmp_path / "s2")
    assert first.digest == second.digest
    assert take(str(folder), tmp_path / "s1").root == first.root
    (folder / "README.md").write_bytes(b"# Work!\n")
    assert take(str(folder), tmp_path / "s1").digest != first.digest


def test_a_link_in_a_folder_is_refused_and_an_environment_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    (folder / "myenv").mkdir(parents=True)
    (folder / "myenv" / "pyvenv.cfg").touch()
    (folder / "a.py").touch()
    assert [entry.path for entry in take(str(folder), tmp_path / "store").files] == ["a.py"]
    (folder / "link").symlink_to("/etc/passwd")
    with pytest.raises(SubmissionError, match="link"):
        take(str(folder), tmp_path / "store")


def _valid(kind: str) -> bytes:
    data = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.py", "print(1)\n" * 20)
            archive.writestr("b/c.txt", "x")
        return data.getvalue()
    with tarfile.open(fileobj=data, mode="w") as tar:
        entry = member("a.py")
        entry.size = 9
        tar.addfile(entry, io.BytesIO(b"print(1)\n"))
    return data.getvalue()


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
@settings(max_examples=100, deadline=None, derandomize=True)
@given(changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=8))
def test_any_damaged_archive_is_taken_or_refused_with_a_code(
    tmp_path_factory: pytest.TempPathFactory, kind: str, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(_valid(kind))
    for place, value in changes:
        data[place % len(data)] = value
    folder = tmp_path_factory.mktemp("fuzz")
    path = folder / f"a.{kind}"
    path.write_bytes(bytes(data) if kind == "zip" else gzip.compress(bytes(data)))
    try:
        assert take(str(path), folder / "store").files
    except SubmissionError as error:
        refused = error.code
    else:
        return
    assert refused.startswith(("archive.", "source."))
