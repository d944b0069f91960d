"""Webhooks over https: to a server with a certificate for its name, of a trusted authority, and to no other."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from authority import Authority
from receiver import receiver
from serving import Serving, serving
from test_webhooks import PRIVATE, add, deliveries, is_signed, lead

from grader.jobs.deliveries import Deliveries


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.setenv("GRADER_WEBHOOK_PRIVATE_HOSTS", "localhost, hooks.test")
    with serving(f"sqlite:///{tmp_path / 'grader.db'}", tmp_path / "home") as running:
        yield running


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.made(tmp_path)


def sent(api: Serving, context: ssl.SSLContext, host: str = "localhost") -> tuple[dict[str, object], int]:
    """Send a test to a server that speaks TLS; return the delivery, and how many messages came to it."""
    with receiver(context) as heard:
        admin = api.as_("admin")
        made = add(api, admin, f"https://{host}:{heard.port}/hook")
        assert api.client.post(f"/api/v1/webhooks/{made['id']}/test", headers=admin).status_code == 202
        assert Deliveries(api.engine, PRIVATE).send_due() == 1
        (row,) = deliveries(api, admin, made["id"])
        for headers, body in heard.messages:
            assert is_signed(headers, body, made["secret"])
            assert headers["host"] == f"{host}:{heard.port}"
        return row, len(heard.messages)


@pytest.mark.parametrize("host", ["localhost", "hooks.test"])
def test_a_server_with_a_certificate_for_its_name_is_told(
    api: Serving, authority: Authority, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    lead(monkeypatch, "hooks.test", ["127.0.0.1"] * 2)  # it is connected to by its address, and proven by its name
    row, heard = sent(api, authority.server(host), host)
    assert (row["state"], row["status"], heard) == ("delivered", 200, 1)


def test_a_server_of_an_authority_that_nobody_trusts_is_told_nothing(api: Serving, authority: Authority) -> None:
    row, heard = sent(api, authority.server("localhost"))
    assert (row["state"], row["status"], heard) == ("waiting", None, 0)
    assert str(row["problem"]).startswith("Its certificate was refused: unable to get local issuer certificate")


@pytest.mark.parametrize(
    ("name", "lasts", "said"),
    [("localhost.test", timedelta(days=1), "not valid for 'localhost'"), ("localhost", timedelta(days=-1), "expired")],
)
def test_a_certificate_for_another_name_or_one_that_is_over_is_refused(
    api: Serving, authority: Authority, monkeypatch: pytest.MonkeyPatch, name: str, lasts: timedelta, said: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    row, heard = sent(api, authority.server(name, lasts))
    assert (row["state"], row["status"], heard) == ("waiting", None, 0)
    assert said in str(row["problem"])


def test_a_server_that_speaks_no_tls_is_told_nothing(api: Serving, authority: Authority) -> None:
    with receiver() as heard:
        admin = api.as_("admin")
        made = add(api, admin, f"https://localhost:{heard.port}/hook")
        api.client.post(f"/api/v1/webhooks/{made['id']}/test", headers=admin)
        Deliveries(api.engine, PRIVATE).send_due()
        (row,) = deliveries(api, admin, made["id"])
    assert (row["state"], heard.messages) == ("waiting", [])
    assert str(row["problem"]).startswith("It could not be reached")
