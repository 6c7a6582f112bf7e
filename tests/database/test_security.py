"""Encryption, passwords, and what must not be seen."""

import os
import stat
from pathlib import Path

import psycopg2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from database.account import present_account
from database.certificates import ensure_certificates
from database.roles import LOGIN_ROLES
from database.warehouse import Warehouse

from .conftest import House


def refusal(house: House, role: str = "advisor", **changes: str) -> str:
    with pytest.raises(psycopg2.OperationalError) as refused:
        house.connect(role, **changes)
    return str(refused.value)


def test_a_connection_in_plain_text_is_refused(house: House) -> None:
    assert "no encryption" in refusal(house, sslmode="disable")


def test_a_client_with_another_authority_refuses_the_server(
    house: House, tmp_path: Path
) -> None:
    other = Warehouse(tmp_path)
    other.authority.mkdir()
    other.tls.mkdir(parents=True)
    ensure_certificates(other, present_account())
    said = refusal(house, sslrootcert=os.fspath(other.root_certificate))
    assert "certificate verify failed" in said


def test_a_client_refuses_the_server_under_another_name(house: House) -> None:
    said = refusal(house, host="warehouse.example", hostaddr="127.0.0.1")
    assert "does not match host name" in said


def test_the_certificate_holds_for_localhost_too(house: House) -> None:
    assert house.query("advisor", "select 1", host="localhost") == [(1,)]


def test_old_versions_of_tls_are_refused(house: House) -> None:
    said = refusal(
        house, ssl_min_protocol_version="TLSv1", ssl_max_protocol_version="TLSv1.1"
    )
    assert "SSL" in said
    assert house.query("administrator", "show ssl_min_protocol_version") == [
        ("TLSv1.2",)
    ]


def test_a_wrong_password_is_refused(house: House) -> None:
    said = refusal(house, password="not the password")
    assert "password authentication failed" in said


def test_only_the_loopback_address_is_listened_on(house: House) -> None:
    assert house.query("auditor", "show listen_addresses") == [("127.0.0.1",)]
    assert "refused" in refusal(house, hostaddr="127.0.0.2")
    assert house.query("administrator", "show unix_socket_directories") == [("",)]


def test_no_role_but_the_administrator_copies_the_server(house: House) -> None:
    said = refusal(house, role="auditor", replication="true")
    assert "rejects replication connection" in said
    house.connect("administrator", replication="true").close()
    said = refusal(house, role="administrator", replication="true", sslmode="disable")
    assert "no encryption" in said


def test_a_copy_under_another_name_is_the_administrators_alone(house: House) -> None:
    for role in LOGIN_ROLES:
        said = refusal(house, role=role, dbname="template1")
        assert "pg_hba.conf rejects connection" in said
    house.connect("administrator", dbname="template1").close()


def test_every_password_is_kept_as_a_scram_verifier(house: House) -> None:
    rows = house.query(
        "administrator",
        "select count(*), bool_and(rolpassword like 'SCRAM-SHA-256$%')"
        " from pg_authid where rolcanlogin",
    )
    assert rows == [(7, True)]


@pytest.mark.parametrize(
    "name", ["pgpass", "authority/ca.key", "server/tls/server.key"]
)
def test_secrets_are_readable_by_their_owner_alone(house: House, name: str) -> None:
    assert stat.S_IMODE((house.directory / name).stat().st_mode) == 0o600


def test_neither_passwords_nor_verifiers_are_in_the_log(house: House) -> None:
    house.done("start")
    log = read_log(house)
    lines = (house.directory / "pgpass").read_text().splitlines()
    assert "connection authenticated" in log
    assert not [line for line in lines if line.rpartition(":")[2] in log]
    assert "SCRAM-SHA-256$" not in log


def test_a_statement_that_fails_leaves_no_client_data_in_the_log(house: House) -> None:
    with pytest.raises(psycopg2.errors.NotNullViolation):
        house.query(
            "scorer",
            "insert into ops.decision_log (decision_id, client_id, inputs) values"
            """ (gen_random_uuid(), 424242, '{"secret": "madame bovary"}')""",
        )
    log = read_log(house)
    assert "violates not-null constraint" in log
    assert "bovary" not in log
    assert "424242" not in log


def read_log(house: House) -> str:
    files = (house.directory / "log").iterdir()
    return "".join(path.read_text() for path in files)


def test_no_password_is_in_what_start_prints_or_in_its_command_line(
    house: House,
) -> None:
    lines = (house.directory / "pgpass").read_text().splitlines()
    passwords = [line.rpartition(":")[2] for line in lines]
    said = house.done("start") + Path(f"/proc/{house.pid}/cmdline").read_text()
    assert not [password for password in passwords if password in said]


def test_the_authority_vouches_for_the_loopback_names_only(house: House) -> None:
    content = (house.directory / "authority" / "ca.crt").read_bytes()
    certificate = x509.load_pem_x509_certificate(content)
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert [str(name.value) for name in constraints.value.permitted_subtrees or []] == [
        "localhost",
        "127.0.0.1/32",
    ]
    public_key = certificate.public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    assert isinstance(public_key.curve, ec.SECP256R1)
