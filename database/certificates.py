"""The house's own certificate authority and the server's certificate.

The authority may vouch for the loopback names only (a name constraint), so its key
would be of no use against any other server.
"""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from cryptography import x509
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
    authority = _ensure_authority(warehouse)
    server_files = (warehouse.tls / "server.crt", warehouse.tls / "server.key")
    is_sound = all(path.exists() for path in server_files) and _is_good(
        server_files[0], issuer=authority[0]
    )
    if is_sound:
        return False
    certificate, key = _server_certificate(*authority)
    write_file(server_files[1], _private_bytes(key), 0o600, account)
    write_file(server_files[0], _public_bytes(certificate), 0o644)
    return True


def end_of_validity(certificate: Path) -> datetime:
    """Return when a certificate in PEM form ends, in UTC."""
    return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc


def _ensure_authority(
    warehouse: Warehouse,
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    certificate_file = warehouse.root_certificate
    key_file = warehouse.authority / "ca.key"
    if certificate_file.exists() and key_file.exists() and _is_good(certificate_file):
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        if isinstance(key, ec.EllipticCurvePrivateKey) and (
            key.public_key() == certificate.public_key()
        ):
            return certificate, key
    certificate, key = _authority_certificate()
    write_file(key_file, _private_bytes(key), 0o600)
    write_file(certificate_file, _public_bytes(certificate), 0o644)
    return certificate, key


def _is_good(path: Path, issuer: x509.Certificate | None = None) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        return False
    if datetime.now(UTC) > certificate.not_valid_after_utc - RENEWAL_MARGIN:
        return False
    if issuer is None:
        return True
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # any flaw at all means a new certificate
        return False
    return True


def _authority_certificate() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
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
    return builder.sign(key, hashes.SHA256()), key


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
