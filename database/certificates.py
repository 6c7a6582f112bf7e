"""The house's own certificate authority and the server's certificate.

The authority may vouch for the loopback names only (a name constraint), so its key
would be of no use against any other server.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from database.account import Account
from database.files import write_file
from database.issuing import (
    SERVER_LIFETIME,
    Authority,
    has_issued,
    new_authority,
    private_bytes,
    public_bytes,
    read_private_key,
    server_certificate,
)
from database.warehouse import HOST, Warehouse

RENEWAL_MARGIN = timedelta(days=30)
NAMES = ("localhost", HOST)


def ensure_certificates(warehouse: Warehouse, account: Account) -> bool:
    """Make or renew what is missing or ends within `RENEWAL_MARGIN`.

    Parameters
    ----------
    warehouse
        Its folders `authority` and `tls` exist.
    account
        The server's user, who must own the server's key.

    Returns
    -------
    bool
        True when anything was made, so that a running server must reload.
    """
    authority = _kept_authority(warehouse)
    if authority is not None and _is_server_sound(warehouse, authority.certificate):
        return False
    _renew_server(warehouse, account, authority or _renew_authority(warehouse))
    return True


def renew_certificates(
    warehouse: Warehouse, account: Account, *, with_authority: bool
) -> bool:
    """Make a new certificate and key for the server, however long the old ones hold.

    Parameters
    ----------
    warehouse
        A warehouse that was started before.
    account
        The server's user.
    with_authority
        Make a new authority as well. The root certificate then holds the new one and
        the one before, so that the server is trusted before and after its reload.

    Returns
    -------
    bool
        True when the authority is new, because that was asked for or had to be: copies
        of the root certificate must be replaced.
    """
    authority = None if with_authority else _kept_authority(warehouse)
    _renew_server(warehouse, account, authority or _renew_authority(warehouse))
    return authority is None


def end_of_validity(certificate: Path) -> datetime:
    """Return when a certificate in PEM form ends, in UTC; of several, the first."""
    return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc


def _kept_authority(warehouse: Warehouse) -> Authority | None:
    """Return the authority if it is whole and outlives what it would sign now."""
    try:
        certificate = _certificates(warehouse.root_certificate)[0]
        key = read_private_key(warehouse.authority / "ca.key")
    except (OSError, ValueError):
        return None
    outlives = datetime.now(UTC) + SERVER_LIFETIME < certificate.not_valid_after_utc
    if not outlives or key.public_key() != certificate.public_key():
        return None
    return Authority(certificate, key)


def _renew_authority(warehouse: Warehouse) -> Authority:
    """Make an authority; its predecessor stays in the root certificate beside it."""
    authority = new_authority("Credit scoring warehouse authority", NAMES)
    bundle = [authority.certificate, *_present_issuer(warehouse)]
    # In this order a command that is killed in between leaves clients trusting the
    # server; the next one sees that key and certificate differ, and begins anew.
    write_file(warehouse.root_certificate, b"".join(map(public_bytes, bundle)), 0o644)
    write_file(warehouse.authority / "ca.key", private_bytes(authority.key), 0o600)
    return authority


def _present_issuer(warehouse: Warehouse) -> list[x509.Certificate]:
    """Return the authority that vouches for the server's present certificate."""
    try:
        [server] = _certificates(warehouse.tls / "server.crt")
        known = _certificates(warehouse.root_certificate)
    except (OSError, ValueError):
        return []
    return [certificate for certificate in known if has_issued(certificate, server)]


def _renew_server(warehouse: Warehouse, account: Account, authority: Authority) -> None:
    certificate, key = server_certificate(authority, NAMES)
    write_file(warehouse.tls / "server.key", private_bytes(key), 0o600, account)
    write_file(warehouse.tls / "server.crt", public_bytes(certificate), 0o644)


def _is_server_sound(warehouse: Warehouse, issuer: x509.Certificate) -> bool:
    """Tell whether certificate and key fit, hold long enough, and come from here."""
    try:
        [certificate] = _certificates(warehouse.tls / "server.crt")
        key = read_private_key(warehouse.tls / "server.key")
    except (OSError, ValueError):
        return False
    return (
        datetime.now(UTC) + RENEWAL_MARGIN < certificate.not_valid_after_utc
        and key.public_key() == certificate.public_key()
        and has_issued(issuer, certificate)
    )


def _certificates(path: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(path.read_bytes())
