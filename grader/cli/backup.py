"""`grader db backup`: a copy of the service's database while it is used."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy.engine import make_url

from grader.errors import UsageError
from grader.settings import read_settings
from grader.store.copies import copy_sqlite
from grader.store.database import open_engine


def backup_command(to: Path) -> int:
    """Copy the service's SQLite database to `to`; return the exit status."""
    url = read_settings().service_database
    open_engine(url).dispose()  # it says what is wrong with the address
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise UsageError(
            "only an SQLite database is copied by this command",
            hint="PostgreSQL's own does it: pg_dump --format=custom --file=FILE postgresql://USER@HOST/NAME",
        )
    copy_sqlite(Path(address.database), to)
    print(f"The database is copied to {to}: copy the files in GRADER_BLOBS now.", file=sys.stderr)
    return 0
