"""Settings from the environment (GRADER_*), read once at the entry points and passed down as values."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from grader.errors import UsageError
from grader.model.pins import pinned_action

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _default_home() -> Path:
    try:
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    except RuntimeError as error:
        raise UsageError("this user has no home folder: set GRADER_HOME to a folder you may write to") from error
    return Path(cache) / "takehome-grader"


class Settings(BaseSettings):
    """What an operator can set.

    `home` holds the locked environment, snapshots and the scratch space of running gradings. `assignments` are folders
    searched for assignment slugs, separated by colons in the environment variable. A run in which our side fails is
    tried `tries` times in all, `retry_wait` seconds after the first try and twice as long after each further one.

    Packages that works ask for come from the index at `index_url` (uv's own default when empty), which is trusted by
    the certificates in `index_ca` (default: this machine's). Each step of making an environment of them has
    `environment_seconds`; all environments together have `environments_bytes`, and each at most half.

    `action` is the Action, OWNER/NAME@COMMIT, that the workflow in candidates' packets tries their work with.

    `split_seed` is the secret that `grader assignment reseed` draws from.

    The service keeps its tables in `database_url` and its files in `blobs`, by default below `home`; its workers run
    works in `sandbox`. `public_url` is the address under which people reach it. Who signs in is signed in for
    `session_hours`. Reviewers see no names until there is a decision, unless `blind_review` is off. Each asker may ask
    `requests_per_second` times a second on the whole (0: without a bound). What is of use for a while alone is kept for
    `keep_days`.
    Runs of GitHub Actions sign in by tokens of `github_issuer` for the `public_url`, or for `github_audience`.
    With a `github_app` what becomes of their commits is told at `github_api` as that App, which the private key in the
    file `github_app_key` proves.
    With an `oidc_issuer` people may sign in there, where the service is known as `oidc_client_id`.
    Webhooks may lie on `webhook_private_hosts` too, names with commas between. With `metrics_open`
    whoever reaches the service reads its figures of operation.

    With an `lm_url` the language model `lm_model` is asked about explanations; a try has `lm_seconds`, and prices are
    for a million tokens.
    """

    model_config = SettingsConfigDict(env_prefix="GRADER_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=_default_home)
    assignments: str = ""
    docker_image: str = ""
    docker_runtime: str = ""
    tries: int = Field(default=3, ge=1, le=10)
    retry_wait: float = Field(default=2.0, ge=0, le=600, allow_inf_nan=False)
    index_url: str = ""
    index_ca: Path | None = None
    environments_bytes: int = Field(default=10 * 1024**3, ge=64 * 1024**2)
    environment_seconds: float = Field(default=600.0, gt=0, le=7200, allow_inf_nan=False)
    action: str = ""
    split_seed: SecretStr = SecretStr("")
    database_url: SecretStr = SecretStr("")
    blobs: str = ""
    public_url: str = "http://127.0.0.1:8000"
    sandbox: str = "auto"
    webhook_private_hosts: str = ""
    requests_per_second: float = Field(default=50.0, ge=0, le=1e6, allow_inf_nan=False)
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    github_issuer: str = "https://token.actions.githubusercontent.com"
    github_audience: str = ""
    github_api: str = "https://api.github.com"
    github_app: str = ""
    github_app_key: Path | None = None
    metrics_open: bool = False
    keep_days: int = Field(default=90, ge=1, le=3650)
    blind_review: bool = True
    session_hours: float = Field(default=12.0, gt=0, le=720, allow_inf_nan=False)
    lm_url: str = ""
    lm_model: str = ""
    lm_api_key: SecretStr = SecretStr("")
    lm_seconds: float = Field(default=60.0, gt=0, le=600, allow_inf_nan=False)
    lm_price_in: float | None = Field(default=None, ge=0, le=1e6, allow_inf_nan=False)
    lm_price_out: float | None = Field(default=None, ge=0, le=1e6, allow_inf_nan=False)

    @field_validator("home")
    @classmethod
    def _home_is_absolute_and_not_root(cls, value: Path) -> Path:
        value = value.expanduser()
        if not value.is_absolute() or value == Path("/"):
            raise ValueError("must be an absolute path other than /")
        return value

    @field_validator("index_url")
    @classmethod
    def _index_is_on_the_web(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/]+\S*", value):
            raise ValueError("must begin with https:// or http:// and name a host")
        return value

    @field_validator("action")
    @classmethod
    def _action_is_pinned(cls, value: str) -> str:
        return pinned_action(value) if value else value

    @field_validator("index_ca")
    @classmethod
    def _certificates_are_there(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("must be a file of certificates (PEM)")
        return value

    @field_validator("oidc_issuer", "github_issuer", "github_api")
    @classmethod
    def _is_safe_to_trust(cls, value: str) -> str:
        place = urlsplit(value)
        if value and (not place.hostname or place.query or place.fragment or place.username or place.password):
            raise ValueError("must be an address without a query, a fragment or a password")
        if value and place.scheme != "https" and not (place.scheme == "http" and place.hostname in LOOPBACK):
            raise ValueError("must begin with https://: what proves who somebody is goes over it")
        return value

    @field_validator("github_app_key", mode="before")
    @classmethod
    def _nothing_is_no_file(cls, value: object) -> object:
        return value or None

    @field_validator("github_app_key")
    @classmethod
    def _key_is_there(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("must be a file: the private key (PEM) that GitHub gave for the App")
        return value

    @field_validator("lm_url")
    @classmethod
    def _language_model_is_on_the_web(cls, value: str) -> str:
        place = urlsplit(value)
        if value and (place.scheme not in ("http", "https") or not place.hostname or place.query or place.fragment):
            raise ValueError("must begin with https:// (or http://), name a host, and end before /chat/completions")
        if place.username or place.password:
            raise ValueError("must not hold a password: give the key in GRADER_LM_API_KEY")
        return value

    @model_validator(mode="after")
    def _issuer_knows_this_service(self) -> Self:
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret.get_secret_value()):
            raise ValueError("GRADER_OIDC_ISSUER needs GRADER_OIDC_CLIENT_ID and GRADER_OIDC_CLIENT_SECRET")
        return self

    @model_validator(mode="after")
    def _app_has_its_key(self) -> Self:
        if bool(self.github_app) != (self.github_app_key is not None):
            raise ValueError("GRADER_GITHUB_APP and GRADER_GITHUB_APP_KEY go together: set both or none")
        return self

    @model_validator(mode="after")
    def _language_model_is_safe_to_ask(self) -> Self:
        place = urlsplit(self.lm_url)
        if self.lm_url and not self.lm_model:
            raise ValueError("GRADER_LM_URL needs GRADER_LM_MODEL, the name of the model to ask")
        if self.lm_api_key.get_secret_value() and place.scheme == "http" and place.hostname not in LOOPBACK:
            raise ValueError(
                "GRADER_LM_URL must be https:// where GRADER_LM_API_KEY is set: a key is not sent in clear"
            )
        return self

    @property
    def scratch(self) -> Path:
        """Folder of what belongs to running gradings only."""
        return self.home / "scratch"

    @property
    def service_database(self) -> str:
        """Address of the service's database; it may hold a password."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.home / 'service' / 'grader.db'}"

    @property
    def service_blobs(self) -> str:
        """Address of the service's files."""
        return self.blobs or str(self.home / "service" / "blobs")

    @property
    def private_hosts(self) -> frozenset[str]:
        """Hosts inside the network that webhooks may lie on, in lower case."""
        return frozenset(name.strip().lower() for name in self.webhook_private_hosts.split(",") if name.strip())

    @property
    def assignment_roots(self) -> tuple[Path, ...]:
        """Where slugs are looked up: GRADER_ASSIGNMENTS, ./assignments, the ones that come with the package."""
        named = [Path(part) for part in self.assignments.split(os.pathsep) if part]
        package = Path(__file__).parent / "_assignments"
        shipped = package if package.is_dir() else Path(__file__).parent.parent / "assignments"
        return (*named, Path("assignments"), shipped)


def read_settings() -> Settings:
    """Return the settings. Raises UsageError naming the variable that does not fit."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "GRADER_" + "_".join(str(part) for part in first["loc"]).upper() + " " if first["loc"] else ""
        raise UsageError(f"{name}{first['msg'].removeprefix('Value error, ')}") from None  # it may hold the key
