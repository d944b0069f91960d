"""A running API for tests: the real application on a real database, asked over HTTP in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from grader.assignment import load_assignment
from grader.jobs.assignments import publish_assignment
from grader.jobs.workflow import migrate
from grader.settings import Settings
from grader.store.base import new_id
from grader.store.blobs import open_blobs
from grader.store.database import open_engine, transaction, upgrade
from grader.store.people import add_user
from grader.store.secrets_shown import new_token

CHURN = Path(__file__).parent.parent.parent / "assignments" / "churn"
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Serving:
    """The API with its database; `client` asks as nobody."""

    client: TestClient
    engine: Engine
    settings: Settings

    def token_of(self, role: str, *scopes: str) -> str:
        """Return an API token of a new user with this role, by default with all that the role may do."""
        with transaction(self.engine) as session:
            user = add_user(session, f"{role}-{new_id()}@example.org", role)  # to hash a password takes long
            wanted = scopes or ("read", "review", "submit", "author", "admin")
            return new_token(session, "api", user_id=user.id, scopes=wanted)[0]

    def as_(self, role: str, *scopes: str) -> dict[str, str]:
        """Return the headers of a new user with this role."""
        return {"Authorization": f"Bearer {self.token_of(role, *scopes)}"}


@contextmanager
def serving(database_url: str, home: Path) -> Iterator[Serving]:
    """Yield a running API on an empty database, which gets its tables."""
    settings = Settings(home=home, database_url=database_url, blobs=str(home / "blobs"))
    engine = open_engine(database_url)
    upgrade(engine)
    migrate(database_url)
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8000") as client:
        yield Serving(client, engine, settings)
    engine.dispose()


def publish(serving: Serving, folder: Path) -> str:
    """Publish the assignment in `folder` and return its slug."""
    with transaction(serving.engine) as session:
        return publish_assignment(session, open_blobs(serving.settings.service_blobs), load_assignment(folder)).slug
