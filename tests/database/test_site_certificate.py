"""A certificate for another server of the house: who trusts it, and when it stays."""

import shutil
import ssl
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from database import issuing
from database.issuing import Authority, new_authority, server_certificate
from database.site_certificate import ensure_site_certificate
from tests.running import run_module

NAMES = ("scoring.bank.example", "10.1.2.3", "fd00::1")


def is_trusted(folder: Path, *name: str) -> bool:
    """Ask OpenSSL, as a desk's browser would, for a name or an address."""
    finished = subprocess.run(
        ["openssl", "verify", "-CAfile", folder / "root.crt", *name, "server.crt"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return finished.returncode == 0


def test_who_trusts_the_authority_trusts_the_server_by_its_names_alone(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "site"
    assert ensure_site_certificate(folder, NAMES)
    assert is_trusted(folder, "-verify_hostname", "scoring.bank.example")
    assert is_trusted(folder, "-verify_ip", "10.1.2.3")
    assert is_trusted(folder, "-verify_ip", "fd00::1")
    assert not is_trusted(folder, "-verify_hostname", "other.bank.example")
    assert (folder / "server.key").stat().st_mode & 0o077 == 0
    assert (folder / "authority.key").stat().st_mode & 0o077 == 0
    ssl.create_default_context().load_cert_chain(
        folder / "server.crt", folder / "server.key"
    )


def test_the_authority_s_key_is_of_no_use_for_other_names(tmp_path: Path) -> None:
    authority = new_authority("of one name", ["scoring.bank.example"])
    certificate, _ = server_certificate(authority, ["www.bank.example"])
    write(tmp_path, authority, certificate)
    assert not is_trusted(tmp_path, "-verify_hostname", "www.bank.example")


def write(folder: Path, authority: Authority, certificate: x509.Certificate) -> None:
    (folder / "root.crt").write_bytes(issuing.public_bytes(authority.certificate))
    (folder / "server.crt").write_bytes(issuing.public_bytes(certificate))


def test_what_holds_is_kept_and_a_renewal_asks_nobody_to_trust_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "SERVER_LIFETIME", timedelta(days=29))
    ensure_site_certificate(tmp_path, NAMES)
    monkeypatch.undo()
    root, soon_over = read(tmp_path)

    assert ensure_site_certificate(tmp_path, NAMES)
    assert read(tmp_path)[0] == root
    assert read(tmp_path)[1] != soon_over
    assert is_trusted(tmp_path, "-verify_ip", "10.1.2.3")

    renewed = read(tmp_path)
    assert not ensure_site_certificate(tmp_path, NAMES)
    assert read(tmp_path) == renewed

    assert ensure_site_certificate(tmp_path, ["another.bank.example"])
    assert read(tmp_path)[0] != root


def read(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "root.crt").read_bytes(), (folder / "server.crt").read_bytes()


def test_the_command_says_what_it_made_or_why_not(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    made = run_module("database", "make-certificate", NAMES[0], "--out", str(folder))
    assert made.returncode == 0, made.stderr
    assert "New" in made.stderr + made.stdout
    shutil.rmtree(folder)
    wrong = run_module("database", "make-certificate", "no name", "--out", str(folder))
    assert wrong.returncode == 1
    assert "neither a host's name nor an address: no name" in wrong.stderr
    assert not folder.exists()
