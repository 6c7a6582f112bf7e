"""Certificates are renewed in time, while the server runs and clients trust it."""

import os
import socket
import ssl
import struct
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from cryptography import x509

from database.account import Account, present_account, server_account
from database.certificates import (
    end_of_validity,
    ensure_certificates,
    renew_certificates,
)
from database.warehouse import Warehouse

from .conftest import House
from .test_server import wait_for


def shown_certificate(house: House) -> bytes:
    """Return the certificate that the running server shows to a new client."""
    request = struct.pack("!ii", 8, 80877103)  # PostgreSQL's question for TLS
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", house.port)) as plain:
        plain.sendall(request)
        assert plain.recv(1) == b"S"
        with context.wrap_socket(plain) as encrypted:
            certificate = encrypted.getpeercert(binary_form=True)
    assert certificate is not None
    return certificate


def authorities(house: House) -> list[x509.Certificate]:
    content = (house.directory / "authority" / "ca.crt").read_bytes()
    return x509.load_pem_x509_certificates(content)


@pytest.mark.parametrize("options", [[], ["--authority"]])
def test_a_renewal_is_shown_to_new_clients_and_ends_no_session(
    own_house: House, options: list[str]
) -> None:
    shown = shown_certificate(own_house)
    with closing(own_house.connect("advisor")) as session, session.cursor() as cursor:
        own_house.done("renew-certificates", *options)
        wait_for(lambda: shown_certificate(own_house) != shown)
        cursor.execute("select 1")
    assert own_house.query("advisor", "select 1") == [(1,)]


def test_a_new_authority_stands_beside_the_one_before(
    own_house: House, tmp_path: Path
) -> None:
    only_old = tmp_path / "ca.crt"
    only_old.write_bytes((own_house.directory / "authority" / "ca.crt").read_bytes())
    old = authorities(own_house)[0]
    shown = shown_certificate(own_house)
    own_house.done("renew-certificates", "--authority")
    new, overlap = authorities(own_house)
    assert (overlap, new != old) == (old, True)
    wait_for(lambda: shown_certificate(own_house) != shown)
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        own_house.connect("advisor", sslrootcert=os.fspath(only_old))
    own_house.done("renew-certificates", "--authority")
    assert old not in authorities(own_house)
    assert len(authorities(own_house)) == 2
    # Nothing is left to do for a start.
    assert "Certificates" not in own_house.done("start")


def test_a_new_authority_is_said_though_nobody_asked_for_one(own_house: House) -> None:
    """Its key was lost, or it would end before what it signs."""
    (own_house.directory / "authority/ca.key").unlink()
    assert "give it to whoever has a copy" in own_house.done("renew-certificates")
    assert "copy" not in own_house.done("renew-certificates")


def test_a_server_never_started_has_nothing_to_renew(tmp_path: Path) -> None:
    result = House(tmp_path / "none").run("renew-certificates")
    assert result.returncode == 1
    assert "python -m database start" in result.stderr


def test_status_warns_of_an_end_that_is_near_and_start_renews(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(own_house.directory)
    account = server_account(None, warehouse.data)
    assert own_house.run("status").stderr == ""
    monkeypatch.setattr("database.issuing.SERVER_LIFETIME", timedelta(days=29))
    renew_certificates(warehouse, account, with_authority=False)
    warned = own_house.run("status")
    assert warned.returncode == 0
    assert "renew-certificates" in warned.stderr
    shown = shown_certificate(own_house)
    assert "Certificates renewed" in own_house.done("start")
    wait_for(lambda: shown_certificate(own_house) != shown)
    assert own_house.run("status").stderr == ""


@pytest.fixture
def account() -> Account:
    return present_account()


@pytest.fixture
def warehouse(tmp_path: Path, account: Account) -> Warehouse:
    warehouse = Warehouse(tmp_path)
    warehouse.authority.mkdir()
    warehouse.tls.mkdir(parents=True)
    assert ensure_certificates(warehouse, account)
    return warehouse


def test_sound_certificates_stay(warehouse: Warehouse, account: Account) -> None:
    before = (warehouse.tls / "server.crt").read_bytes()
    assert not ensure_certificates(warehouse, account)
    assert (warehouse.tls / "server.crt").read_bytes() == before


def test_a_certificate_near_its_end_is_renewed_by_the_same_authority(
    warehouse: Warehouse, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = warehouse.root_certificate.read_bytes()
    monkeypatch.setattr("database.certificates.RENEWAL_MARGIN", timedelta(days=398))
    assert ensure_certificates(warehouse, account)
    assert warehouse.root_certificate.read_bytes() == authority


def test_an_authority_that_would_end_before_what_it_signs_is_renewed_with_it(
    warehouse: Warehouse, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("database.certificates.SERVER_LIFETIME", timedelta(days=3651))
    old = warehouse.root_certificate.read_bytes()
    assert ensure_certificates(warehouse, account)
    assert warehouse.root_certificate.read_bytes().endswith(old)


@pytest.mark.parametrize("lost", ["authority/ca.key", "server/tls/server.key"])
def test_a_key_that_is_not_the_certificates_is_replaced(
    warehouse: Warehouse, account: Account, tmp_path: Path, lost: str
) -> None:
    other = Warehouse(tmp_path / "other")
    other.authority.mkdir(parents=True)
    other.tls.mkdir(parents=True)
    ensure_certificates(other, account)
    (warehouse.directory / lost).write_bytes((other.directory / lost).read_bytes())
    assert ensure_certificates(warehouse, account)
    assert not ensure_certificates(warehouse, account)


@pytest.mark.parametrize("lost", ["authority/ca.key", "server/tls/server.crt"])
def test_a_file_that_is_lost_or_torn_is_made_anew(
    warehouse: Warehouse, account: Account, lost: str
) -> None:
    (warehouse.directory / lost).unlink()
    assert ensure_certificates(warehouse, account)
    (warehouse.directory / lost).write_bytes(b"-----BEGIN")
    assert ensure_certificates(warehouse, account)
    assert not ensure_certificates(warehouse, account)


def test_the_servers_certificate_ends_within_thirteen_months(
    warehouse: Warehouse,
) -> None:
    left = end_of_validity(warehouse.tls / "server.crt") - datetime.now(UTC)
    assert timedelta(days=390) < left < timedelta(days=398)
