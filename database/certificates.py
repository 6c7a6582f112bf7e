"""The house's own certificate authority and the server's certificate.

The authority may vouch for the loopback names only (a name constraint), so its key
would be of no use against any other server.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from database.account import Account
from database.files import write_file
from database.warehouse import HOST, Warehouse

AUTHORITY_LIFETIME = timedelta(days=3650)
SERVER_LIFETIME = timedelta(days=397)
RENEWAL_MARGIN = timedelta(days=30)
_CLOCK_SKEW = timedelta(minutes=5)


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


@dataclass(frozen=True)
class _Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def _kept_authority(warehouse: Warehouse) -> _Authority | None:
    """Return the authority if it is whole and outlives what it would sign now."""
    try:
        certificate = _certificates(warehouse.root_certificate)[0]
        key = _private_key(warehouse.authority / "ca.key")
    except (OSError, ValueError):
        return None
    outlives = datetime.now(UTC) + SERVER_LIFETIME < certificate.not_valid_after_utc
    if not outlives or key.public_key() != certificate.public_key():
        return None
    return _Authority(certificate, key)


def _renew_authority(warehouse: Warehouse) -> _Authority:
    """Make an authority; its predecessor stays in the root certificate beside it."""
    authority = _new_authority()
    bundle = [authority.certificate, *_present_issuer(warehouse)]
    # In this order a command that is killed in between leaves clients trusting the
    # server; the next one sees that key and certificate differ, and begins anew.
    write_file(warehouse.root_certificate, b"".join(map(_public_bytes, bundle)), 0o644)
    write_file(warehouse.authority / "ca.key", _private_bytes(authority.key), 0o600)
    return authority


def _present_issuer(warehouse: Warehouse) -> list[x509.Certificate]:
    """Return the authority that vouches for the server's present certificate."""
    try:
        [server] = _certificates(warehouse.tls / "server.crt")
        known = _certificates(warehouse.root_certificate)
    except (OSError, ValueError):
        return []
    return [certificate for certificate in known if _has_issued(certificate, server)]


def _renew_server(
    warehouse: Warehouse, account: Account, authority: _Authority
) -> None:
    certificate, key = _server_certificate(authority.certificate, authority.key)
    write_file(warehouse.tls / "server.key", _private_bytes(key), 0o600, account)
    write_file(warehouse.tls / "server.crt", _public_bytes(certificate), 0o644)


def _is_server_sound(warehouse: Warehouse, issuer: x509.Certificate) -> bool:
    """Tell whether certificate and key fit, hold long enough, and come from here."""
    try:
        [certificate] = _certificates(warehouse.tls / "server.crt")
        key = _private_key(warehouse.tls / "server.key")
    except (OSError, ValueError):
        return False
    return (
        datetime.now(UTC) + RENEWAL_MARGIN < certificate.not_valid_after_utc
        and key.public_key() == certificate.public_key()
        and _has_issued(issuer, certificate)
    )


def _has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


def _certificates(path: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(path.read_bytes())


def _private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path} holds no key on an elliptic curve")
    return key


def _new_authority() -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Credit scoring warehouse authority")
    permitted = [
        x509.DNSName("localhost"),
        x509.IPAddress(IPv4Network(f"{HOST}/32")),
    ]
    builder = (
        _builder(name, name, key.public_key(), AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
    )
    return _Authority(builder.sign(key, hashes.SHA256()), key)


def _server_certificate(
    authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address(HOST))]
    builder = (
        _builder(
            _name("localhost"), authority.subject, key.public_key(), SERVER_LIFETIME
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                authority_key.public_key()
            ),
            critical=False,
        )
    )
    return builder.sign(authority_key, hashes.SHA256()), key


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + lifetime)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False
        )
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _private_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _public_bytes(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
