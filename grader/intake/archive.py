"""Archives, by our own rules: streamed, counted, and no entry but plain files and folders."""

from __future__ import annotations

import calendar
import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from grader.errors import SubmissionError
from grader.intake.limits import IntakeLimits
from grader.intake.names import is_junk, refusal
from grader.intake.snapshot import SnapshotWriter

CHUNK = 1 << 16
HEADER_BYTES = 1 << 16
EXTENDED = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
ENCRYPTED = 0x1
DAMAGED_TAR = (
    *(tarfile.TarError, gzip.BadGzipFile, zlib.error),
    *(EOFError, ValueError, RecursionError, OverflowError),
)
DAMAGED_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError, NotImplementedError)
READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def add_archive(path: Path, writer: SnapshotWriter, limits: IntakeLimits) -> None:
    """Stream the files of a .zip or .tar.gz into `writer`. Raises SubmissionError with an "archive." code."""
    if path.stat().st_size > limits.packed_bytes:
        raise too_large(f"The archive is larger than {limits.packed_bytes / 1e6:.0f} MB.")
    with path.open("rb") as file:
        start = file.read(4)
    wants_zip = path.suffix.lower() == ".zip"
    if wants_zip and start == ZIP:
        _add_zip(path, writer, limits)
    elif not wants_zip and start[:2] == GZIP:
        _add_tar(path, writer, limits)
    else:
        raise SubmissionError(
            "archive.type",
            f"{path.name} does not begin as a {'.zip' if wants_zip else '.tar.gz'} archive does.",
            hint="Pack the work as a plain .zip or .tar.gz, without encryption.",
        )


def too_large(message: str) -> SubmissionError:
    """Return the error for too many bytes."""
    return SubmissionError("archive.too_large", message, hint="Leave out data, models and environments.")


def corrupt(what: str) -> SubmissionError:
    """Return the error for an archive that contradicts itself."""
    return SubmissionError("archive.corrupt", f"The archive is damaged: {what}.", hint="Pack and upload it again.")


@contextmanager
def damage_told() -> Iterator[None]:
    """Turn what the library says of a damaged .zip into SubmissionError."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise SubmissionError(
            "archive.name", "A file name in the archive is not UTF-8.", hint="Rename the file and pack again."
        ) from error
    except DAMAGED_ZIP as error:
        raise corrupt(str(error)[:200] or type(error).__name__) from error


def entries_of(archive: zipfile.ZipFile, limits: IntakeLimits) -> list[zipfile.ZipInfo]:
    """Return the entries of a .zip, which share nothing of what is packed. Raises SubmissionError."""
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise SubmissionError("archive.too_many_files", f"The archive has {len(entries):,} entries.")
    _refuse_overlaps(entries, archive.start_dir)
    return entries


def name_of(entry: zipfile.ZipInfo) -> str:
    """Return the name of an entry. Raises SubmissionError where it is not UTF-8."""
    name = entry.orig_filename
    if not entry.flag_bits & 0x800 and any(ord(char) > 126 for char in name):
        return _utf8_name(entry)
    return name


def refuse_unusual(entry: zipfile.ZipInfo, name: str) -> None:
    """Raise SubmissionError where an entry is encrypted, or packed by a method that unpacks without bounds."""
    if entry.flag_bits & ENCRYPTED or entry.compress_type not in READABLE:
        raise refusal("archive.type", name, "is encrypted or packed by an unusual method", "Pack it as a plain .zip.")


def _add_zip(path: Path, writer: SnapshotWriter, limits: IntakeLimits) -> None:
    with damage_told(), zipfile.ZipFile(path) as archive:
        for entry in entries_of(archive, limits):
            _add_zip_entry(archive, entry, writer)


def _add_zip_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, writer: SnapshotWriter) -> None:
    name = name_of(entry)
    mode = entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        if not is_junk(name):
            raise refusal("archive.link", name, "is a symbolic link")
        writer.junk += 1
        return
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR) or mode & (stat.S_ISUID | stat.S_ISGID):
        raise refusal("archive.special", name, "is no plain file")
    refuse_unusual(entry, name)
    if name.endswith("/"):
        writer.add_folder(name)
        return
    with archive.open(entry) as file:
        writer.add(name, _chunks(file))
    with suppress(ValueError, OverflowError):  # a date that no calendar has
        writer.note_time(calendar.timegm((*entry.date_time, 0, 0, 0)))


def _utf8_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of an entry that does not say it is UTF-8 but, as many tools' are, may be."""
    try:
        return entry.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError as error:
        raise refusal("archive.name", entry.orig_filename, "has a name that is not UTF-8") from error


def _refuse_overlaps(entries: list[zipfile.ZipInfo], table: int) -> None:
    """Refuse entries that share packed bytes: the better zip bomb (Fifield, 2019)."""
    end = 0
    for entry in sorted(entries, key=lambda item: item.header_offset):
        if not 0 <= entry.header_offset < table:
            raise corrupt("its table of contents does not fit its entries")
        if entry.header_offset < end:
            raise too_large("Entries of the archive overlap, as those of a compression bomb do.")
        end = entry.header_offset + 30 + len(entry.orig_filename) + entry.compress_size


def _add_tar(path: Path, writer: SnapshotWriter, limits: IntakeLimits) -> None:
    # headers and padding count too: a tar of two million empty entries is small data and much work
    budget = limits.unpacked_bytes + limits.entries * 2048
    try:
        with gzip.open(path) as plain:
            counted = cast("IO[bytes]", _Bounded(plain, budget))
            _add_members(counted, writer, limits)
            while counted.read(CHUNK):  # to its end, where the checksum stands
                continue
    except DAMAGED_TAR as error:
        raise corrupt(str(error)[:200] or type(error).__name__) from error


def _add_members(file: IO[bytes], writer: SnapshotWriter, limits: IntakeLimits) -> None:
    with tarfile.open(fileobj=file, mode="r|", tarinfo=_Member) as archive:
        for number, entry in enumerate(archive):
            if number >= limits.entries:
                raise SubmissionError("archive.too_many_files", f"The archive has over {number:,} entries.")
            _add_tar_entry(archive, entry, writer)


def _add_tar_entry(archive: tarfile.TarFile, entry: tarfile.TarInfo, writer: SnapshotWriter) -> None:
    if entry.issym() or entry.islnk():
        if not is_junk(entry.name):
            raise refusal("archive.link", entry.name, "is a link")
        writer.junk += 1
        return
    if not (entry.isreg() or entry.isdir()) or entry.mode & (stat.S_ISUID | stat.S_ISGID):
        raise refusal("archive.special", entry.name, "is no plain file")
    if entry.isdir():
        writer.add_folder(entry.name)
    else:
        file = archive.extractfile(entry)
        if file is None or entry.sparse is not None:
            raise refusal("archive.special", entry.name, "is no plain file")
        writer.add(entry.name, _chunks(file))
        writer.note_time(entry.mtime)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


class _Member(tarfile.TarInfo):
    """A tar entry whose long-name and extended headers, which the library reads whole, are bounded."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        extended = self.type in EXTENDED
        if extended and self.size > HEADER_BYTES:
            raise refusal("archive.path", self.name, "has a header that is too long")
        return super()._proc_member(archive)  # type: ignore[misc,no-any-return]


class _Bounded:
    """A readable stream that gives at most so many bytes, whatever a header asks for in one go."""

    def __init__(self, file: gzip.GzipFile, budget: int) -> None:
        self._file, self._left = file, budget

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes. Raises SubmissionError("archive.too_large") past the budget."""
        data = self._file.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise too_large("The archive unpacks to more than allowed.")
        return data
