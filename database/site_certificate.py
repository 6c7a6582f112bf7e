"""A certificate for a server beside the warehouse: a dashboard, another PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from database.certificates import RENEWAL_MARGIN
from database.files import write_file
from database.issuing import (
    SERVER_LIFETIME,
    Authority,
    has_issued,
    is_valid_name,
    new_authority,
    permitted_names,
    private_bytes,
    public_bytes,
    read_private_key,
    server_certificate,
    subject_names,
)


def ensure_site_certificate(folder: Path, names: Sequence[str]) -> bool:
    """Make what is missing or ends soon: `server.crt` and its key, and `root.crt`.

    The authority stays as long as the names do, so that whoever trusts `root.crt` need
    not be told of a renewal. Root leaves the files to the folder's owner.

    Parameters
    ----------
    folder
        Made where it is absent, open to its owner alone.
    names
        Names and addresses that the server is reached by, the first of which it is
        called by.

    Returns
    -------
    bool
        True when a certificate was made.

    Raises
    ------
    ValueError
        If one is neither a name nor an address.
    """
    if wrong := [name for name in names if not is_valid_name(name)]:
        raise ValueError(f"neither a host's name nor an address: {', '.join(wrong)}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _kept_authority(folder, names)
    if authority and _is_sound(folder, authority.certificate, names):
        return False
    if authority is None:
        authority = new_authority(f"Credit scoring authority of {names[0]}", names)
        write_file(folder / "authority.key", private_bytes(authority.key), 0o600)
        write_file(folder / "root.crt", public_bytes(authority.certificate), 0o644)
    certificate, key = server_certificate(authority, names)
    write_file(folder / "server.key", private_bytes(key), 0o600)
    write_file(folder / "server.crt", public_bytes(certificate), 0o644)
    return True


def _kept_authority(folder: Path, names: Sequence[str]) -> Authority | None:
    """Return the authority if it is for these names and outlives what it would sign."""
    try:
        certificate = _certificate(folder / "root.crt")
        key = read_private_key(folder / "authority.key")
    except (OSError, ValueError):
        return None
    outlives = datetime.now(UTC) + SERVER_LIFETIME < certificate.not_valid_after_utc
    fits = key.public_key() == certificate.public_key()
    same = permitted_names(certificate) == set(names)
    return Authority(certificate, key) if outlives and fits and same else None


def _is_sound(folder: Path, issuer: x509.Certificate, names: Sequence[str]) -> bool:
    try:
        certificate = _certificate(folder / "server.crt")
        key = read_private_key(folder / "server.key")
    except (OSError, ValueError):
        return False
    return (
        datetime.now(UTC) + RENEWAL_MARGIN < certificate.not_valid_after_utc
        and key.public_key() == certificate.public_key()
        and has_issued(issuer, certificate)
        and subject_names(certificate) == set(names)
    )


def _certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())
